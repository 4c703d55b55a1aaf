namespace Certrelay.Certificates;

/// <summary>A kind of finding: its stable code, its usual severity, what it means and what to do. Codes are never renamed.</summary>
public sealed record FindingCode(string Code, Severity Severity, string Meaning, string Remedy)
{
    /// <summary>An observation of this kind about <paramref name="scope"/>; the sentence is <see cref="Meaning"/> unless a more exact one is given.</summary>
    public Finding At(string scope, string? message = null, Severity? severity = null) =>
        new(Code, severity ?? Severity, scope, message ?? Meaning, Remedy);
}
