using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// One version as a target receives it: leaf and chain as DER, and the private key as PKCS#8 DER, which is zeroed on disposal. An SM2 version may have a second leaf.
/// </summary>
public sealed class CertificateBundle(
    string certificate, ReadOnlyMemory<byte> leaf, IReadOnlyList<ReadOnlyMemory<byte>> chain, byte[] privateKey, EncryptionLeaf? encryption = null) : IDisposable
{
    /// <summary>The name of the lineage.</summary>
    public string Certificate { get; } = certificate;

    public Fingerprint Fingerprint { get; } = Fingerprint.Of(leaf.Span);

    public ReadOnlyMemory<byte> Leaf { get; } = leaf;

    /// <summary>Issuer of the leaf first, without the root.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; } = chain;

    /// <summary>The encryption certificate of an SM2 pair, of which <see cref="Leaf"/> is the signing one; null for any other version.</summary>
    public EncryptionLeaf? Encryption { get; } = encryption;

    /// <summary>True when a name of the leaf serves a domain, which may be a wildcard itself.</summary>
    public bool Serves(string domain) => CertificateRecord.TryParse(Leaf, out var leaf) && leaf.Names.Any(name => name.Serves(domain));

    /// <summary>The leaf alone as PEM (RFC 7468).</summary>
    public byte[] LeafPem() => PemEncoding.WriteUtf8("CERTIFICATE"u8, Leaf.Span);

    /// <summary>The intermediates as PEM, one block each; empty when there are none.</summary>
    public byte[] ChainPem() => [.. Chain.SelectMany(static der => PemEncoding.WriteUtf8("CERTIFICATE"u8, der.Span).Append((byte)'\n'))];

    /// <summary>Leaf first, then the intermediates, as most servers read it.</summary>
    public byte[] FullChainPem() => [.. LeafPem(), (byte)'\n', .. ChainPem()];

    /// <summary>Of the leaf.</summary>
    internal PublicKeyInfo PublicKey => CertificateRecord.Parse(Leaf).PublicKey;

    /// <summary>The private key as PKCS#8 DER.</summary>
    internal ReadOnlySpan<byte> Pkcs8 => privateKey;

    /// <summary>The private key as PKCS#8 PEM in a buffer that the caller must zero.</summary>
    public byte[] PrivateKeyPem() => PemEncoding.WriteUtf8("PRIVATE KEY"u8, privateKey);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(privateKey);
        Encryption?.Dispose();
    }
}
