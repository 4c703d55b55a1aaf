using System.Text.Json.Nodes;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

public sealed class TencentClbTargetTests : IAsyncLifetime
{
    private const string Kind = "tencent-clb";

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
    public async Task A_listener_without_sni_is_deployed_kept_mutual_and_restored()
    {
        var port = _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", _beforeId, ["a.example.com"], clientAuthority: "clients1");
        var before = await _bench.ReadAsync(Kind, Listener("lbl-1"));

        var outcomes = await _bench.DeployAsync(Kind, Listener("lbl-1"), _after);
        await _bench.DeployAsync(Kind, Listener("lbl-1"), _after);

        Assert.Equal([("lb-1|lbl-1", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        Assert.Equal(["ssl.UploadCertificate", "clb.ModifyListener"], _bench.Writes);
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
        Assert.Equal("clients1", Body("ModifyListener")["Certificate"]!["CertCaId"]!.GetValue<string>());
        Assert.Empty(before.Refusals);
        await _bench.RestoreAsync(Kind, Listener("lbl-1"), before.State);
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
    }

    [Fact]
    public async Task Domains_of_rules_are_changed_one_after_the_other()
    {
        var port = _bench.Simulator.AddSniListener(TencentBench.Region, "lb-1", "lbl-2", ("a.example.com", _beforeId), ("b.example.com", _beforeId), ("c.example.org", _beforeId));
        var two = Listener("lbl-2", "a.example.com", "b.example.com");
        var before = await _bench.ReadAsync(Kind, two);

        var outcomes = await _bench.DeployAsync(Kind, two, _after);

        Assert.Equal([("lb-1|lbl-2|a.example.com", true), ("lb-1|lbl-2|b.example.com", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        // None was refused because another one was still under way.
        Assert.DoesNotContain(_bench.Simulator.Calls, static call => call.Code is not null);
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(port, "b.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "c.example.org"));
        await _bench.RestoreAsync(Kind, two, before.State);
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "b.example.com"));
    }

    [Fact]
    public async Task Covered_follows_the_rules_that_the_certificate_covers()
    {
        var port = _bench.Simulator.AddSniListener(TencentBench.Region, "lb-1", "lbl-2", ("c.example.org", _beforeId), ("a.example.com", _beforeId), ("b.example.com", null));
        var covered = Listener("lbl-2");
        covered["match"] = "covered";

        var planned = await _bench.PlanAsync(Kind, covered, _after);
        await _bench.DeployAsync(Kind, covered, _after);

        Assert.Equal(
            [("lb-1|lbl-2|a.example.com", _beforeId), ("lb-1|lbl-2|b.example.com", null)],
            planned.Where(static call => call.Action == "clb.ModifyDomainAttributes").Select(static call => (call.Resource, call.Replaces)));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(port, "b.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "c.example.org"));
    }

    [Fact]
    public async Task A_task_that_fails_is_told_with_its_listener()
    {
        var port = _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", _beforeId, ["a.example.com"]);
        _bench.Simulator.Refuse("lb-1|lbl-1");

        var outcome = Assert.Single(await _bench.DeployAsync(Kind, Listener("lbl-1"), _after));

        Assert.Equal((false, "target.refused"), (outcome.Succeeded, outcome.Code));
        Assert.Contains("refused the certificate", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
    }

    [Fact]
    public async Task A_second_certificate_of_another_key_type_stays()
    {
        using var rsa = _bench.Root.Issue(new TestCertificateOptions { Names = ["a.example.com"], Key = TestKey.Rsa() });
        var rsaId = _bench.Simulator.AddCertificate(rsa.FullChainPem, rsa.KeyPem, "rsa");
        _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", rsaId, ["a.example.com"], clientAuthority: "clients1", furtherIds: [_beforeId]);
        var before = await _bench.ReadAsync(Kind, Listener("lbl-1"));

        var outcome = Assert.Single(await _bench.DeployAsync(Kind, Listener("lbl-1"), _after));
        var after = (await _bench.ReadAsync(Kind, Listener("lbl-1"))).State.Resources[0].Bound!.Split(',');

        Assert.True(outcome.Succeeded, outcome.Message);
        Assert.Equal($"{rsaId},{_beforeId}", before.State.Resources[0].Bound);
        Assert.Equal(rsaId, after[0]);
        Assert.DoesNotContain(_beforeId, after);
        Assert.Equal(3, Body("ModifyListener")["MultiCertInfo"]!["CertList"]!.AsArray().Count);
        await _bench.RestoreAsync(Kind, Listener("lbl-1"), before.State);
        Assert.Equal($"{rsaId},{_beforeId}", (await _bench.ReadAsync(Kind, Listener("lbl-1"))).State.Resources[0].Bound);
    }

    [Fact]
    public async Task Settings_that_do_not_fit_the_listener_are_refused_when_read()
    {
        _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-1", _beforeId, ["a.example.com"]);
        _bench.Simulator.AddSniListener(TencentBench.Region, "lb-1", "lbl-2", ("a.example.com", _beforeId));
        _bench.Simulator.AddListener(TencentBench.Region, "lb-1", "lbl-3", _beforeId, [], "TCP");
        async Task<string> RefusalAsync(JsonObject settings)
        {
            var finding = Assert.Single((await _bench.ReadAsync(Kind, settings)).Refusals);
            return $"{finding.Code} {finding.Message}";
        }

        Assert.StartsWith("target.refused SNI is off", await RefusalAsync(Listener("lbl-1", "a.example.com")), StringComparison.Ordinal);
        Assert.StartsWith("target.refused SNI is on", await RefusalAsync(Listener("lbl-2")), StringComparison.Ordinal);
        Assert.StartsWith("cloud.not-found", await RefusalAsync(Listener("lbl-2", "b.example.com")), StringComparison.Ordinal);
        Assert.StartsWith("target.refused A listener of TCP", await RefusalAsync(Listener("lbl-3")), StringComparison.Ordinal);
        Assert.Equal("cloud.not-found", (await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, Listener("lbl-9")))).Code);
    }

    private static JsonObject Listener(string id, params string[] domains) => new()
    {
        ["region"] = TencentBench.Region,
        ["loadBalancer"] = "lb-1",
        ["listener"] = id,
        ["domains"] = new JsonArray([.. domains.Select(static domain => (JsonNode)domain)]),
    };

    // The first request of an action.
    private JsonNode Body(string action) => JsonNode.Parse(_bench.Simulator.Requests.First(request => request.Header("X-TC-Action") == action).Body)!;
}
