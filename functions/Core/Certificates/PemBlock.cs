using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>One block of PEM text (RFC 7468): its label and decoded bytes, or why it cannot be read.</summary>
internal sealed class PemBlock
{
    private readonly byte[] _buffer = [];

    public PemBlock(string label, byte[] buffer, int length, string? encryption)
    {
        (Label, _buffer, Encryption) = (label, buffer, encryption);
        Bytes = buffer.AsMemory(0, length);
    }

    public PemBlock(string label, string fault) => (Label, Fault) = (label, fault);

    public string Label { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The rest of a sentence that begins with the block: <c>has no END line</c>.</summary>
    public string? Fault { get; }

    /// <summary>What the RFC 1421 header DEK-Info says of an encrypted key, as OpenSSL writes it before PKCS#1 and SEC1 keys: cipher and IV. Null for any other.</summary>
    public string? Encryption { get; }

    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE";

    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Overwrites the decoded bytes; for blocks that hold a key.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(_buffer);
}
