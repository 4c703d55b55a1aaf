using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Support;
using Certrelay.Tests.Watch;
using Certrelay.Watch;
using Certrelay.Watch.Moments;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Api;

public sealed class PolicyTests
{
    private static readonly PolicyOptions Strict = new() { Enforce = true, Name = "prod-.*", OwnerRequired = true, RequiredTags = ["env"], Keys = ["rsa-2048+"] };

    [Fact]
    public async Task An_enforced_policy_refuses_an_upload_with_all_other_findings_and_leaves_nothing()
    {
        await using var server = await StartAsync(Strict);
        var body = new JsonObject { ["name"] = "shop", ["certificate"] = Uploads.Leaf.Pem, ["owner"] = "web" };

        var refused = await server.SendAsync("POST", "/api/certificates", body.ToJsonString());

        Assert.Equal((422, "request.refused"), (refused.Status, refused.Problem));
        var codes = Codes(refused.Json["findings"]!);
        Assert.Superset(new HashSet<string> { "key.missing", "policy.name", "policy.tag", "policy.key" }, codes.ToHashSet());
        Assert.DoesNotContain("policy.owner", codes);
        Assert.Equal("", await server.StoredAsync());
        var dry = await server.UploadAsync(Uploads.Good, "?name=shop&dryRun=true");
        Assert.Equal((200, false), (dry.Status, (bool)dry.Json["accepted"]!));
        Assert.Equal(["policy.name", "policy.owner", "policy.tag", "policy.key"], Codes(dry.Json["findings"]!));
    }

    [Fact]
    public async Task A_policy_that_is_not_enforced_warns_and_a_change_mends_what_it_can()
    {
        await using var server = await StartAsync(Strict with { Enforce = false });

        var stored = await server.UploadAsync(Uploads.Good, "?name=shop");
        Assert.Equal(201, stored.Status);
        Assert.Equal(["policy.name", "policy.owner", "policy.tag", "policy.key"], Codes(stored.Json["findings"]!));
        var shown = await server.GetAsync("/api/certificates/shop");
        Assert.All(shown.Json["findings"]!.AsArray(), finding => Assert.Equal("warning", (string)finding!["severity"]!));
        Assert.Equal((1, 4), await ListedAsync(server, "policy.tag"));

        var changed = await server.SendAsync("PATCH", "/api/certificates/shop", """{"owner":"web","tags":{"env":"prod"}}""", null, ("If-Match", shown.Headers["ETag"]));
        Assert.Equal(["policy.name", "policy.key"], Codes(changed.Json["findings"]!));
        Assert.Equal((0, 0), await ListedAsync(server, "policy.tag"));
        Assert.Equal((1, 2), await ListedAsync(server, "policy.key"));
        var unknown = await server.GetAsync("/api/certificates?finding=policy.nothing");
        Assert.Equal((400, "query.invalid"), (unknown.Status, unknown.Problem));
    }

    [Fact]
    public async Task An_enforced_policy_refuses_a_change_that_breaks_it_and_none_that_mends_a_part()
    {
        await using var server = await StartAsync(Strict with { Enforce = false });
        await server.UploadAsync(Uploads.Good, "?name=shop");
        var registry = RegistryOf(server, Strict with { RequiredTags = ["env", "team"] });
        var lineage = (await registry.ReadAsync("shop", default))!.Value;
        var complete = lineage with { Owner = "web", Tags = Tags("env", "team") };

        Assert.Empty(await registry.CheckAsync(lineage, new LineageDetails(Tags: Tags("env")), default));
        Assert.Empty(await registry.CheckAsync(lineage, new LineageDetails(PlannedEnd: Uploads.Now), default));
        Assert.Equal(["policy.owner", "policy.tag"], (await registry.CheckAsync(complete, new LineageDetails("", Tags("team")), default)).Select(finding => finding.Code));
    }

    [Fact]
    public async Task A_change_that_takes_the_owner_away_is_told_as_a_problem()
    {
        await using var server = await StartAsync(new PolicyOptions { Enforce = true, OwnerRequired = true });
        var body = new JsonObject { ["name"] = "shop", ["certificate"] = Uploads.Good, ["owner"] = "web" };
        Assert.Equal(201, (await server.SendAsync("POST", "/api/certificates", body.ToJsonString())).Status);

        var refused = await server.SendAsync("PATCH", "/api/certificates/shop", """{"owner":""}""", null, ("If-Match", "*"));

        Assert.Equal((422, "request.refused", "policy.owner"), (refused.Status, refused.Problem, Assert.Single(Codes(refused.Json["findings"]!))));
        Assert.Equal("web", (string)(await server.GetAsync("/api/certificates/shop")).Json["owner"]!);
        // A renewal keeps what was said before.
        using var renewed = Uploads.Leaf.Issuer!.IssueLeaf("www.example.com");
        Assert.Equal(201, (await server.UploadAsync(renewed.FullChainPem + renewed.KeyPem, "?name=shop")).Status);
    }

    [Fact]
    public async Task A_changed_policy_shows_on_what_is_stored_at_the_next_moment_or_round()
    {
        await using var bench = new WatchBench();
        using var leaf = bench.Leaf(bench.Time.GetUtcNow().AddDays(-1), bench.Time.GetUtcNow().AddDays(400), "shop.example.test");
        await bench.UploadAsync("shop", leaf);
        var services = bench.Get<IServiceProvider>();
        var changed = ActivatorUtilities.CreateInstance<CertificateRegistry>(services, new CertificatePolicy(Strict));

        bench.Time.Advance(TimeSpan.FromDays(2));
        await ActivatorUtilities.CreateInstance<CertificateCheck>(services, changed).RunAsync(new DueHint(DueKind.Check, bench.Time.GetUtcNow(), CheckRecord.IdOf("shop", 1)), default);
        Assert.Equal(["policy.name", "policy.owner", "policy.tag", "policy.key"], (await changed.ReadAsync("shop", default))!.Value.Policy.Select(finding => finding.Code));

        // The policy is taken back, and no moment is near.
        await bench.Get<Reindex>().RunAsync(default);
        Assert.Empty((await changed.ReadAsync("shop", default))!.Value.Policy);
    }

    private static Task<ApiServer> StartAsync(PolicyOptions policy) =>
        ApiServer.StartAsync(new ManualTime(Uploads.Now), change: settings => settings with { Policy = policy });

    /// <summary>The registry as the next start makes it, on another policy and the same records.</summary>
    private static CertificateRegistry RegistryOf(ApiServer server, PolicyOptions policy) =>
        ActivatorUtilities.CreateInstance<CertificateRegistry>(server.Get<IServiceProvider>(), new CertificatePolicy(policy));

    private static Dictionary<string, string> Tags(params string[] keys) => keys.ToDictionary(key => key, _ => "x");

    private static IReadOnlyList<string> Codes(JsonNode findings) => [.. findings.AsArray().Select(finding => (string)finding!["code"]!)];

    /// <summary>How many certificates the list has with a finding, and how many findings they have.</summary>
    private static async Task<(int, int)> ListedAsync(ApiServer server, string finding)
    {
        var items = (await server.GetAsync($"/api/certificates?finding={finding}")).Json["items"]!.AsArray();
        return (items.Count, items.Sum(item => (int)item!["policyFindings"]!));
    }
}
