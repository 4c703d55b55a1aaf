using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Simulators.Azure;
using Certrelay.Targets;
using Certrelay.Targets.Azure;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Azure;

/// <summary>A certificate of a Key Vault on the simulator, and what picks it up there.</summary>
public sealed class AzureKeyVaultTargetTests : IAsyncLifetime
{
    private const string Name = "www.example.com";

    private readonly ManualTime _time = new(TestCertificates.Now);
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private AzureSimulator _azure = null!;
    private CloudBench _bench = null!;

    [Theory]
    [InlineData("rsa", """{"exportable":true,"kty":"RSA","key_size":2048,"reuse_key":false}""")]
    [InlineData("p256", """{"exportable":true,"kty":"EC","crv":"P-256","reuse_key":false}""")]
    public async Task A_name_that_is_new_is_made_with_a_policy_that_tells_the_key(string kind, string properties)
    {
        using var key = kind == "rsa" ? TestKey.Rsa() : TestKey.P256();
        using var leaf = _authority.Issue(new TestCertificateOptions { Names = [Name], Key = key });

        using (var before = await WithAsync(static target => target.ReadAsync(default)))
        {
            Assert.Empty(before.Refusals);
            Assert.Null(before.State.Resources[0].Fingerprint);
            Assert.Null(before.State.Resources[0].Bound);
        }

        await DeployAsync(leaf);

        Assert.Equal(properties, _azure.Certificates.Policy("www")!["key_props"]!.ToJsonString());
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_azure.AddConsumer("www").Port, Name));
    }

    [Fact]
    public async Task A_deleted_name_is_recovered_and_its_consumers_follow()
    {
        using var former = _authority.IssueLeaf(Name);
        using var next = _authority.IssueLeaf(Name);
        _azure.Import("www", former.FullChainPem, former.KeyPem);
        _azure.Certificates.DeleteByHand("www");
        _azure.Certificates.SettlingCalls = 2;

        await DeployAsync(next);

        Assert.Equal(2, _azure.Certificates.Versions("www"));
        Assert.Equal(next.Fingerprint, await Handshake.LeafAsync(_azure.AddConsumer("www").Port, Name));
    }

    [Fact]
    public async Task A_recovery_that_does_not_end_is_given_up()
    {
        using var former = _authority.IssueLeaf(Name);
        using var next = _authority.IssueLeaf(Name);
        _azure.Import("www", former.FullChainPem, former.KeyPem);
        _azure.Certificates.DeleteByHand("www");
        _azure.Certificates.SettlingCalls = int.MaxValue;

        Assert.Equal(FindingCodes.CloudConflict.Code, (await Assert.ThrowsAsync<Permanent>(() => DeployAsync(next))).Code);
        Assert.Equal(1, _azure.Certificates.Versions("www"));
    }

    [Fact]
    public async Task A_name_that_was_new_needs_no_restore_when_nobody_serves_it()
    {
        using var former = _authority.IssueLeaf(Name);
        using var next = _authority.IssueLeaf(Name);
        _azure.Import("elsewhere", former.FullChainPem, former.KeyPem);
        await using var bench = await CloudBench.OpenAsync(CloudVendor.Azure, _azure.Endpoint, AzureSimulator.ClientId, AzureSimulator.ClientSecret, tenant: AzureSimulator.TenantId);
        await bench.Product.StartAsync();
        await bench.Product.UploadAsync("shop", next);
        await bench.Product.TargetAsync(new TargetDescription
        {
            Name = "vault",
            Kind = "azure-key-vault",
            Settings = Settings(),
            Certificate = "shop",
            Endpoints = [new Endpoint(Name, _azure.AddConsumer("elsewhere").Port) { Addresses = ["127.0.0.1"] }],
            Window = TimeSpan.FromSeconds(2),
        });

        var step = Assert.Single((await bench.Product.SettledAsync(await bench.Product.RollOutAsync("shop"))).Steps);

        Assert.Equal((StepState.RolledBack, "probe.other-leaf"), (step.State, step.Code));
        Assert.Equal(1, _azure.Certificates.Versions("www"));
    }

    [Fact]
    public async Task A_pending_operation_is_refused_before_any_write()
    {
        using var former = _authority.IssueLeaf(Name);
        using var next = _authority.IssueLeaf(Name);
        _azure.Import("www", former.FullChainPem, former.KeyPem);
        _azure.Certificates.BeginOperation("www");

        using var reading = await WithAsync(static target => target.ReadAsync(default));
        Assert.Equal((FindingCodes.TargetRefused.Code, "kv-shop/www"), (Assert.Single(reading.Refusals).Code, reading.Refusals[0].Scope));
        var fault = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(next));
        Assert.Equal(FindingCodes.CloudConflict.Code, fault.Code);
    }

    [Theory]
    [InlineData("https://kv-shop.vault.azure.net/secrets/www/0123456789abcdef0123456789abcdef", true)]
    [InlineData("https://kv-shop.vault.azure.net/secrets/www", false)]
    [InlineData("https://kv-shop.vault.azure.net/certificates/www/", false)]
    public async Task A_pinned_reference_is_refused_because_it_would_not_follow(string reference, bool refused)
    {
        using var reading = await WithAsync(static target => target.ReadAsync(default), references: reference);

        Assert.Equal(refused ? [$"target.pinned {reference}"] : [], reading.Refusals.Select(static finding => $"{finding.Code} {finding.Scope}"));
    }

    [Theory]
    [InlineData("kv", "www", "https://kv-shop.vault.azure.net/secrets/www", "references[0] vault")]
    [InlineData("kv-shop", "www.example.com", "http://kv-shop.vault.azure.net/secrets/www", "certificate references[0]")]
    [InlineData("kv-shop", "www", "https://other.vault.azure.net/secrets/www", "references[0]")]
    [InlineData("kv-shop", "www", "https://kv-shop.vault.azure.net/keys/www", "references[0]")]
    public void Settings_are_refused_with_every_fault(string vault, string certificate, string reference, string faults) => Assert.Equal(
        faults, string.Join(' ', AzureKeyVaultTarget.Kind.Check(Settings(vault, certificate, reference), _bench.Product.Get<IServiceProvider>()).Select(static fault => fault.Path).Order(StringComparer.Ordinal)));

    [Fact]
    public async Task A_consumer_that_lags_shows_the_former_leaf_until_it_has_looked_and_a_pinned_one_for_ever()
    {
        using var former = _authority.IssueLeaf(Name);
        using var next = _authority.IssueLeaf(Name);
        _azure.Import("www", former.FullChainPem, former.KeyPem);
        _azure.Lag = TimeSpan.FromHours(4);
        var (follows, pinned) = (_azure.AddConsumer("www").Port, _azure.AddConsumer("www", pinned: true).Port);
        _time.Advance(TimeSpan.FromHours(5));

        await DeployAsync(next);
        Assert.Equal(former.Fingerprint, await Handshake.LeafAsync(follows, Name));
        _time.Advance(TimeSpan.FromHours(4));

        Assert.Equal(next.Fingerprint, await Handshake.LeafAsync(follows, Name));
        Assert.Equal(former.Fingerprint, await Handshake.LeafAsync(pinned, Name));
    }

    [Fact]
    public async Task A_token_is_asked_for_once_in_one_piece_of_work()
    {
        using var leaf = _authority.IssueLeaf(Name);

        await DeployAsync(leaf);

        Assert.Equal(
            ["entra.GetToken", "keyvault.GetCertificate", "keyvault.ImportCertificate", "keyvault.GetCertificate"], _azure.Calls.Select(static call => call.Action));
    }

    public async Task InitializeAsync()
    {
        _azure = await AzureSimulator.StartAsync(_time);
        // The clock stands still between the calls of one piece of work, so that a budget would never fill again.
        var limits = new Dictionary<string, string>(StringComparer.Ordinal) { ["azure.keyvault"] = "100000/1", ["azure.entra"] = "100000/1" };
        _bench = await CloudBench.OpenAsync(
            CloudVendor.Azure, _azure.Endpoint, AzureSimulator.ClientId, AzureSimulator.ClientSecret, time: _time, options: clouds => clouds with { Limits = limits }, tenant: AzureSimulator.TenantId);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _azure.DisposeAsync();
    }

    private static JsonElement Settings(string vault = "kv-shop", string certificate = "www", params string[] references) =>
        JsonSerializer.SerializeToElement(new { account = CloudBench.Account, vault, certificate, references });

    private async Task DeployAsync(TestCertificate leaf)
    {
        using var bundle = leaf.ToBundle("shop");
        PendingJob? job = null;
        for (var poll = 0; poll < 200; poll++)
        {
            switch (await WithAsync(target => target.DeployAsync(bundle, job, default)))
            {
                case DeployResult.Bound(var outcomes):
                    Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
                    return;
                case DeployResult.Pending(var next, var pollAfter):
                    job = next;
                    _time.Advance(pollAfter);
                    break;
            }
        }

        Assert.Fail("The import does not end.");
    }

    private async Task<T> WithAsync<T>(Func<IDeployTarget, Task<T>> act, params string[] references)
    {
        using var session = await _bench.SessionAsync(AzureKeyVaultTarget.Kind.Cloud!);
        return await act(AzureKeyVaultTarget.Kind.Create(Settings(references: references), new TargetContext(_bench.Product.Get<IServiceProvider>()) { Cloud = session }));
    }
}
