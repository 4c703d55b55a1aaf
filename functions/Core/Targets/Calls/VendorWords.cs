using System.Text.RegularExpressions;

namespace Certrelay.Targets.Calls;

/// <summary>A vendor's own words, made fit for journals and logs: some vendors repeat in an error what they were sent, which may be a private key.</summary>
internal static partial class VendorWords
{
    private const int Longest = 400;

    /// <summary>The words on one line, without PEM, without runs of Base64 or hexadecimal that a key or token could be, and cut.</summary>
    public static string Clean(string words)
    {
        var pem = words.IndexOf("-----", StringComparison.Ordinal);
        if (pem >= 0)
            words = words[..pem] + "[left out]";
        words = Runs().Replace(words, "[left out]");
        words = Blanks().Replace(words, " ").Trim();
        return words.Length <= Longest ? words : words[..Longest] + "…";
    }

    // An AWS secret has 40 characters, a line of PEM 64; fingerprints of 64 hexadecimal digits go with them.
    [GeneratedRegex(@"[A-Za-z0-9+/=]{40,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Runs();

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
