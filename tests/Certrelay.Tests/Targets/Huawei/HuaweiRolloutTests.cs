using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Simulators.Huawei;
using Certrelay.Targets;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

/// <summary>Whole rollouts: what the targets bind is proven by handshakes with what the simulator serves.</summary>
public sealed class HuaweiRolloutTests : IAsyncLifetime
{
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private HuaweiSimulator _simulator = null!;
    private HuaweiBench _bench = null!;

    public async Task InitializeAsync()
    {
        _simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        _bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);
        await _bench.Product.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Three_products_are_verified_by_what_they_serve()
    {
        var (first, next, second) = (_authority.IssueLeaf("www.example.com"), _authority.IssueLeaf("www.example.com"), _authority.IssueLeaf("www.example.com"));
        await _bench.Product.UploadAsync("shop", next);
        _simulator.Cdn.AddDomain("www.example.com", first.Pem, first.KeyPem);
        var listener = _simulator.ElbListeners.Add(_simulator.ElbCertificates.Add("by-hand", first.Pem, first.KeyPem));
        _simulator.Waf.AddHost("www.example.com", _simulator.Waf.AddCertificate("by-hand", first.Pem, first.KeyPem));
        await TargetAsync("cdn", "huawei-cdn", new { account = HuaweiBench.Account, domains = (string[])["www.example.com"] }, _simulator.CdnPort);
        await TargetAsync("elb", "huawei-elb", new { account = HuaweiBench.Account, listener }, _simulator.ElbListeners.PortOf(listener));
        await TargetAsync("waf", "huawei-waf", new { account = HuaweiBench.Account, hosts = (string[])["www.example.com"] }, _simulator.WafPort);

        foreach (var leaf in (TestCertificate[])[next, second])
        {
            await _bench.Product.UploadAsync("shop", leaf);
            var summary = await _bench.Product.SettledAsync(await _bench.Product.RollOutAsync("shop"));
            Assert.Equal(RolloutState.Verified, summary.Rollout.State);
        }

        foreach (var port in (int[])[_simulator.CdnPort, _simulator.ElbListeners.PortOf(listener), _simulator.WafPort])
            Assert.Equal(second.Fingerprint, await Handshake.LeafAsync(port, "www.example.com"));
        Assert.DoesNotContain(_simulator.Calls, static call => call.Code is not null and not "ELB.8907");
    }

    [Fact]
    public async Task In_place_is_blocked_without_the_former_key_and_comes_back_from_our_own_vault()
    {
        var (first, second) = (_authority.IssueLeaf("www.example.com"), _authority.IssueLeaf("www.example.com"));
        var id = _simulator.ElbCertificates.Add("by-hand", first.FullChainPem, first.KeyPem);
        var port = _simulator.ElbListeners.PortOf(_simulator.ElbListeners.Add(id));
        await _bench.Product.UploadAsync("shop", second);
        await TargetAsync("elb", "huawei-elb-certificate", new { account = HuaweiBench.Account, certificate = id }, port);

        var blocked = Assert.Single((await _bench.Product.SettledAsync(await _bench.Product.RollOutAsync("shop"))).Steps);
        Assert.Equal((StepState.Blocked, FindingCodes.TargetInPlace.Code), (blocked.State, blocked.Code));
        Assert.Equal(first.Fingerprint, await Handshake.LeafAsync(port, "www.example.com"));

        var allowed = await _bench.Product.SettledAsync(await _bench.Product.RollOutAsync("shop", null, FindingCodes.TargetInPlace.Code));
        Assert.Equal(StepState.Verified, Assert.Single(allowed.Steps).State);
        Assert.Equal(second.Fingerprint, await Handshake.LeafAsync(port, "www.example.com"));
    }

    private Task TargetAsync(string name, string kind, object settings, int port) => CreateAsync(new TargetDescription
    {
        Name = name,
        Kind = kind,
        Settings = HuaweiBench.Settings(settings),
        Certificate = "shop",
        Endpoints = [new Endpoint("www.example.com", port) { Addresses = ["127.0.0.1"] }],
        Window = TimeSpan.FromSeconds(15),
    });

    private async Task CreateAsync(TargetDescription target)
    {
        var registry = _bench.Product.Get<TargetRegistry>();
        Assert.Empty(await registry.CheckAsync(target, CancellationToken.None));
        await registry.CreateAsync(target, CancellationToken.None);
    }
}
