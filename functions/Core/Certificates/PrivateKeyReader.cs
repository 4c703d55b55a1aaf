using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>What reading a private key came to: a key, or the name of a kind that cannot be worked with, or a fault.</summary>
internal abstract record PrivateKeyReading
{
    private PrivateKeyReading() { }

    public sealed record Usable(PrivateKey Key) : PrivateKeyReading;

    /// <summary>Well-formed, but of a kind that cannot be checked; <paramref name="Name"/> as in <see cref="PublicKeyInfo.Name"/>.</summary>
    public sealed record Unsupported(string Name) : PrivateKeyReading;

    /// <summary>Protected by a passphrase, and none came with it.</summary>
    public sealed record Encrypted : PrivateKeyReading;

    /// <summary>Protected by another passphrase than those that came.</summary>
    public sealed record WrongPassphrase : PrivateKeyReading;

    /// <summary>Protected in a way that cannot be opened here; <paramref name="How"/> names it.</summary>
    public sealed record Sealed(string How) : PrivateKeyReading;

    public sealed record Unreadable : PrivateKeyReading;
}

/// <summary>
/// Reads a private key in DER: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 appendix A.1.2) or SEC1 (RFC 5915), told apart by their form, because labels
/// are often wrong. The public key is always derived from the private part. Buffers that held key bytes are zeroed.
/// </summary>
internal static class PrivateKeyReader
{
    // Above this OpenSSL refuses to work with the key, after long computations.
    private const int MostRsaBits = 16384;

    public static PrivateKeyReading Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            var input = new DerReader(der);
            var fields = input.ReadSequence();
            input.ThrowIfNotEmpty();
            // RFC 5958 section 3: an EncryptedPrivateKeyInfo begins with an algorithm, each plain form with a version.
            if (fields.NextIs(Asn1Tag.Sequence))
                return new PrivateKeyReading.Encrypted();
            fields.ReadSmallInteger();
            if (fields.NextIs(Asn1Tag.Sequence))
                return ReadPkcs8(der, fields);
            return fields.NextIs(Asn1Tag.Integer) ? ReadRsa(der, original: null) : EcKeyReader.Read(der, curveOid: null);
        }
        catch (AsnContentException)
        {
            return new PrivateKeyReading.Unreadable();
        }
        catch (CryptographicException)
        {
            return new PrivateKeyReading.Unreadable();
        }
    }

    private static PrivateKeyReading ReadPkcs8(ReadOnlyMemory<byte> der, DerReader fields)
    {
        var algorithm = fields.ReadSequence();
        var key = fields.ReadOctetString();
        var oid = algorithm.ReadOid();
        return oid switch
        {
            KeyOids.Rsa => ReadRsa(key, original: null),
            KeyOids.RsaPss => ReadRsa(key, original: der),
            EllipticCurve.KeyOid when !algorithm.NextIs(Asn1Tag.ObjectIdentifier)
                => new PrivateKeyReading.Unsupported(PublicKeyInfo.ExplicitParameters),
            EllipticCurve.KeyOid => EcKeyReader.Read(key, algorithm.ReadOid()),
            Ed25519Key.Oid => Ed25519Key.Read(key),
            _ => new PrivateKeyReading.Unsupported(KeyOids.NameOf(oid)),
        };
    }

    /// <param name="original">The PKCS#8 to keep for a key that is marked as RSASSA-PSS; writing it anew would lose the mark.</param>
    private static PrivateKeyReading ReadRsa(ReadOnlyMemory<byte> pkcs1, ReadOnlyMemory<byte>? original)
    {
        var fields = new DerReader(pkcs1).ReadSequence();
        fields.ReadSmallInteger();
        var bits = PublicKeyInfo.BitLength(fields.ReadInteger().Span);
        if (bits > MostRsaBits)
            return new PrivateKeyReading.Unsupported($"RSA {bits}");

        using var rsa = RSA.Create();
        rsa.ImportRSAPrivateKey(pkcs1.Span, out var read);
        if (read != pkcs1.Length)
            return new PrivateKeyReading.Unreadable();
        var pkcs8 = original?.ToArray() ?? rsa.ExportPkcs8PrivateKey();
        return new PrivateKeyReading.Usable(new PrivateKey(pkcs8, PublicKeyInfo.Read(rsa.ExportSubjectPublicKeyInfo())));
    }
}
