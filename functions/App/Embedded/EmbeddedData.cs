using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Vault;
using Certrelay.Vault.KeyVault;

namespace Certrelay.App.Embedded;

/// <summary>Database and embedded vault of one data folder, opened when they are first asked for.</summary>
public sealed class EmbeddedData
{
    private readonly Lazy<Task<SqliteFile>> _database;
    private readonly Lazy<Task<FileVault>> _vault;

    public EmbeddedData(Settings settings, TimeProvider time)
    {
        Folder = new DataFolder(settings.DataFolder);
        KeyVault = settings.Vault.ToKeyVault();
        Keys = settings.Vault.MasterKey is { } key ? new MasterKeySetting(key) : new MasterKeyFile(settings.Vault.MasterKeyFile ?? Folder.MasterKey);
        _database = new Lazy<Task<SqliteFile>>(() => Task.Run(() => new SqliteFile(Folder.Database)));
        _vault = new Lazy<Task<FileVault>>(() => Task.Run(() => FileVault.Open(Folder.Vault, Keys, time)));
    }

    public DataFolder Folder { get; }

    public IMasterKeySource Keys { get; }

    /// <summary>What holds the keys instead of the embedded vault; null when that does.</summary>
    public KeyVaultOptions? KeyVault { get; }

    /// <summary>Fails with <see cref="Transient"/> (<c>store.unavailable</c>).</summary>
    public Task<SqliteFile> Database => _database.Value;

    /// <summary>Fails with <see cref="VaultRefusedException"/>.</summary>
    public Task<FileVault> Vault => _vault.Value;

    /// <summary>Opens both; once the vault is open, ends a rotation that was cut short and sees to the first token.</summary>
    public async Task<FirstToken> PrepareAsync(TimeProvider time)
    {
        // Before anything is opened that a refusal would leave behind.
        if (KeyVault is not null)
            RefuseForgotten();
        var database = Database;
        if (KeyVault is null)
            await Vault;
        if (KeyVault is null && Keys is MasterKeyFile key)
            await VaultRotation.ResumeAsync(Folder.Vault, key, time, CancellationToken.None);
        return await FirstToken.EnsureAsync(new SqliteRecordStore(await database), Folder.Root, time, CancellationToken.None);
    }

    /// <summary>The records name versions of the vault in the folder; none of them can be opened from another one.</summary>
    private void RefuseForgotten()
    {
        if (new VaultFolder(Folder.Vault).Names().Count > 0)
        {
            throw new VaultRefusedException(
            [
                new VaultFault("vault.not-moved", $"Vault:Uri names a Key Vault, but {Folder.Vault} still holds keys.",
                    "Run: certrelay vault move, with the same settings; or take Vault:Uri out of them."),
            ]);
        }
    }
}
