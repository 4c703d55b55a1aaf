using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>
/// The embedded vault: one file a version, each under its own data key, shared by any number of processes on one host. Nothing is kept in memory between calls:
/// exclusive creation decides who wrote a version, and the keys are read at each use.
/// </summary>
/// <remarks>
/// Removing a version deletes its file, and with it the only copy of its data key. That is as final as the disk makes it: freed blocks, snapshots and backups
/// of the folder can still be opened by whoever has the master key of that time. Rotating the master key and destroying the old one closes that as well.
/// </remarks>
public sealed class FileVault : IVault
{
    private readonly VaultFolder _folder;
    private readonly SealedFiles _files;
    private readonly VersionWriter _writer;

    private FileVault(VaultFolder folder, SealedFiles files, VersionWriter writer) => (_folder, _files, _writer) = (folder, files, writer);

    /// <summary>Opens the vault in a folder, and begins it there if there is none; throws <see cref="VaultRefusedException"/> with every fault at once.</summary>
    public static FileVault Open(string folder, IMasterKeySource keys, TimeProvider time)
    {
        var layout = new VaultFolder(folder);
        var files = new SealedFiles(layout, keys);
        if (!Directory.Exists(layout.Root))
            OwnerOnly.CreateFolder(layout.Root);

        List<VaultFault> faults = [.. layout.Faults()];
        // Looked at before the keys: another process that starts now makes its key, then the check record, then secrets, so whoever sees one of them finds
        // those before it.
        var empty = faults.Exists(OwnerOnly.Hides) || layout.IsEmpty;
        var keyFaults = keys.Faults(empty);
        faults.AddRange(keyFaults);
        if (empty && faults.Count == 0)
        {
            keys.MakeFirst();
            using var ring = keys.Take();
            var check = Envelope.Seal(VaultFolder.CheckReference, time.GetUtcNow(), new Dictionary<string, string>(), [], ring.First);
            AtomicFile.Create(layout.CheckFile, check, FileStamp.OwnerOnly);
            empty = false;
        }

        if (!empty && keyFaults.Count == 0 && files.CheckFault() is { } wrong)
            faults.Add(wrong);
        return faults.Count == 0
            ? new FileVault(layout, files, new VersionWriter(layout, files, keys, time))
            : throw new VaultRefusedException(faults);
    }

    public Task<VaultReference> PutAsync(string name, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        VaultForm.CheckTags(tags);
        return VaultCall.RunAsync(() => _writer.Put(name, value.Span, tags, cancellationToken), cancellationToken);
    }

    public Task<Secret?> GetAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(reference.Name);
        return VaultCall.RunAsync(() => Get(reference), cancellationToken);
    }

    public async IAsyncEnumerable<VaultVersion> VersionsAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        var versions = await VaultCall.RunAsync(() => _folder.Versions(name).Select(Describe).OfType<VaultVersion>().ToList(), cancellationToken);
        foreach (var version in versions.OrderBy(static found => found.Created).ThenBy(static found => found.Reference.Version, StringComparer.Ordinal))
            yield return version;
    }

    public async IAsyncEnumerable<string> NamesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool Belongs(string name) => name.StartsWith(prefix, StringComparison.Ordinal) && _folder.Versions(name).Count > 0;
        foreach (var name in await VaultCall.RunAsync(() => _folder.Names().Where(Belongs).ToList(), cancellationToken))
            yield return name;
    }

    public Task RemoveVersionAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(reference.Name);
        return VaultCall.RunAsync(() => RemoveVersion(reference), cancellationToken);
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        VaultForm.CheckName(name);
        return VaultCall.RunAsync(() => Remove(_folder.FolderOf(name)), cancellationToken);
    }

    private Secret? Get(VaultReference reference)
    {
        // Anything else never named a version, and would name a path.
        if (!VaultFolder.IsVersion(reference.Version))
            return null;
        try
        {
            return _files.Use(_folder.FileOf(reference), reference, static (envelope, key) => new Secret(envelope.Open(key)));
        }
        catch (CryptographicException cause)
        {
            throw new Permanent("vault.unreadable", $"Version {reference.Version} of {reference.Name} cannot be opened: {cause.Message}", cause);
        }
    }

    private VaultVersion? Describe(VaultReference reference)
    {
        var path = _folder.FileOf(reference);
        try
        {
            return _files.Use(path, reference, (envelope, key) =>
            {
                envelope.Verify(key);
                return new VaultVersion(reference, envelope.Tags, envelope.Created, Enabled: true);
            });
        }
        catch (CryptographicException)
        {
            // One damaged file must not hide its neighbours, nor itself: it can be seen and removed, and opening it says what is wrong.
            return new VaultVersion(reference, new Dictionary<string, string>(), new DateTimeOffset(File.GetLastWriteTimeUtc(path)), Enabled: false);
        }
    }

    private bool RemoveVersion(VaultReference reference)
    {
        var path = _folder.FileOf(reference);
        var folder = _folder.FolderOf(reference.Name);
        if (!VaultFolder.IsVersion(reference.Version) || !File.Exists(path))
            return false;
        using var held = VaultLock.ForRemoval(_folder);
        try
        {
            foreach (var file in AtomicFile.Temporaries(folder, Path.GetFileName(path)).Append(path))
                File.Delete(file);
            AtomicFile.SyncFolder(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            // The whole name was removed meanwhile.
            return false;
        }
    }

    private bool Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return false;
        using var held = VaultLock.ForRemoval(_folder);
        try
        {
            foreach (var file in Directory.GetFiles(folder))
                File.Delete(file);
            AtomicFile.SyncFolder(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // Another removal was faster.
            return false;
        }

        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another removal was faster, or a put came in between and the name begins anew. An empty folder that stays is no name.
        }

        return true;
    }
}
