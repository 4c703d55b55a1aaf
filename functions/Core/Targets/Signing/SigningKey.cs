using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Targets.Signing;

/// <summary>HMAC-SHA256 under a secret, or under the key that a chain of HMACs derives from it.</summary>
internal static class SigningKey
{
    /// <summary>The HMAC of the text in lower-case hexadecimal.</summary>
    public static string Sign(ReadOnlySpan<byte> key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    /// <summary>The same under the key derived from the vendor's prefix and the secret, over each part of the scope in turn.</summary>
    public static string Sign(string prefix, ReadOnlySpan<byte> secret, IEnumerable<string> scope, string text)
    {
        byte[] key = [.. Encoding.ASCII.GetBytes(prefix), .. secret];
        try
        {
            foreach (var part in scope)
            {
                var next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
                CryptographicOperations.ZeroMemory(key);
                key = next;
            }

            return Sign(key, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
