using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>The digest at the end of a JKS file: SHA-1 over the passphrase, two words, and everything before it.</summary>
internal static class JavaKeystoreDigest
{
    public static byte[] Of(ReadOnlySpan<byte> content, Passphrase passphrase)
    {
        var text = passphrase.ToBigEndian();
        try
        {
#pragma warning disable CA5350 // The format's own.
            using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
            sha1.AppendData(text);
            sha1.AppendData("Mighty Aphrodite"u8);
            sha1.AppendData(content);
            return sha1.GetHashAndReset();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }
}
