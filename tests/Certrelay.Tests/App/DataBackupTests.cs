using System.Text;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Backup;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Vault;

namespace Certrelay.Tests.App;

public sealed class DataBackupTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();

    private string BackupPath => _folder["backup"];

    private MasterKeyFile Keys => new(_folder["master.key"]);

    [Fact]
    public async Task What_was_there_is_there_again()
    {
        var reference = await FillAsync();
        var versions = Write();

        var restored = new DataFolder(_folder["restored"]);
        Assert.Equal(versions, DataBackup.Restore(BackupPath, restored, Keys, None));

        Assert.Equal("secret", await ReadAsync(restored, reference));
        await using var database = new SqliteFile(restored.Database);
        Assert.Equal("row", Encoding.UTF8.GetString((await new SqliteRecordStore(database).GetAsync(new RecordKey("T", "p", "r"), None))!.Body.Span));
        Assert.Equal(1, await new SqliteWorkQueue(database, TimeProvider.System).CountAsync("deploy", None));
        Assert.Equal("token\n", await File.ReadAllTextAsync(Path.Combine(restored.Root, "admin-token")));
        Assert.Empty(Directory.GetFiles(restored.Root, "*", SearchOption.AllDirectories).Where(static path => (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None).ToList());
    }

    [Fact]
    public async Task Nothing_in_the_file_is_readable_and_the_master_key_is_not_in_it()
    {
        await FillAsync();
        Write();

        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(BackupPath));
        Assert.All(["row", "SQLite", "admin-token", "acc-prod", (await File.ReadAllTextAsync(_folder["master.key"])).Trim()], text => Assert.DoesNotContain(text, bytes, StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupPath));
        Assert.Equal(["admin-token", "certrelay.db", "vault"], Directory.GetFileSystemEntries(Data.Root).Select(Path.GetFileName).Where(static name => !name!.StartsWith("certrelay.db-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("the head", 2, false, "backup.form")]
    [InlineData("the sealed key", 40, false, "backup.damaged")]
    [InlineData("the id of the master key", 13, false, "backup.wrong-key")]
    [InlineData("the content", 5000, false, "backup.damaged")]
    [InlineData("the end cut off", -1, true, "backup.damaged")]
    [InlineData("a whole chunk cut off", -20_000, true, "backup.damaged")]
    [InlineData("all but the head cut off", 8, true, "backup.damaged")]
    public async Task A_backup_that_is_damaged_restores_nothing(string where, int at, bool cut, string code)
    {
        await FillAsync();
        Write();
        var bytes = await File.ReadAllBytesAsync(BackupPath);
        at = at < 0 ? bytes.Length + at : at;
        if (cut)
            bytes = bytes[..at];
        else
            bytes[at] ^= 1;
        await File.WriteAllBytesAsync(BackupPath, bytes);

        AssertNothingRestored(code, where, Keys);
    }

    [Fact]
    public async Task Chunks_that_change_places_restore_nothing()
    {
        await FillAsync(large: true);
        Write();
        var bytes = await File.ReadAllBytesAsync(BackupPath);
        var head = 8 + BitConverter.ToInt32([.. bytes[4..8].Reverse()]);
        const int chunk = 4 + (1024 * 1024) + 16;
        byte[] swapped = [.. bytes[..head], .. bytes[(head + chunk)..(head + (2 * chunk))], .. bytes[head..(head + chunk)], .. bytes[(head + (2 * chunk))..]];
        await File.WriteAllBytesAsync(BackupPath, swapped);

        AssertNothingRestored("backup.damaged", "swapped", Keys);
    }

    [Fact]
    public async Task Another_master_key_opens_nothing()
    {
        await FillAsync();
        Write();
        File.Delete(_folder["master.key"]);
        Keys.MakeFirst();

        AssertNothingRestored("backup.wrong-key", "another key", Keys);
        File.Delete(_folder["master.key"]);
        AssertNothingRestored("vault.key-missing", "no key", Keys);
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        await FillAsync();
        Write();

        var refusal = Assert.Throws<BackupRefusedException>(() => DataBackup.Restore(BackupPath, Data, Keys, None));

        Assert.Equal("backup.not-empty", refusal.Code);
        Assert.Equal("backup.exists", Assert.Throws<BackupRefusedException>(() => Write()).Code);
    }

    [Fact]
    public async Task A_folder_that_is_served_is_left_alone()
    {
        await FillAsync();
        Write();
        var served = new DataFolder(_folder["served"]);
        using var host = new ServingMark(served);
        await host.StartAsync(None);

        Assert.Equal("backup.served", Assert.Throws<BackupRefusedException>(() => DataBackup.Restore(BackupPath, served, Keys, None)).Code);
    }

    [Fact]
    public async Task A_restored_folder_keeps_its_own_master_key_file()
    {
        await FillAsync();
        Write();
        var restored = new DataFolder(_folder["restored"]);
        File.Copy(_folder["master.key"], restored.MasterKey);

        DataBackup.Restore(BackupPath, restored, new MasterKeyFile(restored.MasterKey), None);

        Assert.True(File.Exists(restored.MasterKey));
    }

    public void Dispose() => _folder.Dispose();

    private DataFolder Data => new(_folder["data"]);

    private int Write() => DataBackup.Write(Data, Keys, BackupPath, TimeProvider.System, None);

    private void AssertNothingRestored(string code, string what, IMasterKeySource keys)
    {
        var restored = new DataFolder(_folder["restored"]);
        var refusal = Assert.Throws<BackupRefusedException>(() => DataBackup.Restore(BackupPath, restored, keys, None));

        Assert.True(refusal.Code == code, $"{what}: {refusal.Code}");
        Assert.Empty(Directory.GetFileSystemEntries(restored.Root).Where(static path => !path.EndsWith(".serving", StringComparison.Ordinal)).ToList());
    }

    private async Task<VaultReference> FillAsync(bool large = false)
    {
        await using var database = new SqliteFile(Data.Database);
        var store = new SqliteRecordStore(database);
        await store.WriteAsync([new RecordChange.Put(new RecordKey("T", "p", "r"), "row"u8.ToArray())], None);
        for (var row = 0; large && row < 4; row++)
            await store.WriteAsync([new RecordChange.Put(new RecordKey("T", "p", $"large{row}"), new byte[900 * 1024])], None);
        await new SqliteWorkQueue(database, TimeProvider.System).SendAsync("deploy", "x"u8.ToArray(), TimeSpan.Zero, None);
        await File.WriteAllTextAsync(Path.Combine(Data.Root, "admin-token"), "token\n");
        var vault = FileVault.Open(Data.Vault, Keys, TimeProvider.System);
        return await vault.PutAsync("acc-prod", "secret"u8.ToArray(), new Dictionary<string, string>(), None);
    }

    private async Task<string> ReadAsync(DataFolder folder, VaultReference reference)
    {
        using var secret = await FileVault.Open(folder.Vault, Keys, TimeProvider.System).GetAsync(reference, None);
        return Encoding.UTF8.GetString(secret!.Bytes);
    }
}
