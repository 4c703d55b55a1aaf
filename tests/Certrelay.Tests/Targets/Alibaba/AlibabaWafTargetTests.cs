using System.Text.Json.Nodes;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>WAF 3.0, gateways and sites: what a call would reset is sent as it was read, and what others share stays.</summary>
public sealed class AlibabaWafTargetTests : IAsyncLifetime
{
    private const string Name = "www.example.com";

    private static readonly Dictionary<string, string> Tls = new(StringComparer.Ordinal)
    {
        ["TLSVersion"] = "tlsv1.2",
        ["EnableTLSv3"] = "true",
        ["CipherSuite"] = "99",
        ["CustomCiphers.1"] = "ECDHE-ECDSA-AES128-GCM-SHA256",
        ["CustomCiphers.2"] = "ECDHE-RSA-AES128-GCM-SHA256",
    };

    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Settings_of_a_domain_survive_an_update_and_a_restore()
    {
        var (before, id) = _bench.Stored("before", Name);
        _bench.Simulator.AddWafDomain(Name, id, Tls);
        _bench.Simulator.SetWafDomain(
            Name, JsonNode.Parse("""{"Http2Enabled":true,"HSTSMaxAge":365000,"SomethingNew":{"deep":[1.50,null]}}""")!.AsObject(), JsonNode.Parse("""{"Loadbalance":"roundRobin","BackendList":["192.0.2.10"],"SomethingNew":1e3}""")!.AsObject());
        var more = _bench.Simulator.WafSettings(Name);
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["domains"] = new JsonArray(Name) };
        using var reading = await _bench.ReadAsync("alibaba-waf", settings);

        await _bench.DeployAsync("alibaba-waf", settings, leaf);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.Equal(Tls, _bench.Simulator.SettingsOf(Name));
        await _bench.RestoreAsync("alibaba-waf", settings, reading);

        Assert.Equal(before.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.Equal(Tls, _bench.Simulator.SettingsOf(Name));
        Assert.Equal(more, _bench.Simulator.WafSettings(Name));
    }

    [Fact]
    public async Task An_account_with_waf_2_alone_gets_the_steps_by_hand()
    {
        _bench.Simulator.HasWaf3 = false;
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["domains"] = new JsonArray(Name) };

        using var reading = await _bench.ReadAsync("alibaba-waf", settings);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-waf", settings, leaf));

        Assert.Equal(("target.by-hand", "target.by-hand"), (reading.Refusals[0].Code, fault.Code));
        Assert.Contains("WAF 2.0", reading.Refusals[0].Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task A_domain_that_waf_works_on_is_waited_for()
    {
        var (_, id) = _bench.Stored("before", Name);
        _bench.Simulator.AddWafDomain(Name, id);
        _bench.Simulator.KeepBusy(Name, TimeSpan.FromSeconds(20));
        using var leaf = _bench.Root.IssueLeaf(Name);

        var outcomes = await _bench.DeployAsync("alibaba-waf", new() { ["domains"] = new JsonArray(Name) }, leaf);

        Assert.True(Assert.Single(outcomes).Succeeded);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.DoesNotContain(_bench.Simulator.Calls, static call => call.Code is not null);
    }

    [Fact]
    public async Task A_rule_over_alb_keeps_the_certificates_of_other_names()
    {
        var (_, id) = _bench.Stored("before", Name);
        var (_, otherId) = _bench.Stored("other", "api.example.com");
        _bench.Simulator.AddIngress("cn-hangzhou", 87, "alb", Name, id, otherId);
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["ingress"] = 87 };

        await _bench.DeployAsync("alibaba-sae-alb", settings, leaf, Name);

        using var after = await _bench.ReadAsync("alibaba-sae-alb", settings, Name);
        Assert.Equal(leaf.Fingerprint, after.State.Resources[0].Fingerprint);
        Assert.EndsWith($",{otherId}", after.State.Resources[0].Bound, StringComparison.Ordinal);
        Assert.DoesNotContain($"{id},", after.State.Resources[0].Bound, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_certificates_of_a_site_that_ours_covers_are_replaced_and_none_is_added()
    {
        var (_, id) = _bench.Stored("before", Name);
        var (other, otherId) = _bench.Stored("other", "api.example.com");
        _bench.Simulator.AddEsaSite("example.com", Name, id);
        _bench.Simulator.AddEsaSite("example.com", "api.example.com", otherId);
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["site"] = "example.com" };

        Assert.Single(await _bench.DeployAsync("alibaba-esa", settings, leaf, Name));

        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.Equal(other.Fingerprint, await _bench.EdgeAsync("api.example.com"));
        Assert.Single((await _bench.ReadAsync("alibaba-esa", settings, Name)).State.Resources);
    }

    [Fact]
    public async Task A_gateway_that_says_no_with_status_200_has_refused()
    {
        var (before, id) = _bench.Stored("before", Name);
        _bench.Simulator.AddGatewayDomain("gw-1", Name, id);
        _bench.Simulator.Refuse(Name);
        using var leaf = _bench.Root.IssueLeaf(Name);

        var outcomes = await _bench.DeployAsync("alibaba-mse", new() { ["gateway"] = "gw-1", ["domains"] = new JsonArray(Name) }, leaf);

        Assert.Equal("cloud.refused", Assert.Single(outcomes).Code);
        Assert.Equal(before.Fingerprint, await _bench.EdgeAsync(Name));
    }
}
