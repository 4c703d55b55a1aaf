namespace Certrelay.Vault;

/// <summary>One version of one secret. It is safe to record: it opens nothing.</summary>
public sealed record VaultReference(string Name, string Version);

/// <summary>
/// What may be known of a version without opening it. <see cref="Enabled"/> is false when it cannot be opened: removed where the vault cannot delete one version,
/// or damaged, and then without tags.
/// </summary>
public sealed record VaultVersion(VaultReference Reference, IReadOnlyDictionary<string, string> Tags, DateTimeOffset Created, bool Enabled);

/// <summary>
/// Where private keys and account credentials live: Azure Key Vault or the embedded vault. Nothing else holds one.
/// Names are the product's own with a prefix (<c>crt-</c>, <c>acc-</c>, <c>acme-</c>, <c>aud-</c>, <c>rb-</c>): letters, digits and single hyphens, at most 127.
/// A name of another form is an <see cref="ArgumentException"/> (<see cref="VaultForm"/>).
/// Every method throws <see cref="Transient"/> when the vault is throttled or out of reach and <see cref="Permanent"/> when it refuses.
/// </summary>
public interface IVault
{
    /// <summary>
    /// Adds a version and returns its reference once it is durable. When the tag <c>fingerprint</c> is given and a version with the same tag value exists,
    /// that version is returned and nothing is written.
    /// </summary>
    Task<VaultReference> PutAsync(string name, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>Opens one version; null when there is none, or when it was removed. What somebody else wrote comes as it was written, text in UTF-8. The caller disposes the value, which zeroes it.</summary>
    Task<Secret?> GetAsync(VaultReference reference, CancellationToken cancellationToken);

    /// <summary>The versions of a name, oldest first, without their values.</summary>
    IAsyncEnumerable<VaultVersion> VersionsAsync(string name, CancellationToken cancellationToken);

    /// <summary>Every name that begins with <paramref name="prefix"/>, in ordinal order.</summary>
    IAsyncEnumerable<string> NamesAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Destroys one version (Key Vault: disables it); no error when it is gone already.</summary>
    Task RemoveVersionAsync(VaultReference reference, CancellationToken cancellationToken);

    /// <summary>Removes a name with all its versions; no error when it is gone already.</summary>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
