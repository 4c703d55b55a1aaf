using System.Buffers.Text;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>
/// The private keys of versions in the vault, as PKCS#8 PEM under <c>crt-&lt;certificate&gt;</c>: one vault version for each version, found again by its fingerprint. A
/// version that somebody else put there is read as it is: PEM with chain and key, or PKCS#12 in Base64 as Key Vault keeps certificates.
/// </summary>
public sealed class VersionKeys(IVault vault)
{
    /// <summary>Saves the key of a version; the same version again changes nothing.</summary>
    public Task<VaultReference> SaveAsync(string certificate, Fingerprint fingerprint, PrivateKey key, CancellationToken cancellationToken) =>
        SaveAsync(certificate, fingerprint.Hex, key, cancellationToken);

    /// <summary>Saves a key whose certificate is still to come, known by its public key.</summary>
    public Task<VaultReference> SaveAsync(string certificate, PrivateKey key, CancellationToken cancellationToken) =>
        SaveAsync(certificate, key.PublicKey.SpkiSha256, key, cancellationToken);

    private async Task<VaultReference> SaveAsync(string certificate, string mark, PrivateKey key, CancellationToken cancellationToken)
    {
        var pem = PemEncoding.WriteUtf8("PRIVATE KEY"u8, key.Pkcs8);
        try
        {
            return await vault.PutAsync(
                VaultName(certificate), pem, new Dictionary<string, string>(StringComparer.Ordinal) { [VaultForm.FingerprintTag] = mark }, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>Opens a version with its key; throws <see cref="Permanent"/> (<c>key.missing</c>) when it has none.</summary>
    public async Task<CertificateBundle> OpenAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        var reference = version.Key ?? throw Missing(version);
        using var pem = await vault.GetAsync(reference, cancellationToken) ?? throw Missing(version);
        using var second = version.Encryption is { } pair ? await vault.GetAsync(pair.Key, cancellationToken) ?? throw Missing(version) : null;
        return version.ToBundle(KeyOf(pem.Memory, version) ?? throw Missing(version), second is null ? [] : KeyOf(second.Memory, version) ?? throw Missing(version));
    }

    /// <summary>Where the keys of a lineage lie.</summary>
    public static string VaultName(string certificate) => $"crt-{certificate}";

    private static byte[]? KeyOf(ReadOnlyMemory<byte> pem, VersionRecord version)
    {
        if (PemEncoding.TryFindUtf8(pem.Span, out var block) && block.Location.Equals(..pem.Length))
        {
            var der = new byte[block.DecodedDataLength];
            Base64.DecodeFromUtf8(pem.Span[block.Base64Data], der, out _, out _);
            return der;
        }

        using var foreign = CertificateInspector.Inspect(pem, new InspectionOptions { Now = version.NotBefore });
        return foreign.Leaf?.Fingerprint == version.Fingerprint ? foreign.PrivateKey?.Pkcs8.ToArray() : null;
    }

    private static Permanent Missing(VersionRecord version) =>
        new("key.missing", $"Version {version.Sequence} of {version.Certificate} has no private key in the vault.");
}
