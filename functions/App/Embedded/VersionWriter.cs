using System.Security.Cryptography;
using System.Text;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Adds versions to the file vault: durably, once for each fingerprint, and never under a master key that is on its way out.</summary>
internal sealed class VersionWriter(VaultFolder folder, SealedFiles files, IMasterKeySource keys, TimeProvider time)
{
    // A put starts over when a rotation or a removal came in between; more than a few times in a row is not chance.
    private const int Attempts = 10;

    private const int VersionBytes = 16;

    public VaultReference Put(string name, ReadOnlySpan<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var reference = new VaultReference(name, VersionFor(name, tags));
        var created = time.GetUtcNow();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A rotation moves the check record first and then looks for versions under the old key. So if the record has not moved by now, the rotation will
            // find this version; if it has, the version may have come too late and is moved here. Until one of the two is certain it is not reported as stored.
            var keyId = files.CurrentKeyId();
            if (TryWrite(reference, created, tags, value, keyId) && string.Equals(files.CurrentKeyId(), keyId, StringComparison.Ordinal))
                return reference;
        }

        throw new Transient("vault.busy", $"{name} was changed by others at every attempt to write to it.");
    }

    // The fingerprint decides the version's name, so that of two processes storing the same thing one finds the file of the other.
    private static string VersionFor(string name, IReadOnlyDictionary<string, string> tags) => Convert.ToHexStringLower(
        tags.TryGetValue(VaultForm.FingerprintTag, out var fingerprint)
            ? SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{fingerprint}")).AsSpan(0, VersionBytes)
            : RandomNumberGenerator.GetBytes(VersionBytes));

    private bool TryWrite(VaultReference reference, DateTimeOffset created, IReadOnlyDictionary<string, string> tags, ReadOnlySpan<byte> value, string keyId)
    {
        using var ring = keys.Take();
        if (ring.Find(keyId) is not { } key)
        {
            return string.Equals(files.CurrentKeyId(), keyId, StringComparison.Ordinal)
                ? throw new Permanent("vault.wrong-key", $"The vault is sealed with master key {keyId} now, which this process does not have.")
                : false;
        }

        var parent = folder.FolderOf(reference.Name);
        var path = folder.FileOf(reference);
        var sealedValue = Envelope.Seal(reference, created, tags, value, key);
        try
        {
            OwnerOnly.CreateFolder(parent);
            if (AtomicFile.Create(path, sealedValue, FileStamp.OwnerOnly))
                return true;
            // Its writer may not have synced the folder yet, and the caller will rely on the version.
            AtomicFile.SyncFolder(parent);
            return Keep(reference, path, key, sealedValue);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // The name, or this version's temporary file, was removed meanwhile.
            return false;
        }
    }

    /// <summary>Leaves the version that exists as it is, but under <paramref name="key"/>; false when it was removed meanwhile.</summary>
    private bool Keep(VaultReference reference, string path, MasterKey key, byte[] replacement)
    {
        try
        {
            var kept = files.Use(path, reference, (envelope, present) =>
            {
                CryptographicOperations.ZeroMemory(envelope.Open(present));
                return string.Equals(present.Id, key.Id, StringComparison.Ordinal) ? [] : envelope.Rewrap(present, key);
            });
            if (kept is not { Length: > 0 })
                return kept is not null;
            // Under another key than the one this put began with: if the check record has moved since, that key is the old one, and this would be a step back.
            if (!string.Equals(files.CurrentKeyId(), key.Id, StringComparison.Ordinal))
                return false;
            AtomicFile.Replace(path, kept, FileStamp.OwnerOnly);
            return true;
        }
        catch (CryptographicException)
        {
            // Damaged beyond opening, and here is the same thing again: this is how a user mends it.
            AtomicFile.Replace(path, replacement, FileStamp.OwnerOnly);
            return true;
        }
    }
}
