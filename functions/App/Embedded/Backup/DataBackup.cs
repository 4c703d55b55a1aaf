using System.Formats.Tar;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Vault;

namespace Certrelay.App.Embedded.Backup;

/// <summary>
/// Backs up a data folder with its embedded vault, also while hosts serve it. The database is taken as it was at one moment; then the vault, from which nothing is removed
/// meanwhile, so that every key that a record names is there. Seals of the audit trail that are younger than the database stay out: they would tell of entries that it lacks.
/// </summary>
public static class DataBackup
{
    private const string Database = "certrelay.db";
    private const string Token = "admin-token";
    private const string Vault = "vault";

    /// <summary>
    /// Writes the backup to a file that must not exist; returns how many files of the vault it holds. Throws <see cref="BackupRefusedException"/>,
    /// <see cref="VaultRefusedException"/>, and <see cref="Transient"/> while the master key is being rotated.
    /// </summary>
    public static int Write(DataFolder folder, IMasterKeySource keys, string file, TimeProvider time, CancellationToken cancellationToken)
    {
        if (File.Exists(file))
            throw new BackupRefusedException("backup.exists", $"{file} exists already. Name another file, or remove it.");
        FileVault.Open(folder.Vault, keys, time);
        var layout = new VaultFolder(folder.Vault);
        using var unchanged = VaultLock.ForBackup(layout);
        using var ring = keys.Take();
        var master = ring.Find(new SealedFiles(layout, keys).CurrentKeyId())
            ?? throw new BackupRefusedException("backup.wrong-key", "The vault is sealed with a master key that this process does not have.");
        var (snapshot, partial) = ($"{folder.Database}.{Guid.NewGuid():N}.snapshot", $"{file}.partial");
        try
        {
            var seals = layout.Names().Where(Certrelay.Records.AuditSeals.IsSeal).SelectMany(layout.Versions).ToHashSet();
            SqliteSnapshot.Take(folder.Database, snapshot);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = FileStamp.OwnerOnly.Mode;
            int versions;
            using (var target = new FileStream(partial, options))
            {
                using var archive = BackupFile.Begin(target, master, time.GetUtcNow());
                versions = WriteArchive(archive, folder, layout, snapshot, seals, cancellationToken);
                archive.Complete();
                target.Flush(flushToDisk: true);
            }

            File.Move(partial, file);
            AtomicFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
            return versions;
        }
        finally
        {
            File.Delete(snapshot);
            File.Delete(partial);
        }
    }

    /// <summary>
    /// Restores a backup into a folder that holds nothing, save perhaps its master key. It is read whole before the first file gets its place, the database last.
    /// Throws <see cref="BackupRefusedException"/> with the reason when nothing was restored.
    /// </summary>
    public static int Restore(string file, DataFolder folder, IMasterKeySource keys, CancellationToken cancellationToken)
    {
        using var alone = ServingMark.TakeAlone(folder) ?? throw new BackupRefusedException("backup.served", $"A host serves {folder.Root}. Stop it, or name an empty folder.");
        string[] harmless = [Path.GetFileName(folder.ServingMark), Path.GetFileName(folder.MasterKey)];
        if (Directory.EnumerateFileSystemEntries(folder.Root).Select(static entry => Path.GetFileName(entry)).Except(harmless, StringComparer.Ordinal).FirstOrDefault() is { } there)
            throw new BackupRefusedException("backup.not-empty", $"{folder.Root} is not empty: it holds {there}. Name an empty folder.");
        if (keys.Faults(vaultIsEmpty: false) is [var fault, ..])
            throw new BackupRefusedException(fault.Code, $"{fault.Message} {fault.Remedy}");
        var staging = Path.Combine(folder.Root, ".restoring");
        OwnerOnly.CreateFolder(staging);
        try
        {
            using (var ring = keys.Take())
            using (var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
            using (var archive = BackupFile.Open(source, ring))
                ReadArchive(archive, staging, cancellationToken);
            return Settle(staging, folder);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static int WriteArchive(
        SealingStream archive, DataFolder folder, VaultFolder layout, string snapshot, HashSet<VaultReference> seals, CancellationToken cancellationToken)
    {
        using var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true);
        Add(tar, snapshot, Database);
        var token = Path.Combine(folder.Root, Token);
        if (File.Exists(token))
            Add(tar, token, Token);
        Add(tar, layout.CheckFile, $"{Vault}/{Path.GetFileName(layout.CheckFile)}");
        var versions = 0;
        foreach (var version in layout.Names().SelectMany(layout.Versions).Where(version => seals.Contains(version) || !Certrelay.Records.AuditSeals.IsSeal(version.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(tar, layout.FileOf(version), $"{Vault}/{version.Name}/{Path.GetFileName(layout.FileOf(version))}");
            versions++;
        }

        return versions;
    }

    private static void Add(TarWriter tar, string path, string name)
    {
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
    }

    private static void ReadArchive(UnsealingStream archive, string staging, CancellationToken cancellationToken)
    {
        using var tar = new TarReader(archive, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.EntryType != TarEntryType.RegularFile || !BackupFile.Holds(entry.Name))
                throw new BackupRefusedException("backup.form", $"The backup holds {entry.Name}, which belongs into none.");
            var path = Path.Combine(staging, entry.Name);
            OwnerOnly.CreateFolder(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = FileStamp.OwnerOnly.Mode;
            using var target = new FileStream(path, options);
            entry.DataStream?.CopyTo(target);
            target.Flush(flushToDisk: true);
        }

        // The tar reader stops at its own end; the last chunk must be seen as well.
        archive.CopyTo(Stream.Null);
    }

    private static int Settle(string staging, DataFolder folder)
    {
        if (!File.Exists(Path.Combine(staging, Database)))
            throw new BackupRefusedException("backup.form", "The backup holds no database.");
        Directory.Move(Path.Combine(staging, Vault), folder.Vault);
        var token = Path.Combine(staging, Token);
        if (File.Exists(token))
            File.Move(token, Path.Combine(folder.Root, Token));
        File.Move(Path.Combine(staging, Database), folder.Database);
        AtomicFile.SyncFolder(folder.Root);
        var layout = new VaultFolder(folder.Vault);
        return layout.Names().Sum(name => layout.Versions(name).Count);
    }
}
