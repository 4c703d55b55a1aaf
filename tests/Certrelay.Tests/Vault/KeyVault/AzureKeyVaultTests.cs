using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Azure.Core.Pipeline;
using Certrelay.Simulators;
using Certrelay.Simulators.KeyVault;
using Certrelay.Tests.Support;
using Certrelay.Vault;
using Certrelay.Vault.KeyVault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.Tests.Vault.KeyVault;

/// <summary>What only Key Vault does: challenges, soft delete, throttling, parts, other people's secrets.</summary>
public sealed class AzureKeyVaultTests : IClassFixture<KeyVaultSite>
{
    private const string Name = "crt-shop";

    private readonly KeyVaultSite _site;
    private readonly SimulatedVault _vault;
    private readonly AzureKeyVault _open;

    public AzureKeyVaultTests(KeyVaultSite site)
    {
        _site = site;
        _vault = site.Simulator.NewVault();
        _open = site.Open(_vault);
        site.Simulator.Rudeness.Clear();
    }

    [Fact]
    public async Task No_value_is_sent_before_the_vault_has_a_token()
    {
        var before = _site.Simulator.BodiesBeforeToken;
        await VaultSite.PutAsync(_site.Open(_site.Simulator.NewVault()), Name, "one");

        Assert.Equal(before, _site.Simulator.BodiesBeforeToken);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_asked_for_anew()
    {
        var reference = await VaultSite.PutAsync(_open, Name, "one");
        _site.Simulator.RevokeTokens();

        // A client that still holds the old token gets a challenge; a new one does not have it.
        Assert.Equal("one", await VaultSite.ReadAsync(_site.Open(_vault), reference));
    }

    [Fact]
    public async Task A_wrong_client_secret_is_a_permanent_failure_that_names_no_secret()
    {
        var wrong = _site.Open(_vault, clientSecret: "wrong-secret-of-the-application");

        var refusal = await Assert.ThrowsAsync<Permanent>(() => VaultSite.PutAsync(wrong, Name, "one"));

        Assert.Equal("vault.identity", refusal.Code);
        Assert.Contains("AADSTS7000215", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_no_Key_Vault_gets_no_token()
    {
        var options = new KeyVaultOptions(new Uri("https://login.microsoftonline.com")) { TenantId = KeyVaultSimulator.TenantId, ClientId = KeyVaultSimulator.ClientId, ClientSecret = "x" };
        using var transport = new HttpClientTransport(new Challenger());
        using var vault = new AzureKeyVault(KeyVaultClient.Create(options, transport), TimeProvider.System, NullLogger<AzureKeyVault>.Instance);

        var refusal = await Assert.ThrowsAsync<Permanent>(() => VaultSite.PutAsync(vault, Name, "one"));

        Assert.Equal("vault.refused", refusal.Code);
    }

    [Fact]
    public async Task A_dead_vault_is_a_transient_failure()
    {
        var options = new KeyVaultOptions(_vault.Address) { TenantId = KeyVaultSimulator.TenantId, ClientId = KeyVaultSimulator.ClientId, ClientSecret = "x" };
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = static (_, _) => throw new SocketException((int)SocketError.ConnectionRefused) };
        using var transport = new HttpClientTransport(handler);
        using var vault = new AzureKeyVault(KeyVaultClient.Create(options, transport), TimeProvider.System, NullLogger<AzureKeyVault>.Instance);

        Assert.Equal("vault.unreachable", (await Assert.ThrowsAsync<Transient>(() => VaultSite.PutAsync(vault, Name, "one"))).Code);
    }

    [Fact]
    public async Task A_throttled_call_waits_as_long_as_the_vault_says_and_costs_no_attempt()
    {
        var reference = await VaultSite.PutAsync(_open, Name, "one");
        _site.Simulator.Rudeness.Add(new FaultRule("GET secrets", Fault.Throttle, 1, TimeSpan.FromSeconds(17)));

        var throttled = await Assert.ThrowsAsync<Transient>(() => VaultSite.ReadAsync(_open, reference));

        Assert.Equal(("vault.throttled", TimeSpan.FromSeconds(17), true), (throttled.Code, throttled.RetryAfter, throttled.Waits));
        Assert.Equal("one", await VaultSite.ReadAsync(_open, reference));
    }

    [Fact]
    public async Task A_server_error_is_transient_and_tried_once()
    {
        _site.Simulator.Rudeness.Add(new FaultRule("PUT secrets", Fault.ServerError, 1, TimeSpan.Zero));

        Assert.Equal("vault.unreachable", (await Assert.ThrowsAsync<Transient>(() => VaultSite.PutAsync(_open, Name, "one"))).Code);
        Assert.DoesNotContain(Name, _vault.Names);
    }

    [Fact]
    public async Task A_secret_that_somebody_deleted_is_recovered_when_it_is_read()
    {
        var reference = await VaultSite.PutAsync(_open, Name, "one", "aa");
        _vault.DeleteByHand(Name);

        Assert.Equal("one", await VaultSite.ReadAsync(_open, reference));
        Assert.Contains(Name, _vault.Names);
    }

    [Fact]
    public async Task A_recovery_that_takes_its_time_is_waited_for()
    {
        var reference = await VaultSite.PutAsync(_open, Name, "one", "aa");
        _vault.DeleteByHand(Name);
        _vault.SettlingCalls = 3;

        for (var call = 0; call < 2; call++)
        {
            var waits = await Assert.ThrowsAsync<Transient>(() => VaultSite.ReadAsync(_open, reference));
            Assert.Equal(("vault.recovering", true), (waits.Code, waits.Waits));
        }

        await Assert.ThrowsAsync<Transient>(() => VaultSite.ReadAsync(_open, reference));
        Assert.Equal("one", await VaultSite.ReadAsync(_open, reference));
    }

    [Fact]
    public async Task A_secret_that_the_product_removed_stays_removed()
    {
        var reference = await VaultSite.PutAsync(_open, Name, "one");
        await _open.RemoveAsync(Name, default);

        Assert.Null(await _open.GetAsync(reference, default));
        Assert.DoesNotContain(Name, _vault.Names);
    }

    [Fact]
    public async Task A_put_under_a_deleted_name_brings_back_what_was_deleted_by_hand_and_not_what_was_removed()
    {
        var removed = await VaultSite.PutAsync(_open, Name, "one", "aa");
        await _open.RemoveVersionAsync(removed, default);
        var kept = await VaultSite.PutAsync(_open, Name, "two", "bb");
        _vault.DeleteByHand(Name);
        _site.Time.Step();

        var again = await VaultSite.PutAsync(_open, Name, "two again", "bb");

        Assert.Equal(kept, again);
        Assert.Equal("two", await VaultSite.ReadAsync(_open, kept));
        Assert.Null(await _open.GetAsync(removed, default));
    }

    [Fact]
    public async Task A_put_while_the_deletion_is_under_way_waits()
    {
        await VaultSite.PutAsync(_open, Name, "one");
        _vault.SettlingCalls = 5;
        await _open.RemoveAsync(Name, default);

        var waits = await Assert.ThrowsAsync<Transient>(() => VaultSite.PutAsync(_open, Name, "two"));

        Assert.Equal(("vault.busy", true), (waits.Code, waits.Waits));
    }

    [Fact]
    public async Task Of_many_processes_that_put_one_fingerprint_at_once_each_gets_a_version_that_opens()
    {
        for (var round = 0; round < 5; round++)
        {
            var processes = Enumerable.Range(0, 8).Select(_ => _site.Open(_vault)).ToList();
            var fingerprint = $"{round}";
            var references = await Task.WhenAll(processes.Select(process => Task.Run(() => VaultSite.PutAsync(process, Name, "one", fingerprint))));

            foreach (var reference in references)
                Assert.Equal("one", await VaultSite.ReadAsync(_open, reference));
            Assert.Contains(await VaultSite.PutAsync(_open, Name, "one", fingerprint), references);
        }
    }

    [Theory]
    [InlineData("text", 25_000, true)]
    [InlineData("other bytes", 100_000, false)]
    public async Task A_value_in_parts_is_removed_with_its_parts(string what, int length, bool text)
    {
        var value = text ? Encoding.ASCII.GetBytes(new string('x', length)) : RandomNumberGenerator.GetBytes(length);
        var reference = await _open.PutAsync(Name, value, new Dictionary<string, string> { ["fingerprint"] = "aa" }, default);
        var other = await VaultSite.PutAsync(_open, Name, "small");
        Assert.Contains($"{Name}--2", _vault.Names);
        Assert.Equal([Name], await _open.NamesAsync("crt-", default).ToListAsync());

        await _open.RemoveVersionAsync(reference, default);
        Assert.True(await _open.GetAsync(reference, default) is null, what);
        Assert.Equal("small", await VaultSite.ReadAsync(_open, other));
        Assert.All(await _open.VersionsAsync(Name, default).ToListAsync(), version => Assert.Equal(version.Reference == other, version.Enabled));

        await _open.RemoveAsync(Name, default);
        Assert.Empty(_vault.Names);
    }

    [Fact]
    public async Task A_removal_of_parts_that_was_cut_short_is_finished_by_the_next()
    {
        var reference = await _open.PutAsync(Name, RandomNumberGenerator.GetBytes(100_000), new Dictionary<string, string>(), default);
        _site.Simulator.Rudeness.Add(new FaultRule("DELETE secrets", Fault.ServerError, 1, TimeSpan.Zero));
        await Assert.ThrowsAsync<Transient>(() => _open.RemoveAsync(Name, default));

        Assert.Null(await _open.GetAsync(reference, default));
        await _open.RemoveAsync(Name, default);
        Assert.Empty(_vault.Names);
    }

    [Fact]
    public async Task A_long_name_has_no_parts()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => _open.PutAsync(new string('a', 121), RandomNumberGenerator.GetBytes(100_000), new Dictionary<string, string>(), default));

        Assert.Contains("120 characters", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PEM", "-----BEGIN CERTIFICATE-----\nMIIB\n", null)]
    [InlineData("other text", "grüße 日本", "application/json")]
    [InlineData("what only looks like ours", "base64:not Base64", "application/vnd.certrelay.base64")]
    [InlineData("Base64 of somebody else", "base64:YWJj", "text/plain")]
    public async Task What_somebody_else_wrote_comes_as_it_was_written(string what, string value, string? type)
    {
        var version = _vault.PutByHand(Name, value, type);

        Assert.True(await VaultSite.ReadAsync(_open, new VaultReference(Name, version)) == value, what);
    }

    [Fact]
    public async Task A_key_lies_there_as_the_text_that_it_is()
    {
        using var key = TestKey.P256();
        await VaultSite.PutAsync(_open, Name, key.Pkcs8Pem);

        Assert.Contains(key.Pkcs8Pem, Encoding.UTF8.GetString(_vault.Storage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_another_form_are_nobodys_business()
    {
        _vault.PutByHand("Db--Password", "x");
        await VaultSite.PutAsync(_open, "crt-a", "one");

        Assert.Equal(["crt-a"], await _open.NamesAsync("", default).ToListAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => VaultSite.PutAsync(_open, "crt--a", "one"));
    }

    [Fact]
    public async Task An_account_is_read_once_a_minute_and_a_key_each_time()
    {
        var time = new ManualTime();
        using var vault = _site.Open(_vault, time);
        var account = await VaultSite.PutAsync(vault, "acc-prod", "secret");
        var key = await VaultSite.PutAsync(vault, Name, "key");

        Assert.Equal(1, await ReadsAsync(vault, account));
        Assert.Equal(3, await ReadsAsync(vault, key));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, await ReadsAsync(vault, account));
        await vault.RemoveVersionAsync(account, default);
        Assert.Null(await vault.GetAsync(account, default));
    }

    private async Task<int> ReadsAsync(AzureKeyVault vault, VaultReference reference)
    {
        var before = _site.Simulator.Calls.Count;
        for (var read = 0; read < 3; read++)
            Assert.NotNull(await VaultSite.ReadAsync(vault, reference));
        return _site.Simulator.Calls.Skip(before).Count(call => call.Resource == reference.Name);
    }

    /// <summary>Answers everything with a challenge for another vault's tokens.</summary>
    private sealed class Challenger : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(System.Net.HttpStatusCode.Unauthorized) { RequestMessage = request };
            answer.Headers.TryAddWithoutValidation("WWW-Authenticate", $"Bearer authorization=\"https://login.microsoftonline.com/{KeyVaultSimulator.TenantId}\", resource=\"https://vault.azure.net\"");
            return Task.FromResult(answer);
        }
    }
}
