using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// How JKS protects a key: a chain of SHA-1 digests over passphrase and salt, laid over the PKCS#8, and one digest over passphrase and key behind it
/// (https://github.com/openjdk/jdk/blob/jdk-17-ga/src/java.base/share/classes/sun/security/provider/KeyProtector.java).
/// </summary>
internal static class JavaKeyProtection
{
    private const string Oid = "1.3.6.1.4.1.42.2.17.1.1";
    private const int Block = SHA1.HashSizeInBytes;

    /// <summary>Throws <see cref="AsnContentException"/> for what is no EncryptedPrivateKeyInfo.</summary>
    public static PrivateKeyReading Open(ReadOnlyMemory<byte> encrypted, IReadOnlyList<Passphrase> passphrases)
    {
        var fields = new DerReader(encrypted).ReadSequence();
        if (fields.ReadSequence().ReadOid() is var oid and not Oid)
            return new PrivateKeyReading.Sealed($"algorithm {oid}");
        var content = fields.ReadOctetString().Span;
        if (content.Length <= 2 * Block)
            return new PrivateKeyReading.Unreadable();
        if (passphrases.Count is 0)
            return new PrivateKeyReading.Encrypted();
        foreach (var passphrase in passphrases)
        {
            var key = content[Block..^Block].ToArray();
            try
            {
                if (Apply(key, content[..Block], passphrase).AsSpan().SequenceEqual(content[^Block..]))
                    return PrivateKeyReader.Read(key);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }

        return new PrivateKeyReading.WrongPassphrase();
    }

    /// <summary>The EncryptedPrivateKeyInfo of a PKCS#8 key.</summary>
    public static byte[] Protect(ReadOnlySpan<byte> pkcs8, Passphrase passphrase)
    {
        var salt = RandomNumberGenerator.GetBytes(Block);
        var content = new byte[Block + pkcs8.Length + Block];
        salt.CopyTo(content, 0);
        var key = content.AsSpan(Block, pkcs8.Length);
        pkcs8.CopyTo(key);
        Digest(passphrase, key).CopyTo(content, Block + pkcs8.Length);
        Overlay(key, salt, passphrase);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oid);
                writer.WriteNull();
            }

            writer.WriteOctetString(content);
        }

        return writer.Encode();
    }

    /// <summary>Opens the key in its place and returns the digest that stands behind the right one.</summary>
    private static byte[] Apply(Span<byte> key, ReadOnlySpan<byte> salt, Passphrase passphrase)
    {
        Overlay(key, salt, passphrase);
        return Digest(passphrase, key);
    }

    private static void Overlay(Span<byte> key, ReadOnlySpan<byte> salt, Passphrase passphrase)
    {
        var digest = salt.ToArray();
        for (var at = 0; at < key.Length; at += Block)
        {
            digest = Digest(passphrase, digest);
            for (var i = 0; i < Block && at + i < key.Length; i++)
                key[at + i] ^= digest[i];
        }

        CryptographicOperations.ZeroMemory(digest);
    }

    private static byte[] Digest(Passphrase passphrase, ReadOnlySpan<byte> content)
    {
        var text = passphrase.ToBigEndian();
#pragma warning disable CA5350 // The format's own.
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        sha1.AppendData(text);
        sha1.AppendData(content);
        CryptographicOperations.ZeroMemory(text);
        return sha1.GetHashAndReset();
    }
}
