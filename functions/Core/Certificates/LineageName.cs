using System.Text;

namespace Certrelay.Certificates;

/// <summary>The name that a certificate gets when nobody gives it one.</summary>
public static class LineageName
{
    private const int Longest = 63;

    /// <summary>
    /// Made of the first DNS name, else of the first name, else of the fingerprint: <c>*.example.com</c> becomes <c>wildcard-example-com</c>. Always a valid
    /// <see cref="ResourceName"/>, the same for the renewed certificate.
    /// </summary>
    public static string Of(CertificateRecord leaf)
    {
        var first = leaf.Names.FirstOrDefault(static name => name.Kind is not SubjectNameKind.Address) ?? (leaf.Names.Count > 0 ? leaf.Names[0] : null);
        var name = first is null ? "" : Fold(first.Value.StartsWith("*.", StringComparison.Ordinal) ? $"wildcard.{first.Value[2..]}" : first.Value);
        return name.Length > 0 ? name : $"certificate-{leaf.Fingerprint.Prefix}";
    }

    /// <summary>Each run of other characters as one hyphen, the A-label prefix <c>xn--</c> included.</summary>
    private static string Fold(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                name.Append(c);
            else if (name is not { Length: 0 } && name[^1] != '-')
                name.Append('-');
        }

        return name.ToString(0, Math.Min(name.Length, Longest)).TrimEnd('-');
    }
}
