using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Discovery;

public sealed class AcceptTests : IAsyncLifetime
{
    private DiscoveryBench _bench = null!;

    public async Task InitializeAsync() => _bench = await DiscoveryBench.StartAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task A_proposal_is_accepted_as_it_is_and_a_second_time_changes_nothing()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var port = _bench.Serve(leaf).Port;
        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{port}", "127.0.0.9:1" }, owner = "web", tags = new { env = "lab" } });

        var first = await _bench.AcceptAsync(proposal);
        var stored = await _bench.Api.StoredAsync();
        var second = await _bench.AcceptAsync(proposal);

        Assert.Equal(["shop-example-test created"], DiscoveryBench.Outcomes(first, "certificates"));
        Assert.Equal([$"127-0-0-1-{port} created"], DiscoveryBench.Outcomes(first, "targets"));
        Assert.Equal(["shop-example-test unchanged", $"127-0-0-1-{port} unchanged"], DiscoveryBench.Outcomes(second, "certificates").Concat(DiscoveryBench.Outcomes(second, "targets")));
        Assert.Equal(stored, await _bench.Api.StoredAsync());
        var listed = Assert.Single((await _bench.Api.GetAsync("/api/certificates?state=no-key")).Json["items"]!.AsArray())!;
        Assert.Equal(("shop-example-test", "web", false), ((string?)listed["name"], (string?)listed["owner"], (bool)listed["hasKey"]!));
        Assert.Empty(_bench.Api.CertificateKeys());
        var target = (await _bench.Api.GetAsync($"/api/targets/127-0-0-1-{port}")).Json;
        Assert.Equal(("endpoint-only", "shop-example-test", "web"), ((string?)target["kind"], (string?)target["certificate"], (string?)target["owner"]));
    }

    [Fact]
    public async Task Each_thing_that_is_stored_has_rows_in_the_audit_trail_with_the_reason()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var port = _bench.Serve(leaf).Port;
        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{port}" } });
        proposal["reason"] = "inventory of the lab";

        await _bench.AcceptAsync(proposal);

        foreach (var (subject, action) in new[] { ("certificate/shop-example-test", "certificate.upload"), ($"target/127-0-0-1-{port}", "target.create") })
        {
            var rows = (await _bench.Api.GetAsync($"/api/audit?subject={subject}")).Json["items"]!.AsArray();
            Assert.Equal(2, rows.Count);
            Assert.All(rows, row => Assert.Contains(action, row!.ToJsonString(), StringComparison.Ordinal));
            Assert.All(rows, static row => Assert.Contains("inventory of the lab", row!.ToJsonString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_rollout_of_a_watched_certificate_is_refused_by_its_code_until_the_key_is_uploaded()
    {
        using var leaf = _bench.Root.IssueAuthority("Test Intermediate").IssueLeaf("shop.example.test");
        await _bench.AcceptAsync(Certificates(("shop", leaf.Pem)));
        await _bench.Api.TargetAsync("web-1", "shop");
        const string Rollout = """{"certificate":"shop","reason":"test"}""";

        var refused = await _bench.Api.SendAsync("POST", "/api/rollouts", Rollout);
        var planned = await _bench.Api.UploadAsync(leaf.FullChainPem + leaf.KeyPem, "?name=shop&dryRun=true");
        var keyed = await _bench.Api.UploadAsync(leaf.FullChainPem + leaf.KeyPem, "?name=shop");
        var again = await _bench.Api.UploadAsync(leaf.FullChainPem + leaf.KeyPem, "?name=shop");

        Assert.Equal((422, "/version key.missing"), (refused.Status, string.Join(' ', refused.Json["faults"]!.AsArray().Select(static fault => $"{fault!["at"]} {fault["code"]}"))));
        Assert.Equal(("keyAdded", "keyAdded", "unchanged"), ((string?)planned.Json["effect"], (string?)keyed.Json["effect"], (string?)again.Json["effect"]));
        Assert.Equal((200, 1), (keyed.Status, (int)keyed.Json["version"]!));
        Assert.Empty((await _bench.Api.GetAsync("/api/certificates?state=no-key")).Json["items"]!.AsArray());
        var version = (await _bench.Api.GetAsync("/api/certificates/shop/versions/1")).Json;
        Assert.True((bool)version["hasKey"]!);
        Assert.Equal(202, (await _bench.Api.SendAsync("POST", "/api/rollouts", Rollout)).Status);
    }

    [Fact]
    public async Task A_newer_leaf_follows_a_watched_certificate_and_never_one_with_its_key_or_a_newer_one()
    {
        using var older = _bench.Root.Issue(new TestCertificateOptions { Names = ["shop.example.test"], NotBefore = TestCertificates.NotBefore.AddDays(-9) });
        using var middle = _bench.Root.Issue(new TestCertificateOptions { Names = ["shop.example.test"], NotBefore = TestCertificates.NotBefore.AddDays(-6) });
        using var newer = _bench.Root.Issue(new TestCertificateOptions { Names = ["shop.example.test"], NotBefore = TestCertificates.NotBefore.AddDays(-3) });
        using var keyed = _bench.Root.IssueLeaf("mail.example.test");
        using var bare = _bench.Root.IssueLeaf("mail.example.test");
        await _bench.AcceptAsync(Certificates(("shop-example-test", middle.Pem)));
        await _bench.Api.UploadAsync(keyed.FullChainPem + keyed.KeyPem, "?name=mail");
        var port = _bench.Serve(newer).Port;
        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{port}" } });

        var followed = await _bench.AcceptAsync(proposal);
        var refused = await _bench.AcceptAsync(Certificates(("shop-example-test", older.Pem), ("mail", bare.Pem), ("shop-example-test", middle.Pem)));

        Assert.Equal("newVersion", (string?)ProposalTests.Named(proposal, "certificates", "shop-example-test")["state"]);
        Assert.Equal(["shop-example-test newVersion"], DiscoveryBench.Outcomes(followed, "certificates"));
        Assert.Equal(
            ["shop-example-test refused record.watched-only", "mail refused record.watched-only", "shop-example-test unchanged"], DiscoveryBench.Outcomes(refused, "certificates"));
        Assert.Equal(2, (int)(await _bench.Api.GetAsync("/api/certificates/shop-example-test")).Json["current"]!["sequence"]!);
    }

    [Fact]
    public async Task Expired_and_self_signed_certificates_can_be_watched()
    {
        using var expired = TestCertificates.SelfSigned(
            new TestCertificateOptions { Names = ["old.example.test"], NotAfter = TestCertificates.NotBefore.AddDays(9), IsCa = true });

        var answer = await _bench.AcceptAsync(Certificates(("old", expired.Pem)));

        Assert.Equal(["old created"], DiscoveryBench.Outcomes(answer, "certificates"));
        var findings = (await _bench.Api.GetAsync("/api/certificates/old")).Json["current"]!["findings"]!.AsArray();
        Assert.Contains("leaf.expired warning", findings.Select(static finding => $"{finding!["code"]} {finding["severity"]}"));
    }

    [Fact]
    public async Task Each_refusal_stands_with_its_name_and_the_others_are_stored()
    {
        using var good = _bench.Root.IssueLeaf("good.example.test");
        using var keyed = _bench.Root.IssueLeaf("keyed.example.test");
        await _bench.Api.TargetAsync("taken");
        var body = Certificates(("good", good.Pem), ("twice", good.Pem), ("keyed", keyed.Pem + keyed.KeyPem), ("junk", "no certificate"));
        body["targets"] = new JsonArray(Target("web-1", "good"), Target("taken", "good"), Target("web-2", "nothing"));

        var answer = await _bench.AcceptAsync(body);

        Assert.Equal(
            ["good created", "twice refused record.duplicate", "keyed refused key.unexpected", "junk refused pem.nothing-found"], DiscoveryBench.Outcomes(answer, "certificates"));
        Assert.Equal(["web-1 created", "taken refused record.target-exists", "web-2 refused target.settings"], DiscoveryBench.Outcomes(answer, "targets"));
    }

    [Theory]
    [InlineData("nothing to accept", """{"certificates":[],"targets":[]}""")]
    [InlineData("names of another form", """{"certificates":[{"name":"A b","pem":"x"}]}""")]
    [InlineData("no endpoints", """{"targets":[{"name":"web-1","endpoints":[]}]}""")]
    [InlineData("an unknown field", """{"targets":[{"name":"web-1","endpoints":[{"host":"a.example.com","port":443}],"colour":"blue"}]}""")]
    public async Task Requests_of_another_shape_are_refused_whole(string description, string body)
    {
        Assert.NotEmpty(description);
        var before = await _bench.Api.StoredAsync();

        Assert.Equal("body.invalid", (await _bench.Api.SendAsync("POST", "/api/discover/accept", body)).Problem);
        Assert.Equal(before, await _bench.Api.StoredAsync());
    }

    [Fact]
    public async Task Names_outside_the_scope_are_refused_before_anything_is_stored()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var body = Certificates(("shop", leaf.Pem), ("other", leaf.Pem));

        var reply = await _bench.Api.SendAsync("POST", "/api/discover/accept", body.ToJsonString(), await _bench.Api.TokenAsync(Role.Operator, "shop"));

        Assert.Equal("access.scope", reply.Problem);
        Assert.Equal(404, (await _bench.Api.GetAsync("/api/certificates/shop")).Status);
    }

    private static JsonObject Certificates(params (string Name, string Pem)[] items) => new()
    {
        ["certificates"] = new JsonArray([.. items.Select(static item => (JsonNode)new JsonObject { ["name"] = item.Name, ["pem"] = item.Pem })]),
    };

    private static JsonObject Target(string name, string certificate) => new()
    {
        ["name"] = name,
        ["certificate"] = certificate,
        ["endpoints"] = new JsonArray(new JsonObject { ["host"] = "a.example.com", ["port"] = 443 }),
    };
}
