using System.Text.Json.Nodes;
using Certrelay.Simulators.Alibaba;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Api;

/// <summary>An SM2 version on its way to a vendor: planned, bound without proof, brought back, refused by the kinds that cannot take it.</summary>
public sealed class PairCloudTests : IAsyncLifetime
{
    private const string Name = Sm2Authority.Host;
    private const string Other = "api.example.test";

    private readonly Sm2Authority _authority = new();
    private readonly TestCertificate _root = TestCertificates.Root();
    private AlibabaSimulator _vendor = null!;
    private ApiServer _server = null!;
    private string _ordinary = "";

    public async Task InitializeAsync()
    {
        _authority.Issue("sign", "sm2", "digitalSignature", $"{Name} {Other}");
        _authority.Issue("enc", "sm2", "keyEncipherment", $"{Name} {Other}");
        _vendor = await AlibabaSimulator.StartAsync(TimeProvider.System);
        var leaf = _root.IssueLeaf(Name, Other);
        _ordinary = _vendor.AddCertificate(leaf.FullChainPem, leaf.KeyPem, "ordinary");
        _vendor.AddCdnDomain(Name, _ordinary);
        _server = await ApiServer.StartAsync(change: settings => settings with
        {
            Clouds = new CloudOptions { Endpoints = new Dictionary<string, string> { ["alibaba"] = $"{_vendor.Endpoint}" } },
        });
        var account = new JsonObject
        {
            ["name"] = "ali",
            ["vendor"] = "alibaba",
            ["keyId"] = AlibabaCredentials.Example.AccessKeyId,
            ["secret"] = AlibabaCredentials.Example.AccessKeySecret,
            ["region"] = "cn-hangzhou",
        };
        var made = await _server.SendAsync("POST", "/api/accounts", account.ToJsonString());
        Assert.True(made.Status == 201, made.Body);
        var upload = new JsonObject
        {
            ["name"] = "gm",
            ["certificate"] = _authority.FullChain("sign"),
            ["key"] = _authority["sign.key"],
            ["encryptCertificate"] = _authority["enc.pem"],
            ["encryptKey"] = _authority["enc.key"],
        };
        var taken = await _server.SendAsync("POST", "/api/certificates", upload.ToJsonString());
        Assert.True(taken.Status == 201, taken.Body);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _vendor.DisposeAsync();
        _authority.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task It_ends_at_bound_and_says_that_nothing_was_proven()
    {
        _vendor.AddDcdnDomain(Other, _ordinary);
        await TargetAsync("cdn-gm", "alibaba-cdn", Name);
        await TargetAsync("dcdn-gm", "alibaba-dcdn", Other);

        var plan = await _server.SendAsync("POST", "/api/plan", """{"certificate":"gm","reason":"test"}""");
        var done = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"gm","reason":"test"}""");
        var writes = _vendor.Calls.Count(static call => call.Writes);
        var again = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"gm","reason":"test"}""");

