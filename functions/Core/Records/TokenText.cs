using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Records;

/// <summary>
/// A bearer token as its holder has it: <c>crt_&lt;id&gt;_&lt;secret&gt;</c>, of which only the id and the SHA-256 of the secret are kept.
/// </summary>
public static class TokenText
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string Prefix = "crt_";

    // 50 of 36 signs are 258 bits: no salt and no slow hash is needed for a secret that nobody chose.
    private const int SecretLength = 50;

    /// <summary>An id that nobody can guess to be taken.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, 10);

    /// <summary>A new secret for a token.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString(Alphabet, SecretLength);

    /// <summary>The text that the holder gets.</summary>
    public static string Of(string id, string secret) => $"{Prefix}{id}_{secret}";

    /// <summary>What is kept of a secret: its SHA-256 in hex.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>True for the form of an id.</summary>
    public static bool IsId(string? text) =>
        text is { Length: > 0 and <= 20 } && text.All(static c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c));

    /// <summary>Takes a token apart; false when the text has another form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? secret)
    {
        (id, secret) = (null, null);
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > 200)
            return false;
        var parts = text[Prefix.Length..].Split('_');
        if (parts is not [var first, var second] || !IsId(first) || second.Length == 0)
            return false;
        (id, secret) = (first, second);
        return true;
    }
}
