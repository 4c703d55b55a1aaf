using System.Text;

namespace Certrelay.Certificates;

/// <summary>The reference of all findings, <c>docs/findings.md</c>, made from <see cref="FindingCodes.All"/>.</summary>
public static class FindingsDocument
{
    /// <summary>The document as Markdown: one table for each area, in the order of the codes.</summary>
    public static string Render()
    {
        var text = new StringBuilder("""
            # Findings

            Generated from `functions/Core/Certificates/FindingCodes.cs`; do not edit. Every observation that the product makes has one of these
            codes, which are never renamed. An `error` refuses, a `warning` and an `info` do not. The severity is the usual one: where it depends
            on the case, the meaning says so. With `allowSelfSigned`, `leaf.self-signed`, `leaf.is-ca` and `leaf.no-san` of a self-signed
            certificate are warnings; so is any fault of a key block when the right key came beside it.

            """);
        foreach (var area in FindingCodes.All.GroupBy(static code => code.Code[..code.Code.IndexOf('.')]))
        {
            text.Append($"\n## {area.Key}\n\n| Code | Severity | Meaning | What to do |\n| --- | --- | --- | --- |\n");
            foreach (var code in area)
                text.Append($"| `{code.Code}` | {SeverityName(code.Severity)} | {Cell(code.Meaning)} | {Cell(code.Remedy)} |\n");
        }
        return text.ToString();
    }

    private static string SeverityName(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    // A vertical line would end the cell.
    private static string Cell(string sentence) => sentence.Replace("|", "\\|", StringComparison.Ordinal);
}
