using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Database and vault of one data folder. Their opening begins at once, beside the putting together of the application, which takes about as long.</summary>
public sealed class EmbeddedData
{
    public EmbeddedData(Settings settings, TimeProvider time)
    {
        Folder = new DataFolder(settings.DataFolder);
        Keys = settings.Vault.MasterKey is { } key ? new MasterKeySetting(key) : new MasterKeyFile(settings.Vault.MasterKeyFile ?? Folder.MasterKey);
        Database = Task.Run(() => new SqliteFile(Folder.Database));
        Vault = Task.Run(() => FileVault.Open(Folder.Vault, Keys, time));
    }

    public DataFolder Folder { get; }

    public IMasterKeySource Keys { get; }

    /// <summary>Fails with <see cref="Transient"/> (<c>store.unavailable</c>).</summary>
    public Task<SqliteFile> Database { get; }

    /// <summary>Fails with <see cref="VaultRefusedException"/>.</summary>
    public Task<FileVault> Vault { get; }

    /// <summary>Once the vault is open: ends a rotation that was cut short, and sees to the first token.</summary>
    public async Task<FirstToken> PrepareAsync(TimeProvider time)
    {
        await Vault;
        if (Keys is MasterKeyFile key)
            await VaultRotation.ResumeAsync(Folder.Vault, key, time, CancellationToken.None);
        return await FirstToken.EnsureAsync(new SqliteRecordStore(await Database), Folder.Root, time, CancellationToken.None);
    }
}
