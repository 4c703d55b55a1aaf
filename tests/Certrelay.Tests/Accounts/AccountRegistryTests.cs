using System.Text;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Targets.Accounts;
using Certrelay.Tests.Support;
using Certrelay.Tests.Vault;

namespace Certrelay.Tests.Accounts;

/// <summary>What a process that died leaves behind is found and removed; what is in use stays.</summary>
public sealed class AccountRegistryTests : IAsyncLifetime
{
    private readonly VaultSite _site = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private SqliteFile _file = null!;
    private SqliteRecordStore _store = null!;
    private FileVault _vault = null!;
    private AccountRegistry _accounts = null!;

    public Task InitializeAsync()
    {
        _file = new SqliteFile(_folder["records.db"]);
        _store = new SqliteRecordStore(_file);
        _vault = FileVault.Open(_site.Folder, _site.Keys, _time);
        _accounts = new AccountRegistry(_store, _vault, new Due(_store), _time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
        _site.Dispose();
    }

    [Fact]
    public async Task A_secret_that_no_record_names_is_removed_when_nothing_can_be_under_way()
    {
        var account = await _accounts.CreateAsync(Account("first"), default);
        await VaultSite.PutAsync(_vault, "acc-shop", "left by a call that died");

        await _accounts.CleanUpAsync("shop", default);
        Assert.Equal(2, await CountAsync());
        _time.Advance(TimeSpan.FromMinutes(3));
        await _accounts.CleanUpAsync("shop", default);

        Assert.Equal(1, await CountAsync());
        using var opened = await _accounts.OpenAsync("shop", default);
        Assert.Equal("first-secret-not-real", Encoding.ASCII.GetString(opened.Secret.Span));
        Assert.Equal(account.Value.Credentials, (await _accounts.ReadAsync("shop", default))!.Value.Credentials);
    }

    [Fact]
    public async Task A_hint_is_written_before_the_vault_so_that_a_lone_secret_is_found()
    {
        await _accounts.CreateAsync(Account("first"), default);
        await Assert.ThrowsAsync<RecordConflictException>(() => _accounts.CreateAsync(Account("second"), default));
        Assert.Equal(2, await CountAsync());

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("acc-shop", await new Due(_store).ReadAsync(DueKind.Cleanup, _time.GetUtcNow(), 10, default).Select(hint => hint.Id).ToListAsync());
        await _accounts.CleanUpAsync("shop", default);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_session_that_has_ended_is_not_opened()
    {
        var key = new AccountSecret("first-secret-not-real"u8.ToArray(), "token"u8.ToArray(), _time.GetUtcNow() + TimeSpan.FromHours(1));
        await _accounts.CreateAsync(Account("first") with { Key = key }, default);
        (await _accounts.OpenAsync("shop", default)).Dispose();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("target.account", (await Assert.ThrowsAsync<Permanent>(() => _accounts.OpenAsync("shop", default))).Code);
    }

    [Fact]
    public async Task An_account_whose_secret_is_gone_says_so()
    {
        var account = await _accounts.CreateAsync(Account("first"), default);
        await _vault.RemoveVersionAsync(account.Value.Credentials, default);

        var fault = await Assert.ThrowsAsync<Permanent>(() => _accounts.OpenAsync("shop", default));

        Assert.Equal(("target.account", "The account 'shop' has no secret in the vault."), (fault.Code, fault.Message));
    }

    [Fact]
    public async Task Closed_credentials_hold_nothing()
    {
        await _accounts.CreateAsync(Account("first"), default);
        var opened = await _accounts.OpenAsync("shop", default);
        var secret = opened.Secret;

        opened.Dispose();

        Assert.All(secret.ToArray(), b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => opened.Secret);
    }

    private async Task<int> CountAsync() => await _vault.VersionsAsync("acc-shop", default).CountAsync(version => version.Enabled);

    private static AccountDescription Account(string secret) => new()
    {
        Name = "shop",
        Vendor = CloudVendor.Huawei,
        KeyId = "HWAKEXAMPLE000000001",
        Key = new AccountSecret(Encoding.ASCII.GetBytes($"{secret}-secret-not-real"), null, null),
    };
}
