using System.Text.Json.Nodes;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>Domains of the edge products: wildcards in the products' own form, HTTPS turned on only when that is wanted, each domain for itself.</summary>
public sealed class AlibabaEdgeTargetsTests : IAsyncLifetime
{
    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_wildcard_domain_goes_without_its_star()
    {
        var (_, id) = _bench.Stored("before", "*.example.com");
        _bench.Simulator.AddCdnDomain(".example.com", id);
        using var leaf = _bench.Root.IssueLeaf("*.example.com");

        await _bench.DeployAsync("alibaba-cdn", new() { ["domains"] = new JsonArray("*.example.com") }, leaf);

        Assert.Equal(".example.com", _bench.Simulator.Calls.Single(static call => call.Action == "cdn.SetCdnDomainSSLCertificate").Resource);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("www.example.com"));
    }

    [Theory]
    [InlineData("alibaba-cdn", "SetCdnDomainSSLCertificate")]
    [InlineData("alibaba-dcdn", "SetDcdnDomainSSLCertificate")]
    [InlineData("alibaba-vod", "SetVodDomainSSLCertificate")]
    public async Task The_call_names_the_certificate_alone_so_that_no_other_setting_of_the_domain_is_reset(string kind, string action)
    {
        var (before, id) = _bench.Stored("before", $"{kind}.example.com");
        foreach (var add in new Action<string, string?>[] { _bench.Simulator.AddCdnDomain, _bench.Simulator.AddDcdnDomain, _bench.Simulator.AddVodDomain })
            add($"{kind}.example.com", id);
        using var leaf = _bench.Root.IssueLeaf($"{kind}.example.com");
        JsonObject settings = new() { ["domains"] = new JsonArray($"{kind}.example.com") };
        using var reading = await _bench.ReadAsync(kind, settings);

        await _bench.DeployAsync(kind, settings, leaf);
        await _bench.RestoreAsync(kind, settings, reading);

        var calls = _bench.Simulator.Requests.Where(request => request.Header("x-acs-action") == action).ToList();
        Assert.Equal(2, calls.Count);
        Assert.All(calls, static call => Assert.Equal(["CertId", "CertRegion", "CertType", "DomainName", "SSLProtocol"], call.Query.Select(static one => one.Key).Order(StringComparer.Ordinal)));
        Assert.NotEqual(before.Fingerprint, leaf.Fingerprint);
    }

    [Fact]
    public async Task A_domain_without_https_is_left_alone_unless_the_target_says_initial()
    {
        _bench.Simulator.AddCdnDomain("cdn.example.com", null);
        using var leaf = _bench.Root.IssueLeaf("cdn.example.com");
        JsonObject update = new() { ["domains"] = new JsonArray("cdn.example.com") };
        JsonObject initial = new() { ["domains"] = new JsonArray("cdn.example.com"), ["initial"] = true };

        var refusal = Assert.Single((await _bench.ReadAsync("alibaba-cdn", update)).Refusals);
        var refused = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-cdn", update, leaf));
        Assert.Empty(_bench.Writes);
        var before = await _bench.ReadAsync("alibaba-cdn", initial);
        var plan = await _bench.PlanAsync("alibaba-cdn", initial, leaf);
        await _bench.DeployAsync("alibaba-cdn", initial, leaf);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("cdn.example.com"));
        await _bench.RestoreAsync("alibaba-cdn", initial, before);

        Assert.Equal(("target.update-only", "target.update-only"), (refusal.Code, refused.Code));
        Assert.Contains("turns HTTPS on", plan[^1].What, StringComparison.Ordinal);
        Assert.Null(await _bench.EdgeAsync("cdn.example.com"));
    }

    [Theory]
    [InlineData("alibaba-live")]
    [InlineData("alibaba-ddos")]
    public async Task What_is_known_by_name_alone_comes_back_though_a_wildcard_stands_for_it(string kind)
    {
        var (before, id) = _bench.Stored("before", "*.example.com");
        _bench.Simulator.AddLiveDomain("live.example.com", id);
        _bench.Simulator.AddDdosDomain("ddos.example.com", id);
        var domain = $"{kind["alibaba-".Length..]}.example.com";
        using var leaf = _bench.Root.IssueLeaf("*.example.com");
        JsonObject settings = new() { ["domains"] = new JsonArray(domain) };
        using var reading = await _bench.ReadAsync(kind, settings);

        await _bench.DeployAsync(kind, settings, leaf);
        var outcome = Assert.Single(await _bench.RestoreAsync(kind, settings, reading));

        Assert.True(reading.State.Resources[0].Restorable && outcome.Succeeded, outcome.Message);
        Assert.Equal(before.Fingerprint, await _bench.EdgeAsync(domain));
    }

    [Fact]
    public async Task One_refused_domain_leaves_its_neighbours_alone()
    {
        var (before, id) = _bench.Stored("before", "a.example.com", "b.example.com", "c.example.com");
        JsonObject settings = new() { ["domains"] = new JsonArray("a.example.com", "b.example.com", "c.example.com") };
        foreach (var domain in (string[])["a.example.com", "b.example.com", "c.example.com"])
            _bench.Simulator.AddCdnDomain(domain, id);
        _bench.Simulator.Refuse("b.example.com");
        using var leaf = _bench.Root.IssueLeaf("*.example.com");

        var outcomes = await _bench.DeployAsync("alibaba-cdn", settings, leaf);

        Assert.Equal([true, false, true], outcomes.Select(static outcome => outcome.Succeeded));
        Assert.Equal("cloud.refused", outcomes[1].Code);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal(before.Fingerprint, await _bench.EdgeAsync("b.example.com"));
    }

    [Fact]
    public async Task A_domain_that_does_not_exist_is_told_before_anything_is_written()
    {
        using var leaf = _bench.Root.IssueLeaf("no.example.com");
        JsonObject settings = new() { ["domains"] = new JsonArray("no.example.com") };

        var reading = await _bench.ReadAsync("alibaba-cdn", settings);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-cdn", settings, leaf));

        Assert.Equal("cloud.not-found", Assert.Single(reading.Refusals).Code);
        Assert.Equal("cloud.not-found", fault.Code);
        Assert.Empty(_bench.Writes);
    }
}
