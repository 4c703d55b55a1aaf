using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

public sealed class TencentCdnTargetTests : IAsyncLifetime
{
    private const string Kind = "tencent-cdn";

    private static readonly JsonObject Two = new() { ["domains"] = new JsonArray("a.example.com", "b.example.com") };
    private static readonly JsonObject Covered = new() { ["match"] = "covered" };

    private TencentBench _bench = null!;
    private TestCertificate _after = null!;
    private TestCertificate _before = null!;
    private string _beforeId = null!;

    public async Task InitializeAsync()
    {
        _bench = await TencentBench.StartAsync();
        (_before, _beforeId) = _bench.Stored("before", "a.example.com", "b.example.com", "c.example.org");
        _after = _bench.Root.IssueLeaf("a.example.com", "b.example.com");
    }

    public async Task DisposeAsync()
    {
        _before.Dispose();
        _after.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Deploys_keeps_the_other_settings_and_deploying_again_writes_nothing()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId, new() { ["Http2"] = "on", ["Hsts"] = new JsonObject { ["Switch"] = "on", ["MaxAge"] = 300 } });
        _bench.Simulator.AddCdnDomain("b.example.com", _beforeId);

        var outcomes = await _bench.DeployAsync(Kind, Two, _after);
        var writes = _bench.Writes.Count;
        await _bench.DeployAsync(Kind, Two, _after);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal((3, 3), (writes, _bench.Writes.Count));
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("b.example.com"));
        var sent = _bench.Simulator.Requests.Select(static request => JsonNode.Parse(request.Body)!).First(static body => body["Domain"]?.GetValue<string>() == "a.example.com");
        Assert.Equal(300, sent["Https"]!["Hsts"]!["MaxAge"]!.GetValue<int>());
        Assert.False(sent["Https"]!.AsObject().ContainsKey("SslStatus"));
    }

    [Fact]
    public async Task A_restore_brings_back_what_was_bound_and_turns_https_off_where_it_was_off()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);
        _bench.Simulator.AddCdnDomain("b.example.com", null);
        var before = await _bench.ReadAsync(Kind, Two);
        await _bench.DeployAsync(Kind, Two, _after);
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("b.example.com"));

        var outcomes = await _bench.RestoreAsync(Kind, Two, before.State);

        Assert.Equal(
            [(_before.Fingerprint, (string?)_beforeId), (null, null)],
            before.State.Resources.Select(static one => ((Certrelay.Certificates.Fingerprint?)one.Fingerprint, one.Bound)));
        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(_before.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal([_beforeId, null], (await _bench.ReadAsync(Kind, Two)).State.Resources.Select(static one => one.Bound));
    }

    [Fact]
    public async Task One_refused_domain_fails_the_deploy_and_not_its_neighbour()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);
        _bench.Simulator.AddCdnDomain("b.example.com", _beforeId);
        _bench.Simulator.Refuse("a.example.com");

        var outcomes = await _bench.DeployAsync(Kind, Two, _after);

        Assert.Equal([("a.example.com", false, "target.refused"), ("b.example.com", true, null)], outcomes.Select(static one => (one.Id, one.Succeeded, one.Code)));
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("b.example.com"));
    }

    [Fact]
    public async Task A_domain_that_moved_to_edgeone_is_told_so_and_one_that_is_not_there_is_refused_when_read()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId, upgraded: true);

        var reading = await _bench.ReadAsync(Kind, Two);
        var outcomes = await _bench.DeployAsync(Kind, new() { ["domains"] = new JsonArray("a.example.com") }, _after);

        Assert.Equal([("cloud.not-found", "b.example.com")], reading.Refusals.Select(static one => (one.Code, one.Scope)));
        var outcome = Assert.Single(outcomes);
        Assert.Equal("cloud.refused", outcome.Code);
        Assert.Contains("tencent-edgeone", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Covered_follows_every_domain_that_the_certificate_covers_and_a_restore_leaves_the_others()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);
        _bench.Simulator.AddCdnDomain("b.example.com", null);
        _bench.Simulator.AddCdnDomain("c.example.org", _beforeId);
        var before = await _bench.ReadAsync(Kind, Covered);

        var planned = await _bench.PlanAsync(Kind, Covered, _after);
        Assert.Empty(_bench.Writes);
        var outcomes = await _bench.DeployAsync(Kind, Covered, _after);
        // Meanwhile somebody else gives another domain another certificate.
        var (others, othersId) = _bench.Stored("others", "c.example.org");
        await _bench.DeployAsync(Kind, new() { ["domains"] = new JsonArray("c.example.org") }, others, "others");
        await _bench.RestoreAsync(Kind, Covered, before.State);

        Assert.Equal(
            [("ssl.UploadCertificate", $"certrelay-shop-{_after.Fingerprint.Prefix}", null), ("cdn.UpdateDomainConfig", "a.example.com", _beforeId), ("cdn.UpdateDomainConfig", "b.example.com", null)],
            planned.Select(static call => (call.Action, call.Resource, call.Replaces)));
        Assert.Contains("turns HTTPS on", planned[2].What, StringComparison.Ordinal);
        Assert.Equal(["a.example.com", "b.example.com"], outcomes.Select(static one => one.Id));
        Assert.Equal([_beforeId, null, othersId], (await _bench.ReadAsync(Kind, Covered)).State.Resources.Select(static one => one.Bound));
        others.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_covers_nothing_there_is_refused()
    {
        using var elsewhere = _bench.Root.IssueLeaf("elsewhere.example.net");
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);

        Assert.Equal("cloud.not-found", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, Covered, elsewhere))).Code);
    }

    [Fact]
    public async Task A_domain_that_is_being_deployed_is_waited_for()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);
        var (other, _) = _bench.Stored("other", "a.example.com");
        var one = new JsonObject { ["domains"] = new JsonArray("a.example.com") };
        using var bundle = other.ToBundle("other");
        await _bench.WithAsync(Kind, one, target => target.DeployAsync(bundle, null, default));

        var outcomes = await _bench.DeployAsync(Kind, one, _after);

        Assert.True(Assert.Single(outcomes).Succeeded);
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        other.Dispose();
    }

    [Fact]
    public async Task Throttling_is_transient_and_bad_credentials_are_not_sent_twice()
    {
        _bench.Simulator.AddCdnDomain("a.example.com", _beforeId);
        _bench.Simulator.Rudeness.Add(new FaultRule("cdn.DescribeDomainsConfig", Fault.Throttle, 1, TimeSpan.Zero));
        var one = new JsonObject { ["domains"] = new JsonArray("a.example.com") };

        Assert.Equal("cloud.throttled", (await Assert.ThrowsAsync<Transient>(() => _bench.ReadAsync(Kind, one))).Code);
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty((await _bench.ReadAsync(Kind, one)).Refusals);
        _bench.Simulator.Forget(Certrelay.Simulators.Tencent.TencentCredentials.Example);
        Assert.Equal("cloud.credentials", (await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, one))).Code);
        var requests = _bench.Simulator.Requests.Count;
        Assert.Equal("cloud.credentials", (await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, one))).Code);
        Assert.Equal(requests, _bench.Simulator.Requests.Count);
    }

    [Fact]
    public async Task Deploys_with_a_session_token()
    {
        await using var bench = await TencentBench.StartAsync(token: "EXAMPLE-SESSION-TOKEN-not-real");
        bench.Simulator.Forget(Certrelay.Simulators.Tencent.TencentCredentials.Example);
        bench.Simulator.AddCdnDomain("a.example.com", null);

        await bench.DeployAsync(Kind, new() { ["domains"] = new JsonArray("a.example.com") }, _after);

        Assert.Equal(_after.Fingerprint, await bench.EdgeAsync("a.example.com"));
    }
}
