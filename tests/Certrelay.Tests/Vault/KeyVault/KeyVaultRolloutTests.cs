using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.KeyVault;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Vault.KeyVault;

/// <summary>Rollouts whose keys and restore material lie in a Key Vault that has a bad day.</summary>
public sealed class KeyVaultRolloutTests : IClassFixture<KeyVaultSite>, IAsyncLifetime
{
    private readonly KeyVaultSite _site;
    private readonly SimulatedVault _vault;
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private readonly RolloutBench _bench;

    public KeyVaultRolloutTests(KeyVaultSite site)
    {
        _site = site;
        _site.Simulator.Rudeness.Clear();
        _vault = site.Simulator.NewVault();
        _bench = new RolloutBench(_folder.Path, services => services.AddSingleton<IVault>(site.Open(_vault, TimeProvider.System)));
    }

    public Task InitializeAsync() => _bench.StartAsync();

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_throttled_vault_slows_a_rollout_beyond_all_attempts_and_never_fails_it()
    {
        await using var target = await ReadyAsync();
        _site.Simulator.Rudeness.Add(new FaultRule("GET secrets", Fault.Throttle, 12, TimeSpan.Zero));
        _site.Simulator.Rudeness.Add(new FaultRule("PUT secrets", Fault.Throttle, 4, TimeSpan.Zero));

        var step = await RollOutAsync();

        Assert.Equal(StepState.Verified, step.State);
        Assert.NotNull(step.Backup);
    }

    [Fact]
    public async Task A_key_that_somebody_deleted_is_recovered_and_deployed()
    {
        await using var target = await ReadyAsync();
        _vault.DeleteByHand("crt-shop");

        Assert.Equal(StepState.Verified, (await RollOutAsync()).State);
        Assert.Contains("crt-shop", _vault.Names);
    }

    private async Task<TlsFileSite> ReadyAsync()
    {
        var target = new TlsFileSite(_bench.Site("site-0", _authority.IssueLeaf(RolloutBench.Host)));
        await _bench.UploadAsync("shop", _authority.IssueLeaf(RolloutBench.Host));
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(target)]);
        return target;
    }

    private async Task<StepRecord> RollOutAsync() => Assert.Single((await _bench.SettledAsync(await _bench.RollOutAsync("shop"))).Steps);
}
