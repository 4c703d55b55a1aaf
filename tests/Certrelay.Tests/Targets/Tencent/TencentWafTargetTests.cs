using System.Text.Json.Nodes;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

public sealed class TencentWafTargetTests : IAsyncLifetime
{
    private const string Kind = "tencent-waf";

    private TencentBench _bench = null!;
    private TestCertificate _after = null!;
    private TestCertificate _before = null!;
    private string _beforeId = null!;

    public async Task InitializeAsync()
    {
        _bench = await TencentBench.StartAsync();
        (_before, _beforeId) = _bench.Stored("before", "a.example.com", "b.example.com");
        _after = _bench.Root.IssueLeaf("*.example.com");
    }

    public async Task DisposeAsync()
    {
        _before.Dispose();
        _after.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task A_domain_of_a_saas_instance_is_deployed_and_restored()
    {
        _bench.Simulator.AddWafDomain("a.example.com", "domain-1", "waf_1", TencentBench.Region, _beforeId);
        var before = await _bench.ReadAsync(Kind, Domains("a.example.com"));

        var outcomes = await _bench.DeployAsync(Kind, Domains("a.example.com"), _after);
        await _bench.DeployAsync(Kind, Domains("a.example.com"), _after);

        Assert.Equal([("a.example.com", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        Assert.Equal(["ssl.UploadCertificate", "waf.ModifySpartaProtection"], _bench.Writes);
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal((_before.Fingerprint, _beforeId, true), (before.State.Resources[0].Fingerprint, before.State.Resources[0].Bound, before.State.Resources[0].Restorable));
        await _bench.RestoreAsync(Kind, Domains("a.example.com"), before.State);
        Assert.Equal(_before.Fingerprint, await _bench.EdgeAsync("a.example.com"));
    }

    [Fact]
    public async Task A_certificate_of_its_own_is_replaced_and_known_not_to_come_back()
    {
        _bench.Simulator.AddWafDomain("a.example.com", "domain-1", "waf_1", TencentBench.Region, _beforeId, asOwn: true);

        var before = await _bench.ReadAsync(Kind, Domains("a.example.com"));
        await _bench.DeployAsync(Kind, Domains("a.example.com"), _after);
        var outcome = Assert.Single(await _bench.RestoreAsync(Kind, Domains("a.example.com"), before.State));

        Assert.False(before.State.Resources[0].Restorable);
        Assert.Equal((false, "target.refused"), (outcome.Succeeded, outcome.Code));
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.All(_bench.Log, static line => Assert.DoesNotContain("PRIVATE", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Behind_load_balancers_the_listeners_are_deployed_with_sni_and_without()
    {
        var plain = _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", _beforeId, ["a.example.com"]);
        var byName = _bench.Simulator.AddSniListener("ap-shanghai", "lb-2", "lbl-2", ("b.example.com", _beforeId), ("a.example.com", _beforeId));
        _bench.Simulator.AddWafClbDomain("a.example.com", "domain-2", "waf_1", ("lb-1", "lbl-1", TencentBench.Region), ("lb-2", "lbl-2", "sh"));
        var before = await _bench.ReadAsync(Kind, Domains("a.example.com"));

        var outcomes = await _bench.DeployAsync(Kind, Domains("a.example.com"), _after);

        Assert.Equal(
            ["a.example.com|ap-guangzhou|lb-1|lbl-1", "a.example.com|ap-shanghai|lb-2|lbl-2|a.example.com"],
            outcomes.Select(static one => one.Succeeded ? one.Id : one.Message));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(plain, "a.example.com"));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(byName, "a.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(byName, "b.example.com"));
        await _bench.RestoreAsync(Kind, Domains("a.example.com"), before.State);
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(plain, "a.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(byName, "a.example.com"));
    }

    [Fact]
    public async Task Covered_follows_domains_of_both_sorts_and_a_plan_lists_them()
    {
        _bench.Simulator.AddWafDomain("a.example.com", "domain-1", "waf_1", TencentBench.Region, _beforeId);
        _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", _beforeId, ["b.example.com"]);
        _bench.Simulator.AddWafClbDomain("b.example.com", "domain-2", "waf_1", ("lb-1", "lbl-1", TencentBench.Region));
        _bench.Simulator.AddWafDomain("c.example.org", "domain-3", "waf_1", TencentBench.Region, _beforeId);

        var planned = await _bench.PlanAsync(Kind, new() { ["match"] = "covered" }, _after);

        Assert.Equal(
            [("waf.ModifySpartaProtection", "a.example.com"), ("clb.ModifyListener", "lb-1|lbl-1")],
            planned.Skip(1).Select(static call => (call.Action, call.Resource)));
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task One_refused_domain_fails_and_not_its_neighbour_and_an_unknown_one_is_refused_when_read()
    {
        _bench.Simulator.AddWafDomain("a.example.com", "domain-1", "waf_1", TencentBench.Region, _beforeId);
        _bench.Simulator.AddWafDomain("b.example.com", "domain-2", "waf_1", TencentBench.Region, _beforeId);
        _bench.Simulator.AddWafClbDomain("d.example.com", "domain-4", "waf_1");
        _bench.Simulator.Refuse("a.example.com");

        var outcomes = await _bench.DeployAsync(Kind, Domains("a.example.com", "b.example.com"), _after);
        var reading = await _bench.ReadAsync(Kind, Domains("b.example.com", "c.example.com", "d.example.com"));

        Assert.Equal([("a.example.com", false), ("b.example.com", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        Assert.Equal([("target.refused", "d.example.com"), ("cloud.not-found", "c.example.com")], reading.Refusals.Select(static one => (one.Code, one.Scope)));
    }

    private static JsonObject Domains(params string[] domains) => new() { ["domains"] = new JsonArray([.. domains.Select(static domain => (JsonNode)domain)]) };
}
