using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Certrelay.Certificates;

/// <summary>How a PKCS#12 file is protected.</summary>
internal enum Pkcs12Strength
{
    /// <summary>AES-256 and SHA-256.</summary>
    Modern,

    /// <summary>Triple DES and SHA-1, which Windows before 2019 and Java before 8u301 need.</summary>
    Legacy,
}

/// <summary>Writes PKCS#12 (RFC 7292).</summary>
internal static class Pkcs12Writer
{
    // Slow enough for a passphrase that somebody chose, and read at once by every server.
    private const int Rounds = 100_000;

    private const string X509Certificate = "1.2.840.113549.1.9.22.1";
    private const string FriendlyName = "1.2.840.113549.1.9.20";
    private const string TrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
    private const string AnyPurpose = "2.5.29.37.0";

    /// <summary>Leaf and chain with the key, under one name and one identifier.</summary>
    public static byte[] Write(ExportContent content, Pkcs12Strength strength)
    {
        var protection = ProtectionOf(strength);
        var passphrase = content.Protection.Characters;
        var key = Pkcs8PrivateKeyInfo.Decode(content.Bundle.Pkcs8.ToArray(), out _, skipCopy: true);
        var keys = new Pkcs12SafeContents();
        var bag = new Pkcs12ShroudedKeyBag(key.Encrypt(passphrase, protection), skipCopy: true);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(key.PrivateKeyBytes).Span);
        Mark(bag, content.Name);
        keys.AddSafeBag(bag);

        var certificates = new Pkcs12SafeContents();
        foreach (var (index, der) in content.Path.Index())
        {
            var certificate = Certificate(der.Span);
            if (index is 0)
                Mark(certificate, content.Name);
            certificates.AddSafeBag(certificate);
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, passphrase, protection);
        // Its one bag is protected already.
        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac(passphrase, protection.HashAlgorithm, Rounds);
        return builder.Encode();
    }

    /// <summary>One certificate that Java trusts: it takes those only that bear an attribute of its own.</summary>
    public static byte[] WriteTrusted(string alias, ReadOnlySpan<byte> der, Passphrase passphrase)
    {
        var bag = Certificate(der);
        bag.Attributes.Add(Name(alias));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(AnyPurpose);
        bag.Attributes.Add(new AsnEncodedData(TrustedKeyUsage, writer.Encode()));
        var certificates = new Pkcs12SafeContents();
        certificates.AddSafeBag(bag);

        var protection = ProtectionOf(Pkcs12Strength.Modern);
        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, passphrase.Characters, protection);
        builder.SealWithMac(passphrase.Characters, protection.HashAlgorithm, Rounds);
        return builder.Encode();
    }

    private static PbeParameters ProtectionOf(Pkcs12Strength strength) => strength is Pkcs12Strength.Modern
        ? new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds)
        : new(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, Rounds);

    private static Pkcs12CertBag Certificate(ReadOnlySpan<byte> der)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(der);
        return new Pkcs12CertBag(new Oid(X509Certificate), writer.Encode());
    }

    /// <summary>The name that Windows and Java show, and what joins a key to its certificate (RFC 7292 section 4.2).</summary>
    private static void Mark(Pkcs12SafeBag bag, string name)
    {
        bag.Attributes.Add(Name(name));
        bag.Attributes.Add(new Pkcs9LocalKeyId([1]));
    }

    private static AsnEncodedData Name(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.BMPString, name);
        return new AsnEncodedData(FriendlyName, writer.Encode());
    }
}
