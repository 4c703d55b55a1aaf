using Certrelay.Simulators.Huawei;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

public sealed class HuaweiWafTargetTests : IAsyncLifetime
{
    private const string Kind = "huawei-waf";

    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private HuaweiSimulator _simulator = null!;
    private HuaweiBench _bench = null!;

    private TestCertificate First { get; }

    private TestCertificate Leaf { get; }

    public HuaweiWafTargetTests() => (First, Leaf) = (_authority.IssueLeaf("www.example.com", "app.example.com"), _authority.IssueLeaf("www.example.com", "app.example.com"));

    public async Task InitializeAsync()
    {
        _simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        _simulator.Waf.SettlesAfter = TimeSpan.Zero;
        _bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);
        var first = _simulator.Waf.AddCertificate("first", First.FullChainPem, First.KeyPem);
        _simulator.Waf.AddHost("www.example.com", first);
        _simulator.Waf.AddHost("app.example.com", first);
        _simulator.Waf.AddHost("plain.example.com");
        _simulator.Waf.AddHost("intra.example.com", first, isPremium: true);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _simulator.DisposeAsync();
        First.Dispose();
        Leaf.Dispose();
    }

    [Fact]
    public async Task Websites_are_served_with_one_upload_by_one_call_and_without_a_fee()
    {
        var outcomes = await _bench.DeployAsync(Kind, Hosts("www.example.com", "app.example.com"), Leaf);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(["waf.CreateCertificate", "waf.ApplyCertificateToHost"], Writes());
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "www.example.com"));
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "app.example.com"));
        Assert.Equal(0, _simulator.PaidDeployments);
        var before = Writes().Count;
        await _bench.DeployAsync(Kind, Hosts("www.example.com", "app.example.com"), Leaf);
        Assert.Equal(before, Writes().Count);
    }

    [Fact]
    public async Task Websites_of_an_own_instance_are_another_mode()
    {
        Assert.Equal("cloud.not-found", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, Hosts("intra.example.com"), Leaf))).Code);

        var settings = new { account = HuaweiBench.Account, hosts = (string[])["intra.example.com"], mode = "premium" };
        Assert.True(Assert.Single(await _bench.DeployAsync(Kind, settings, Leaf)).Succeeded);
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "intra.example.com"));
    }

    [Fact]
    public async Task Certificate_that_is_there_already_is_found_whether_or_not_it_is_in_use()
    {
        var there = _simulator.Waf.AddCertificate("by-hand", Leaf.FullChainPem, Leaf.KeyPem);
        await _bench.DeployAsync(Kind, Hosts("www.example.com"), Leaf);
        await _bench.DeployAsync(Kind, Hosts("app.example.com"), Leaf, certificate: "other");

        Assert.Equal(["waf.ApplyCertificateToHost", "waf.ApplyCertificateToHost"], Writes());
        Assert.Contains(there, _simulator.Waf.CertificateIds);
        Assert.Equal(2, _simulator.Waf.CertificateIds.Count);
    }

    [Fact]
    public async Task Restore_applies_the_former_certificate_again()
    {
        var settings = Hosts("www.example.com", "app.example.com");
        var before = (await _bench.ReadAsync(Kind, settings)).State;
        Assert.Equal([First.Fingerprint, First.Fingerprint], before.Resources.Select(static resource => resource.Fingerprint));
        await _bench.DeployAsync(Kind, settings, Leaf);

        Assert.All(await _bench.RestoreAsync(Kind, settings, before), static outcome => Assert.True(outcome.Succeeded));

        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "www.example.com"));
        Assert.Equal(before.Resources, (await _bench.ReadAsync(Kind, settings)).State.Resources);
    }

    [Fact]
    public async Task Website_without_a_certificate_is_refused_before_any_write()
    {
        var (_, refusals) = await _bench.ReadAsync(Kind, Hosts("www.example.com", "plain.example.com"));

        Assert.Equal(["target.refused plain.example.com"], refusals);
    }

    [Fact]
    public async Task Superseded_upload_is_retired_and_one_in_use_is_not()
    {
        await _bench.DeployAsync(Kind, Hosts("www.example.com", "app.example.com"), Leaf);
        var before = (await _bench.ReadAsync(Kind, Hosts("www.example.com"))).State;
        using var next = _authority.IssueLeaf("www.example.com", "app.example.com");
        await _bench.DeployAsync(Kind, Hosts("www.example.com"), next);

        await _bench.RetireAsync(Kind, Hosts("www.example.com"), before);
        Assert.Contains(before.Resources[0].Bound!, _simulator.Waf.CertificateIds);

        await _bench.DeployAsync(Kind, Hosts("app.example.com"), next);
        await _bench.RetireAsync(Kind, Hosts("www.example.com"), before);
        Assert.DoesNotContain(before.Resources[0].Bound!, _simulator.Waf.CertificateIds);
    }

    [Fact]
    public async Task Plan_names_the_websites()
    {
        var plan = new CloudPlan();

        await _bench.DeployAsync(Kind, Hosts("www.example.com", "app.example.com"), Leaf, plan: plan);

        Assert.Empty(Writes());
        Assert.Equal("www.example.com, app.example.com", plan.Calls[1].Resource);
    }

    private static object Hosts(params string[] hosts) => new { account = HuaweiBench.Account, hosts };

    private List<string> Writes() => [.. _simulator.Calls.Where(static call => call.Writes).Select(static call => call.Action)];
}
