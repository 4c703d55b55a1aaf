using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

public sealed class FileVaultOpeningTests : IDisposable
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly VaultSite _site = new();

    [Fact]
    public async Task Folders_are_0700_and_files_0600()
    {
        await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");

        Assert.All(_site.Files(), file => Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(file)));
        Assert.All((string[])[_site.Folder, .. Directory.GetDirectories(_site.Folder)], folder =>
            Assert.Equal(OwnerOnlyFile | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
    }

    [Fact]
    public async Task A_second_start_reads_what_the_first_wrote()
    {
        var reference = await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");

        Assert.Equal("one", await VaultSite.ReadAsync(_site.Open(), reference));
    }

    [Fact]
    public async Task Many_processes_that_start_at_once_on_nothing_agree_on_one_key()
    {
        var vaults = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(_site.Open)));
        var references = await Task.WhenAll(vaults.Select((vault, i) => VaultSite.PutAsync(vault, $"crt-{i}", $"{i}")));

        for (var i = 0; i < references.Length; i++)
            Assert.Equal($"{i}", await VaultSite.ReadAsync(vaults[^(i + 1)], references[i]));
    }

    [Fact]
    public async Task Many_processes_that_start_and_write_at_once_are_never_refused()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => VaultSite.PutAsync(_site.Open(), $"crt-{i}", "one"))));

        Assert.Equal(16, (await _site.Open().NamesAsync("", default).ToListAsync()).Count);
    }

    [Fact]
    public void Another_master_key_is_refused_and_both_are_named_by_id()
    {
        _site.Open();
        using var other = MasterKey.Create();
        File.WriteAllBytes(_site.KeyPath, other.ToText());

        var fault = Assert.Single(_site.Refusal().Faults);

        Assert.Equal("vault.wrong-key", fault.Code);
        Assert.EndsWith($"but the one given is {other.Id}.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_key_file_is_refused_and_not_made_anew()
    {
        _site.Open();
        File.Delete(_site.KeyPath);

        var fault = Assert.Single(_site.Refusal().Faults);

        Assert.Equal("vault.key-missing", fault.Code);
        Assert.False(File.Exists(_site.KeyPath));
    }

    [Theory]
    [InlineData("cut short", "0123")]
    [InlineData("empty", "")]
    [InlineData("not hexadecimal", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("not ASCII", "éééééééééééééééééééééééééééééééé")]
    public void A_key_file_of_another_form_is_refused_without_showing_it(string what, string content)
    {
        AtomicFile.Create(_site.KeyPath, System.Text.Encoding.UTF8.GetBytes(content), FileStamp.OwnerOnly);

        var refusal = _site.Refusal();

        Assert.True(refusal.Faults.Single().Code is "vault.key-form", what);
        Assert.True(content.Length == 0 || !refusal.ToString().Contains(content, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("key file", 0b100_000, "600")]
    [InlineData("vault folder", 0b101_101, "700")]
    [InlineData("name folder", 0b000_001, "700")]
    [InlineData("version file", 0b000_100, "600")]
    [InlineData("check record", 0b010_000, "600")]
    public async Task What_others_can_open_is_refused_with_the_exact_remedy(string what, int extra, string remedy)
    {
        var reference = await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");
        var path = what switch
        {
            "key file" => _site.KeyPath,
            "vault folder" => _site.Folder,
            "name folder" => Path.Combine(_site.Folder, "crt-shop"),
            "version file" => _site.FileOf(reference),
            _ => Path.Combine(_site.Folder, ".check"),
        };
        var mode = File.GetUnixFileMode(path) | (UnixFileMode)extra;
        File.SetUnixFileMode(path, mode);

        var fault = Assert.Single(_site.Refusal().Faults);

        Assert.Equal("vault.loose-mode", fault.Code);
        Assert.Equal($"{path} is open to others than its owner (mode 0{Convert.ToString((int)mode, 8)}).", fault.Message);
        Assert.Equal($"Run: chmod {remedy} {path}", fault.Remedy);
    }

    [Fact]
    public async Task Every_fault_is_reported_at_once()
    {
        var reference = await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");
        File.WriteAllText(_site.KeyPath, "no key");
        foreach (var path in (string[])[_site.KeyPath, _site.FileOf(reference)])
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_site.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);

        var refusal = _site.Refusal();

        Assert.Equal(
            ["vault.key-form", "vault.loose-mode", "vault.loose-mode", "vault.loose-mode"],
            refusal.Faults.Select(fault => fault.Code).Order(StringComparer.Ordinal));
        Assert.All(refusal.Faults, fault => Assert.Contains(fault.Message, refusal.Message, StringComparison.Ordinal));
    }

    [RootFact]
    public void A_folder_of_another_user_is_refused()
    {
        _site.Open();
        AtomicFile.Replace(Path.Combine(_site.Folder, ".check"), "x"u8, new FileStamp(OwnerOnlyFile, 65534, 65534));

        var fault = _site.Refusal().Faults[0];

        Assert.Equal("vault.foreign-owner", fault.Code);
        Assert.Contains("belongs to user 65534, but this process runs as user 0.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_start_on_nothing_leaves_no_key()
    {
        Directory.CreateDirectory(_site.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);

        Assert.Equal("vault.loose-mode", Assert.Single(_site.Refusal().Faults).Code);
        Assert.Empty(_site.Files());
    }

    [Theory]
    [InlineData("missing", "vault.check-missing")]
    [InlineData("damaged", "vault.check-damaged")]
    [InlineData("cut short", "vault.check-damaged")]
    public async Task Without_its_check_record_a_vault_with_secrets_is_refused(string what, string code)
    {
        await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");
        var check = Path.Combine(_site.Folder, ".check");
        var bytes = File.ReadAllBytes(check);
        bytes[^1] ^= 1;
        if (what is "missing")
            File.Delete(check);
        else
            AtomicFile.Replace(check, what is "damaged" ? bytes : bytes.AsSpan(0, 50), FileStamp.OwnerOnly);

        Assert.Equal(code, Assert.Single(_site.Refusal().Faults).Code);
    }

    [Fact]
    public async Task A_key_file_loosened_later_stops_the_vault_at_once()
    {
        var vault = _site.Open();
        var reference = await VaultSite.PutAsync(vault, "crt-shop", "one");
        File.SetUnixFileMode(_site.KeyPath, OwnerOnlyFile | UnixFileMode.GroupRead);

        Assert.Equal("vault.loose-mode", (await Assert.ThrowsAsync<Permanent>(() => VaultSite.ReadAsync(vault, reference))).Code);
    }

    [Fact]
    public async Task Folders_that_are_not_ours_are_left_alone()
    {
        await VaultSite.PutAsync(_site.Open(), "crt-shop", "one");
        Directory.CreateDirectory(Path.Combine(_site.Folder, "lost+found"));

        Assert.Equal(["crt-shop"], await _site.Open().NamesAsync("", default).ToListAsync());
    }

    [Theory]
    [InlineData("data", true)]
    [InlineData("data/vault", true)]
    [InlineData("data/..key", true)]
    [InlineData("other", false)]
    [InlineData("data-keys", false)]
    public void A_key_file_within_the_data_folder_is_warned_of(string folder, bool warned)
    {
        var root = Path.Combine(Path.GetTempPath(), "certrelay-nowhere");
        var keys = new MasterKeyFile(Path.Combine(root, folder, "master.key"));

        Assert.Equal(warned ? "vault.key-beside-data" : null, keys.WarningWithin(Path.Combine(root, "data") + "/")?.Code);
    }

    [Fact]
    public async Task A_key_from_the_settings_opens_what_it_sealed()
    {
        const string Value = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff";
        var reference = await VaultSite.PutAsync(FileVault.Open(_site.Folder, new MasterKeySetting(Value), _site.Time), "crt-shop", "one");

        Assert.Equal("one", await VaultSite.ReadAsync(FileVault.Open(_site.Folder, new MasterKeySetting($" {Value}\n"), _site.Time), reference));
        Assert.False(File.Exists(_site.KeyPath));
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("one of two", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,0011")]
    [InlineData("a path", "/etc/certrelay/master.key")]
    public void A_key_of_another_form_in_the_settings_is_refused_without_showing_it(string what, string value)
    {
        var refusal = Assert.Throws<VaultRefusedException>(() => FileVault.Open(_site.Folder, new MasterKeySetting(value), _site.Time));

        Assert.True(Assert.Single(refusal.Faults).Code is "vault.key-form", what);
        Assert.True(value.Length == 0 || !refusal.ToString().Contains(value, StringComparison.Ordinal));
    }

    public void Dispose() => _site.Dispose();

    private sealed class RootFactAttribute : FactAttribute
    {
        public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root can give a file to another user.";
    }
}
