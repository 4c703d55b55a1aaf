using System.Text.Json.Nodes;
using Certrelay.Targets;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

/// <summary>The kinds that deploy through a job of the certificate store.</summary>
public sealed class TencentJobTargetsTests : IAsyncLifetime
{
    private TencentBench _bench = null!;
    private TestCertificate _after = null!;
    private TestCertificate _before = null!;
    private string _beforeId = null!;

    public async Task InitializeAsync()
    {
        _bench = await TencentBench.StartAsync();
        (_before, _beforeId) = _bench.Stored("before", "*.example.com");
        _after = _bench.Root.IssueLeaf("a.example.com", "b.example.com");
    }

    public async Task DisposeAsync()
    {
        _before.Dispose();
        _after.Dispose();
        await _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("tencent-edgeone", "teo")]
    [InlineData("tencent-live", "live")]
    [InlineData("tencent-vod", "vod")]
    public async Task Deploys_by_one_job_writes_nothing_again_and_restores(string kind, string type)
    {
        _bench.Simulator.AddJobDomain(type, "a.example.com", _beforeId);
        _bench.Simulator.AddJobDomain(type, "b.example.com", _beforeId);
        var before = await _bench.ReadAsync(kind, Two);

        var outcomes = await _bench.DeployAsync(kind, Two, _after);
        await _bench.DeployAsync(kind, Two, _after);

        Assert.Equal([("a.example.com", true), ("b.example.com", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        Assert.Equal(["ssl.UploadCertificate", "ssl.DeployCertificateInstance"], _bench.Writes);
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("b.example.com"));
        Assert.All((await _bench.ReadAsync(kind, Two)).State.Resources, resource => Assert.Equal(_after.Fingerprint, resource.Fingerprint));
        Assert.All(before.State.Resources, resource => Assert.Equal((_before.Fingerprint, _beforeId, true), (resource.Fingerprint, resource.Bound, resource.Restorable)));
        Assert.All(await _bench.RestoreAsync(kind, Two, before.State), static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(_before.Fingerprint, await _bench.EdgeAsync("a.example.com"));
    }

    [Fact]
    public async Task A_buckets_domain_is_deployed_once_and_comes_back()
    {
        var settings = new JsonObject { ["region"] = TencentBench.Region, ["bucket"] = "files-125", ["domain"] = "a.example.com" };
        // More domains than one page of the list holds stand before it.
        for (var i = 0; i < 120; i++)
            _bench.Simulator.AddBucketDomain(TencentBench.Region, $"other{i}-125", "a.example.com", null);
        _bench.Simulator.AddBucketDomain(TencentBench.Region, "files-125", "a.example.com", _beforeId);
        var before = await _bench.ReadAsync("tencent-cos", settings);

        var first = await _bench.DeployAsync("tencent-cos", settings, _after);
        var second = await _bench.DeployAsync("tencent-cos", settings, _after);
        var now = await _bench.ReadAsync("tencent-cos", settings);

        Assert.All(first.Concat(second), static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(["ssl.UploadCertificate", "ssl.DeployCertificateInstance"], _bench.Writes);
        Assert.Equal(_after.Fingerprint, Assert.Single(now.State.Resources).Fingerprint);
        Assert.Equal((_before.Fingerprint, _beforeId, true), Assert.Single(before.State.Resources) is var one ? (one.Fingerprint, one.Bound, one.Restorable) : default);
        Assert.All(await _bench.RestoreAsync("tencent-cos", settings, before.State), static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(_beforeId, Assert.Single((await _bench.ReadAsync("tencent-cos", settings)).State.Resources).Bound);
    }

    [Fact]
    public async Task A_superseded_upload_that_another_bucket_still_has_is_not_deleted()
    {
        var settings = new JsonObject { ["region"] = TencentBench.Region, ["bucket"] = "files-125", ["domain"] = "a.example.com" };
        _bench.Simulator.AddBucketDomain(TencentBench.Region, "files-125", "a.example.com", _beforeId);
        var uploads = new List<string?>();
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf("a.example.com");
            await _bench.DeployAsync("tencent-cos", settings, leaf);
            uploads.Add(Assert.Single((await _bench.ReadAsync("tencent-cos", settings)).State.Resources).Bound);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        _bench.Simulator.AddBucketDomain("ap-shanghai", "others-125", "a.example.com", uploads[0]);
        await _bench.RetireAsync("tencent-cos", settings);

        var deleted = _bench.Simulator.Calls.Where(static call => call is { Action: "ssl.DeleteCertificate", Code: null }).Select(static call => call.Resource).ToList();
        Assert.Equal(uploads[1..3].Order(StringComparer.Ordinal), deleted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_buckets_domain_without_a_certificate_of_the_store_gets_one_and_is_known_not_to_come_back()
    {
        var settings = new JsonObject { ["region"] = TencentBench.Region, ["bucket"] = "files-125", ["domain"] = "a.example.com" };
        _bench.Simulator.AddBucketDomain(TencentBench.Region, "files-125", "a.example.com", null);
        var before = await _bench.ReadAsync("tencent-cos", settings);

        Assert.All(await _bench.DeployAsync("tencent-cos", settings, _after), static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        var back = await _bench.RestoreAsync("tencent-cos", settings, before.State);

        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.False(Assert.Single(before.State.Resources).Restorable);
        Assert.Equal("target.refused", Assert.Single(back).Code);
    }

    [Fact]
    public async Task One_refused_domain_fails_the_deploy_and_is_named()
    {
        _bench.Simulator.AddJobDomain("teo", "a.example.com", _beforeId);
        _bench.Simulator.AddJobDomain("teo", "b.example.com", _beforeId);
        _bench.Simulator.Refuse("b.example.com");

        var outcomes = await _bench.DeployAsync("tencent-edgeone", Two, _after);

        Assert.Equal([("a.example.com", true, null), ("b.example.com", false, "target.refused")], outcomes.Select(static one => (one.Id, one.Succeeded, one.Code)));
        Assert.Contains("refused the certificate", outcomes[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_another_job_with_the_certificate_runs_ours_waits_its_turn()
    {
        _bench.Simulator.AddJobDomain("teo", "a.example.com", _beforeId);
        _bench.Simulator.AddJobDomain("teo", "b.example.com", _beforeId);
        using var bundle = _after.ToBundle("shop");
        await _bench.WithAsync("tencent-edgeone", One("a.example.com"), target => target.DeployAsync(bundle, null, default));

        var outcomes = await _bench.DeployAsync("tencent-edgeone", One("b.example.com"), _after);

        Assert.True(Assert.Single(outcomes).Succeeded);
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal(_after.Fingerprint, await _bench.EdgeAsync("b.example.com"));
    }

    [Fact]
    public async Task What_the_certificate_does_not_cover_or_the_vendor_does_not_know_is_refused()
    {
        _bench.Simulator.AddJobDomain("teo", "z.example.com", _beforeId);

        Assert.Equal("cloud.certificate", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("tencent-edgeone", One("z.example.com"), _after))).Code);
        var unknown = Assert.Single(await _bench.DeployAsync("tencent-edgeone", One("b.example.com"), _after));
        Assert.Equal((false, "cloud.conflict"), (unknown.Succeeded, unknown.Code));
    }

    [Fact]
    public async Task Resources_with_different_certificates_are_restored_by_a_job_each()
    {
        var (other, otherId) = _bench.Stored("other", "b.example.com");
        _bench.Simulator.AddJobDomain("vod", "a.example.com", _beforeId);
        _bench.Simulator.AddJobDomain("vod", "b.example.com", otherId);
        var before = await _bench.ReadAsync("tencent-vod", Two);
        await _bench.DeployAsync("tencent-vod", Two, _after);

        var outcomes = await _bench.RestoreAsync("tencent-vod", Two, before.State);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(_before.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal(other.Fingerprint, await _bench.EdgeAsync("b.example.com"));
        other.Dispose();
    }

    [Fact]
    public async Task A_plan_lists_the_job_and_makes_none()
    {
        _bench.Simulator.AddJobDomain("live", "a.example.com", _beforeId);

        var planned = await _bench.PlanAsync("tencent-live", One("a.example.com"), _after);

        Assert.Equal([("ssl.UploadCertificate", null), ("ssl.DeployCertificateInstance", _beforeId)], planned.Select(static call => (call.Action, call.Replaces)));
        Assert.Empty(_bench.Writes);
    }

    [Theory]
    [InlineData("no domain", "tencent-edgeone", """{"account":"shop","domains":[]}""", "domains")]
    [InlineData("a domain twice", "tencent-vod", """{"account":"shop","domains":["a.example","a.example"]}""", "domains[1]")]
    [InlineData("an address", "tencent-live", """{"account":"shop","domains":["192.0.2.1"]}""", "domains[0]")]
    [InlineData("a bucket without its owner", "tencent-cos", """{"account":"shop","region":"ap-guangzhou","bucket":"files","domain":"a.example"}""", "bucket")]
    [InlineData("a list beside covered", "tencent-cdn", """{"account":"shop","domains":["a.example"],"match":"covered"}""", "domains")]
    [InlineData("an id of something else", "tencent-clb", """{"account":"shop","region":"ap-guangzhou","loadBalancer":"lbl-1","listener":"lbl-1"}""", "loadBalancer")]
    [InlineData("a capital", "tencent-waf", """{"account":"shop","domains":["A.example"]}""", "domains[0]")]
    public void Settings_are_checked_whole(string description, string kind, string settings, string path)
    {
        using var json = System.Text.Json.JsonDocument.Parse(settings);

        Assert.True(DeployTargets.Find(kind)!.Check(json.RootElement, null!) is [{ Path: var at }] && at == path, description);
    }

    private static JsonObject Two => new() { ["domains"] = new JsonArray("a.example.com", "b.example.com") };

    private static JsonObject One(string domain) => new() { ["domains"] = new JsonArray(domain) };
}
