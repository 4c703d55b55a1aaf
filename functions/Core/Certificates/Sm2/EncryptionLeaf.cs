using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// The second certificate of an SM2 version, to whose key clients encrypt, as a target receives it: the leaf as DER and its key as PKCS#8 DER, which is zeroed on
/// disposal. GB/T 38636 has a server show both, the signing one first.
/// </summary>
public sealed class EncryptionLeaf(ReadOnlyMemory<byte> leaf, byte[] privateKey) : IDisposable
{
    public ReadOnlyMemory<byte> Leaf { get; } = leaf;

    /// <summary>The private key as PKCS#8 DER.</summary>
    internal ReadOnlySpan<byte> Pkcs8 => privateKey;

    /// <summary>The leaf as PEM (RFC 7468).</summary>
    public byte[] LeafPem() => PemEncoding.WriteUtf8("CERTIFICATE"u8, Leaf.Span);

    /// <summary>The private key as PKCS#8 PEM in a buffer that the caller must zero.</summary>
    public byte[] PrivateKeyPem() => PemEncoding.WriteUtf8("PRIVATE KEY"u8, privateKey);

    public void Dispose() => CryptographicOperations.ZeroMemory(privateKey);

    public override string ToString() => "[encryption leaf]";
}
