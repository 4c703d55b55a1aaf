using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Database and vault of one data folder, opened when they are first asked for.</summary>
public sealed class EmbeddedData
{
    private readonly Lazy<Task<SqliteFile>> _database;
    private readonly Lazy<Task<FileVault>> _vault;

    public EmbeddedData(Settings settings, TimeProvider time)
    {
        Folder = new DataFolder(settings.DataFolder);
        Keys = settings.Vault.MasterKey is { } key ? new MasterKeySetting(key) : new MasterKeyFile(settings.Vault.MasterKeyFile ?? Folder.MasterKey);
        _database = new Lazy<Task<SqliteFile>>(() => Task.Run(() => new SqliteFile(Folder.Database)));
        _vault = new Lazy<Task<FileVault>>(() => Task.Run(() => FileVault.Open(Folder.Vault, Keys, time)));
    }

    public DataFolder Folder { get; }

    public IMasterKeySource Keys { get; }

    /// <summary>Fails with <see cref="Transient"/> (<c>store.unavailable</c>).</summary>
    public Task<SqliteFile> Database => _database.Value;

    /// <summary>Fails with <see cref="VaultRefusedException"/>.</summary>
    public Task<FileVault> Vault => _vault.Value;

    /// <summary>Opens both; once the vault is open, ends a rotation that was cut short and sees to the first token.</summary>
    public async Task<FirstToken> PrepareAsync(TimeProvider time)
    {
        var database = Database;
        await Vault;
        if (Keys is MasterKeyFile key)
            await VaultRotation.ResumeAsync(Folder.Vault, key, time, CancellationToken.None);
        return await FirstToken.EnsureAsync(new SqliteRecordStore(await database), Folder.Root, time, CancellationToken.None);
    }
}
