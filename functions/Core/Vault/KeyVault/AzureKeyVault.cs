using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;

namespace Certrelay.Vault.KeyVault;

/// <summary>
/// Secrets in Azure Key Vault. A version is removed by being disabled, a name by disabling its versions and deleting it softly; a name that somebody else deleted is
/// recovered when the product needs it. Values over 24 KB lie in parts, as <c>name--1</c> and so on.
/// </summary>
/// <remarks>
/// The vault has no conditional write. Two processes that put one fingerprint in the same second may keep a version each: both open to the same value, and each caller
/// got one that stays.
/// </remarks>
public sealed class AzureKeyVault : IVault, IDisposable
{
    private const int VersionLength = 32;
    private const int LongestSplitName = 120;

    private readonly KeyVaultSecrets _secrets;
    private readonly SecretCache _cache;

    // Puts of one name from this process wait for one another, so that all but the first find its version; names share the gates.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];

    public AzureKeyVault(SecretClient client, TimeProvider time, ILogger<AzureKeyVault> logger)
    {
        _secrets = new KeyVaultSecrets(client, time, logger);
        _cache = new SecretCache(time);
    }

    public async Task<VaultReference> PutAsync(string name, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        VaultForm.CheckTags(tags);
        var gate = _gates[(uint)string.GetHashCode(name, StringComparison.Ordinal) % (uint)_gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!tags.TryGetValue(VaultForm.FingerprintTag, out var fingerprint))
                return await WriteAsync(name, value, tags, cancellationToken);
            if (await SameAsync(name, fingerprint, cancellationToken) is [var there, ..])
                return ReferenceOf(there);
            var written = await WriteAsync(name, value, tags, cancellationToken);
            // Another process may have written the same meanwhile, or the name came back from deletion with it: the older one stays. Times are whole seconds: of two
            // within one neither is the older, and others may rely on either.
            var same = await SameAsync(name, fingerprint, cancellationToken);
            if (same.Find(version => ReferenceOf(version) == written) is not { } mine || same[0].CreatedOn == mine.CreatedOn)
                return written;
            await RemoveVersionAsync(written, cancellationToken);
            return ReferenceOf(same[0]);
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task<Secret?> GetAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(reference.Name);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsVersion(reference.Version))
            return null;
        if (_cache.Find(reference) is { } kept)
            return kept;
        if (await ReadAsync(reference, cancellationToken) is not { } value)
            return null;
        _cache.Keep(reference, value);
        return new Secret(value);
    }

    public async IAsyncEnumerable<VaultVersion> VersionsAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        foreach (var version in InOrder(await _secrets.VersionsAsync(name, cancellationToken)))
        {
            yield return new VaultVersion(
                ReferenceOf(version), new Dictionary<string, string>(version.Tags, StringComparer.Ordinal), version.CreatedOn ?? DateTimeOffset.UnixEpoch, version.Enabled ?? true);
        }
    }

    public async IAsyncEnumerable<string> NamesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Neither parts nor other people's names have the form.
        var names = await _secrets.NamesAsync(cancellationToken);
        foreach (var name in names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && VaultForm.IsName(name)).Order(StringComparer.Ordinal))
            yield return name;
    }

    public async Task RemoveVersionAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(reference.Name);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsVersion(reference.Version))
            return;
        _cache.Drop(reference);
        var versions = await _secrets.VersionsAsync(reference.Name, cancellationToken);
        if (versions.Find(version => ReferenceOf(version) == reference) is { Enabled: not false } version)
            await DisableAsync(version, cancellationToken);
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        _cache.Drop(name);
        var versions = await _secrets.VersionsAsync(name, cancellationToken);
        // Disabled first: what is recovered later, by a put under the same name or by an operator, opens nothing.
        foreach (var version in versions.Where(static version => version.Enabled ?? true))
            await DisableAsync(version, cancellationToken);
        if (versions.Exists(HasParts))
            await DeletePartsAsync(name, cancellationToken);
        if (versions.Count > 0)
            await _secrets.DeleteAsync(name, cancellationToken);
    }

    public void Dispose()
    {
        _cache.Dispose();
        Array.ForEach(_gates, static gate => gate.Dispose());
    }

    private async Task<List<SecretProperties>> SameAsync(string name, string fingerprint, CancellationToken cancellationToken)
    {
        var versions = await _secrets.VersionsAsync(name, cancellationToken);
        return [.. InOrder(versions.Where(version =>
            version.Enabled is not false && version.Tags.TryGetValue(VaultForm.FingerprintTag, out var tag) && string.Equals(tag, fingerprint, StringComparison.Ordinal)))];
    }

    private async Task<VaultReference> WriteAsync(string name, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        if (StoredText.Of(value.Span) is var (text, type))
            return await _secrets.SetAsync(name, text, type, tags, cancellationToken);
        if (name.Length > LongestSplitName)
            throw new ArgumentException($"A value of more than {StoredText.LongestPart} bytes has a name of at most {LongestSplitName} characters.", nameof(name));
        var parts = new List<string>();
        for (var at = 0; at < value.Length; at += StoredText.LongestPart)
        {
            var part = value.Slice(at, Math.Min(StoredText.LongestPart, value.Length - at));
            parts.Add((await _secrets.SetAsync(PartName(name, parts.Count + 1), StoredText.AsBase64(part.Span), StoredText.Base64Type, tags: null, cancellationToken)).Version);
        }

        // Last, so that a version is whole from the moment on that it can be seen.
        return await _secrets.SetAsync(name, string.Join('\n', parts), StoredText.PartsType, tags, cancellationToken);
    }

    private async Task<byte[]?> ReadAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        if (await _secrets.GetAsync(reference, cancellationToken) is not { } secret)
            return null;
        if (!HasParts(secret.Properties))
            return StoredText.Decode(secret.Value, secret.Properties.ContentType);
        var parts = new List<byte[]>();
        foreach (var version in secret.Value.Split('\n'))
        {
            var part = await _secrets.GetAsync(new VaultReference(PartName(reference.Name, parts.Count + 1), version), cancellationToken);
            if (part is null)
            {
                // A removal disables the parts before the whole.
                parts.ForEach(static read => CryptographicOperations.ZeroMemory(read));
                return null;
            }

            parts.Add(StoredText.Decode(part.Value, part.Properties.ContentType));
        }

        return StoredText.Join(parts);
    }

    private async Task DisableAsync(SecretProperties version, CancellationToken cancellationToken)
    {
        // The list of the parts is in the value, so the whole goes last.
        if (HasParts(version) && await _secrets.GetAsync(ReferenceOf(version), cancellationToken) is { } whole)
        {
            foreach (var (index, part) in whole.Value.Split('\n').Index())
                await _secrets.DisableAsync(new VaultReference(PartName(version.Name, index + 1), part), cancellationToken);
        }

        await _secrets.DisableAsync(ReferenceOf(version), cancellationToken);
    }

    private async Task DeletePartsAsync(string name, CancellationToken cancellationToken)
    {
        var count = 0;
        while ((await _secrets.VersionsAsync(PartName(name, count + 1), cancellationToken)).Count > 0)
            count++;
        // From the last one on: cut short, the next removal finds what is left in the same way.
        for (; count > 0; count--)
            await _secrets.DeleteAsync(PartName(name, count), cancellationToken);
    }

    private static string PartName(string name, int number) => $"{name}--{number}";

    private static bool HasParts(SecretProperties version) => string.Equals(version.ContentType, StoredText.PartsType, StringComparison.Ordinal);

    private static VaultReference ReferenceOf(SecretProperties version) => new(version.Name, version.Version);

    private static bool IsVersion(string version) => version.Length == VersionLength && version.All(char.IsAsciiHexDigitLower);

    private static IEnumerable<SecretProperties> InOrder(IEnumerable<SecretProperties> versions) =>
        versions.OrderBy(static version => version.CreatedOn).ThenBy(static version => version.Version, StringComparer.Ordinal);
}
