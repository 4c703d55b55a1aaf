using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>How a certificate was signed: the OID, the name that people use, and what a check needs.</summary>
public sealed record SignatureAlgorithm
{
    private const string Sha1Oid = "1.3.14.3.2.26";
    private const string Mgf1Oid = "1.2.840.113549.1.1.8";

    private enum Scheme
    {
        Other,
        RsaPkcs1,
        RsaPss,
        Ecdsa,
        Sm2,
        Ed25519,
    }

    private readonly Scheme _scheme;

    private SignatureAlgorithm(string oid, string name, Scheme scheme = Scheme.Other, HashAlgorithmName? hash = null, bool weak = false)
    {
        (Oid, Name, _scheme, Hash, IsWeak) = (oid, name, scheme, hash, weak);
    }

    public string Oid { get; }

    public string Name { get; }

    /// <summary>Null where the algorithm has its own, and where this product cannot check the signature.</summary>
    public HashAlgorithmName? Hash { get; }

    /// <summary>True for MD2, MD5 and SHA-1, which no client accepts any more (CA/B Baseline Requirements section 7.1.3.2).</summary>
    public bool IsWeak { get; }

    internal bool IsRsaPkcs1 => _scheme is Scheme.RsaPkcs1;

    internal bool IsRsaPss => _scheme is Scheme.RsaPss;

    internal bool IsEcdsa => _scheme is Scheme.Ecdsa;

    internal bool IsSm2 => _scheme is Scheme.Sm2;

    internal bool IsEd25519 => _scheme is Scheme.Ed25519;

    /// <summary>True when this product can check the signature.</summary>
    internal bool CanVerify => Hash is not null || IsSm2 || IsEd25519;

    /// <summary>Reads an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).</summary>
    internal static SignatureAlgorithm Read(ReadOnlyMemory<byte> encoded)
    {
        var sequence = new DerReader(encoded).ReadSequence();
        var oid = sequence.ReadOid();
        return oid is KeyOids.RsaPss ? ReadPss(sequence) : Of(oid);
    }

    /// <summary>The algorithm of a signature scheme of TLS (RFC 8446 section 4.2.3); null for one that this product does not check.</summary>
    internal static SignatureAlgorithm? OfTls(int scheme) => scheme switch
    {
        0x0401 => Of("1.2.840.113549.1.1.11"),
        0x0501 => Of("1.2.840.113549.1.1.12"),
        0x0601 => Of("1.2.840.113549.1.1.13"),
        0x0403 => Of("1.2.840.10045.4.3.2"),
        0x0503 => Of("1.2.840.10045.4.3.3"),
        0x0603 => Of("1.2.840.10045.4.3.4"),
        // The salt is as long as the hash, and the key may be marked as RSASSA-PSS (08 09 and on) or not.
        0x0804 or 0x0809 => new(KeyOids.RsaPss, "RSA-PSS with SHA-256", Scheme.RsaPss, HashAlgorithmName.SHA256),
        0x0805 or 0x080A => new(KeyOids.RsaPss, "RSA-PSS with SHA-384", Scheme.RsaPss, HashAlgorithmName.SHA384),
        0x0806 or 0x080B => new(KeyOids.RsaPss, "RSA-PSS with SHA-512", Scheme.RsaPss, HashAlgorithmName.SHA512),
        0x0807 => Of(Ed25519Key.Oid),
        _ => null,
    };

