using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>What an export is made of. Disposal zeroes the key.</summary>
/// <param name="Bundle">Leaf, chain and key; the key is empty for a form that holds none.</param>
/// <param name="Root">The authority that clients are to trust, as DER; empty where it is not known.</param>
/// <param name="Passphrase">Protects keystores; null for a form that has none. Whoever gave it disposes it.</param>
/// <param name="Made">When the version was stored: what files in archives bear as their time.</param>
public sealed record ExportContent(CertificateBundle Bundle, ReadOnlyMemory<byte> Root, Passphrase? Passphrase, DateTimeOffset Made) : IDisposable
{
    /// <summary>Files and entries are called by it.</summary>
    internal string Name => Bundle.Certificate;

    internal Passphrase Protection => Passphrase ?? throw new InvalidOperationException("This form needs a passphrase.");

    internal CertificateRecord Leaf { get; } = CertificateRecord.Parse(Bundle.Leaf);

    /// <summary>The leaf and its issuers, as DER.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Path => [Bundle.Leaf, .. Bundle.Chain];

    /// <summary>Leaf, intermediates and key in one text, as HAProxy and many others read it; of a pair the encryption certificate and its key follow.</summary>
    internal byte[] AllPem()
    {
        var (key, second) = (Bundle.PrivateKeyPem(), Bundle.Encryption?.PrivateKeyPem());
        byte[] all = [.. Bundle.FullChainPem(), .. key, (byte)'\n', .. Bundle.Encryption is { } pair ? Lined(pair.LeafPem()) : [], .. second is null ? [] : second];
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(second);
        return all;
    }

    /// <summary>The leaf; of a pair the signing one, then the encryption one.</summary>
    internal byte[] LeafPem() => [.. Lined(Bundle.LeafPem()), .. Bundle.Encryption is { } pair ? Lined(pair.LeafPem()) : []];

    /// <summary>The key; of a pair that of the signing leaf, then that of the encryption leaf.</summary>
    internal byte[] KeyPem()
    {
        var key = Bundle.PrivateKeyPem();
        if (Bundle.Encryption?.PrivateKeyPem() is not { } second)
            return key;
        byte[] both = [.. key, (byte)'\n', .. second, (byte)'\n'];
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(second);
        return both;
    }

    private static byte[] Lined(byte[] pem) => [.. pem, (byte)'\n'];

    public void Dispose() => Bundle.Dispose();
}
