using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>The encryption certificate of an SM2 version; it holds no key, only where the vault keeps it.</summary>
public sealed record EncryptionRecord
{
    public required Fingerprint Fingerprint { get; init; }

    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The leaf as DER.</summary>
    public required byte[] Leaf { get; init; }

    public required VaultReference Key { get; init; }

    public static EncryptionRecord Of(CertificateRecord leaf, VaultReference key) => new()
    {
        Fingerprint = leaf.Fingerprint,
        Serial = leaf.Serial,
        NotBefore = leaf.NotBefore,
        NotAfter = leaf.NotAfter,
        Leaf = leaf.Der.ToArray(),
        Key = key,
    };
}