    private static SignatureAlgorithm Of(string oid) => oid switch
    {
        "1.2.840.113549.1.1.2" => new(oid, "RSA with MD2", weak: true),
        "1.2.840.113549.1.1.4" => new(oid, "RSA with MD5", Scheme.RsaPkcs1, HashAlgorithmName.MD5, weak: true),
        "1.2.840.113549.1.1.5" or "1.3.14.3.2.29" => new(oid, "RSA with SHA-1", Scheme.RsaPkcs1, HashAlgorithmName.SHA1, weak: true),
        "1.2.840.113549.1.1.11" => new(oid, "RSA with SHA-256", Scheme.RsaPkcs1, HashAlgorithmName.SHA256),
        "1.2.840.113549.1.1.12" => new(oid, "RSA with SHA-384", Scheme.RsaPkcs1, HashAlgorithmName.SHA384),
        "1.2.840.113549.1.1.13" => new(oid, "RSA with SHA-512", Scheme.RsaPkcs1, HashAlgorithmName.SHA512),
        "1.2.840.10045.4.1" => new(oid, "ECDSA with SHA-1", Scheme.Ecdsa, HashAlgorithmName.SHA1, weak: true),
        "1.2.840.10045.4.3.2" => new(oid, "ECDSA with SHA-256", Scheme.Ecdsa, HashAlgorithmName.SHA256),
        "1.2.840.10045.4.3.3" => new(oid, "ECDSA with SHA-384", Scheme.Ecdsa, HashAlgorithmName.SHA384),
        "1.2.840.10045.4.3.4" => new(oid, "ECDSA with SHA-512", Scheme.Ecdsa, HashAlgorithmName.SHA512),
        "1.2.840.10040.4.3" => new(oid, "DSA with SHA-1", weak: true),
        "1.2.840.113549.1.1.14" => new(oid, "RSA with SHA-224"),
        "1.2.840.10045.4.3.1" => new(oid, "ECDSA with SHA-224"),
        "1.2.156.10197.1.501" => new(oid, "SM2 with SM3", Scheme.Sm2),
        Ed25519Key.Oid => new(oid, "Ed25519", Scheme.Ed25519),
        _ => new(oid, KeyOids.NameOf(oid)),
    };

    /// <summary>RFC 4055 section 3.1; what is absent means SHA-1 and 20 octets of salt.</summary>
    private static SignatureAlgorithm ReadPss(DerReader rest)
    {
        var (hash, maskHash, salt) = (Sha1Oid, Sha1Oid, 20);
        var parameters = rest.HasData ? rest.ReadSequence() : default;
        if (parameters.NextIs(DerReader.Context(0)))
            hash = ReadHash(parameters.ReadSequence(DerReader.Context(0)).ReadEncoded());
        if (parameters.NextIs(DerReader.Context(1)))
        {
            var mask = parameters.ReadSequence(DerReader.Context(1)).ReadSequence();
            maskHash = mask.ReadOid() is Mgf1Oid ? ReadHash(mask.ReadEncoded()) : "";
        }
        if (parameters.NextIs(DerReader.Context(2)))
            salt = parameters.ReadSequence(DerReader.Context(2)).ReadSmallInteger();

        (string Name, int Length, HashAlgorithmName? Hash) digest = hash switch
        {
            Sha1Oid => ("SHA-1", 20, HashAlgorithmName.SHA1),
            "2.16.840.1.101.3.4.2.1" => ("SHA-256", 32, HashAlgorithmName.SHA256),
            "2.16.840.1.101.3.4.2.2" => ("SHA-384", 48, HashAlgorithmName.SHA384),
            "2.16.840.1.101.3.4.2.3" => ("SHA-512", 64, HashAlgorithmName.SHA512),
            _ => ($"hash {hash}", 0, null),
        };
        // One hash for both and a salt of its length: what the framework checks, and all that the Baseline Requirements allow (section 7.1.3.2.1).
        return maskHash == hash && salt == digest.Length
            ? new(KeyOids.RsaPss, $"RSA-PSS with {digest.Name}", Scheme.RsaPss, digest.Hash, hash is Sha1Oid)
            : new(KeyOids.RsaPss, $"RSA-PSS with {digest.Name} and {salt} octets of salt", Scheme.RsaPss, weak: hash is Sha1Oid);
    }

    private static string ReadHash(ReadOnlyMemory<byte> algorithm) => new DerReader(algorithm).ReadSequence().ReadOid();
}
