using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>One block of PEM text (RFC 7468): its label and decoded bytes, or why it cannot be read.</summary>
internal sealed class PemBlock
{
    private readonly byte[] _buffer = [];

    public PemBlock(string label, byte[] buffer, int length, bool encrypted)
    {
        (Label, _buffer, IsEncrypted) = (label, buffer, encrypted);
        Bytes = buffer.AsMemory(0, length);
    }

    public PemBlock(string label, string fault) => (Label, Fault) = (label, fault);

    public string Label { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The rest of a sentence that begins with the block: <c>has no END line</c>.</summary>
    public string? Fault { get; }

    /// <summary>True for an RFC 1421 header that says so, as OpenSSL writes it before PKCS#1 and SEC1 keys; the bytes are empty then.</summary>
    public bool IsEncrypted { get; }

    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE";

    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Overwrites the decoded bytes; for blocks that hold a key.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(_buffer);
}
