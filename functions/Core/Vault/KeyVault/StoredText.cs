using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Vault.KeyVault;

/// <summary>
/// How bytes lie in Key Vault, which holds text of at most 25 KB: text as it is, so that a person can read a key there without this product; other bytes as Base64;
/// what is too long as a list of the versions that hold its parts. The content type tells which; whatever has another one is somebody else's text.
/// </summary>
internal static class StoredText
{
    /// <summary>The longest text of one secret in bytes.</summary>
    public const int Longest = 24 * 1024;

    /// <summary>The most bytes that fit into one secret as Base64.</summary>
    public const int LongestPart = (Longest - 64) / 4 * 3;

    public const string PlainType = "text/plain";
    public const string Base64Type = "application/vnd.certrelay.base64";
    public const string PartsType = "application/vnd.certrelay.parts";

    // Key Vault takes no empty text.
    private const string Base64Prefix = "base64:";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The value as one secret's text and content type; null when it needs parts.</summary>
    public static (string Text, string Type)? Of(ReadOnlySpan<byte> value)
    {
        if (value.Length is > 0 and <= Longest && AsText(value) is { } text)
            return (text, PlainType);
        return value.Length <= LongestPart ? (AsBase64(value), Base64Type) : null;
    }

    /// <summary>A part as Base64.</summary>
    public static string AsBase64(ReadOnlySpan<byte> part) => $"{Base64Prefix}{Convert.ToBase64String(part)}";

    /// <summary>The bytes behind a text, in a buffer that the caller must zero.</summary>
    public static byte[] Decode(string text, string? type)
    {
        if (string.Equals(type, Base64Type, StringComparison.Ordinal) && text.StartsWith(Base64Prefix, StringComparison.Ordinal))
        {
            var digits = text.AsSpan(Base64Prefix.Length);
            if (Base64.IsValid(digits, out var length))
            {
                var decoded = GC.AllocateUninitializedArray<byte>(length, pinned: true);
                Convert.TryFromBase64Chars(digits, decoded, out _);
                return decoded;
            }
        }

        var bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>The parts one after the other, in a buffer that the caller must zero; the parts are zeroed.</summary>
    public static byte[] Join(IReadOnlyList<byte[]> parts)
    {
        var whole = GC.AllocateUninitializedArray<byte>(parts.Sum(static part => part.Length), pinned: true);
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
            CryptographicOperations.ZeroMemory(part);
        }

        return whole;
    }

    private static string? AsText(ReadOnlySpan<byte> value)
    {
        // Control characters survive in JSON, but not every tool that a secret passes through.
        foreach (var one in value)
        {
            if (one is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or 0x7F)
                return null;
        }

        try
        {
            return Strict.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