        Assert.Contains("uploads both certificates of the SM2 pair", plan.Body, StringComparison.Ordinal);
        Assert.Contains($"binds the SM2 certificate to {Name}; its RSA or ECDSA certificate stays as it is", plan.Body, StringComparison.Ordinal);
        Assert.Equal(("bound", "bound"), ((string)done.Json["state"]!, (string)again.Json["state"]!));
        Assert.All(done.Json["steps"]!.AsArray().Concat(again.Json["steps"]!.AsArray()), static step => Assert.Equal("target.unseen", (string)Assert.Single(step!["findings"]!.AsArray())!["code"]!));
        Assert.Equal(3, writes);
        Assert.Equal(writes, _vendor.Calls.Count(static call => call.Writes));
        Assert.NotNull(_vendor.PairOf(Name));
    }

    [Fact]
    public async Task Behind_a_domain_that_refuses_its_neighbour_comes_back_too()
    {
        _vendor.AddCdnDomain(Other, _ordinary);
        await TargetAsync("both", "alibaba-cdn", Name, Other);
        _vendor.Refuse(Other);

        var failed = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"gm","reason":"test"}""");

        Assert.Equal("rolled-back", State(failed).State);
        Assert.Equal((null, null), (_vendor.PairOf(Name), _vendor.PairOf(Other)));
        // Turned on and off again, beside the refusal.
        Assert.Equal([null, "InvalidSSLProtocol.ValueNotSupported", null], _vendor.Calls.Where(static call => call.Action == "cdn.SetCdnDomainSMCertificate").Select(static call => call.Code));
        Assert.NotNull(_vendor.BoundTo(Name));
    }

    [Fact]
    public async Task Kinds_that_cannot_take_it_name_those_that_can()
    {
        await TargetAsync("files", "alibaba-vod", Name);
        await TargetAsync("seen", "alibaba-cdn", [Name], new JsonArray(new JsonObject { ["host"] = Name, ["port"] = 443 }));

        var refused = await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"gm","reason":"test"}""");

        var details = refused.Json["faults"]!.AsArray().Select(static fault => (string)fault!["detail"]!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal((422, 2), (refused.Status, details.Count));
        Assert.Equal("'files' is of the kind alibaba-vod, which takes Rsa, P256, P384, P521 keys; this version's is Sm2, which these kinds take: alibaba-cdn, alibaba-dcdn, alibaba-ddos, alibaba-waf, directory", details[0]);
        Assert.StartsWith("'seen' declares endpoints", details[1], StringComparison.Ordinal);
        Assert.DoesNotContain(_vendor.Calls, static call => call.Writes);
    }

    [Fact]
    public async Task What_has_no_call_says_how_by_hand_until_it_is_read_back()
    {
        _vendor.AddDdosDomain("anti.example.test", _ordinary);
        await TargetAsync("anti", "alibaba-ddos", "anti.example.test");

        var plan = await _server.SendAsync("POST", "/api/plan", """{"certificate":"gm","reason":"test"}""");
        var before = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"gm","reason":"test"}""");
        _vendor.BindPair("anti.example.test", _vendor.AddPair(_authority.FullChain("sign"), _authority["sign.key"], _authority["enc.pem"], _authority["enc.key"], "by hand"));
        var planned = await _server.SendAsync("POST", "/api/plan", """{"certificate":"gm","reason":"test"}""");
        var after = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"gm","reason":"test"}""");

        var refusal = Assert.Single(plan.Json["targets"]![0]!["refusals"]!.AsArray())!;
        Assert.Equal("target.by-hand", (string)refusal["code"]!);
        Assert.Contains("Website Config in the Anti-DDoS console", (string)refusal["message"]!, StringComparison.Ordinal);
        Assert.Equal(("blocked", "target.by-hand"), State(before));
        Assert.Empty(planned.Json["targets"]![0]!["refusals"]!.AsArray());
        Assert.Equal("bound", State(after).State);
        Assert.DoesNotContain(_vendor.Calls, static call => call.Writes);
    }

    private static (string State, string? Code) State(Http.Reply rollout) => ((string)rollout.Json["steps"]![0]!["state"]!, (string?)rollout.Json["steps"]![0]!["code"]);

    private Task TargetAsync(string name, string kind, params string[] domains) => TargetAsync(name, kind, domains, []);

    private async Task TargetAsync(string name, string kind, string[] domains, JsonArray endpoints)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["kind"] = kind,
            ["certificate"] = "gm",
            ["settings"] = new JsonObject { ["account"] = "ali", ["domains"] = new JsonArray([.. domains.Select(static domain => (JsonNode)domain)]) },
            ["endpoints"] = endpoints,
        };
        var reply = await _server.SendAsync("POST", "/api/targets", body.ToJsonString());
        Assert.True(reply.Status == 201, reply.Body);
    }
}
