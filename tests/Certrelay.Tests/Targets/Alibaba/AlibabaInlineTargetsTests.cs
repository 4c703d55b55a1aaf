using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>Functions, API groups and gateways: settings that nobody here knows come back byte for byte, and a backup brings back what the product held itself.</summary>
public sealed class AlibabaInlineTargetsTests : IAsyncLifetime
{
    private const string Name = "www.example.com";

    // Spaces, escapes, numbers and depth that a careless copy would change.
    private const string Unknown = """{"routeConfig":{"routes":[{"path":"\/*","functionName":"f\u00e4","qualifier":"LATEST","weight":0.50}]},"tlsConfig":{"minVersion":"TLSv1.2","cipherSuites":["A","B"]},"somethingNew":{"deep":[1e3,null,{"x":"\"quoted\""}]}}""";

    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("alibaba-fc", "fc")]
    [InlineData("alibaba-fc2", "fc2")]
    public async Task Routes_and_unknown_settings_of_a_function_survive_an_update_and_a_restore(string kind, string service)
    {
        using var former = _bench.Root.IssueLeaf(Name);
        using var leaf = _bench.Root.IssueLeaf(Name);
        _bench.Simulator.AddFunctionDomain(service, Name, former.FullChainPem, former.KeyPem, JsonNode.Parse(Unknown)!.AsObject());
        var settings = new JsonObject { ["domains"] = new JsonArray(Name) };
        var before = Sorted(_bench.Simulator.FunctionSettings(Name));

        using var reading = await _bench.ReadAsync(kind, settings);
        await _bench.DeployAsync(kind, settings, leaf);
        Assert.Equal(before, Sorted(_bench.Simulator.FunctionSettings(Name)));
        AssertSentAsRead();
        await Task.Yield();
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        await _bench.RestoreAsync(kind, settings, reading);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(former.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.Equal(before, Sorted(_bench.Simulator.FunctionSettings(Name)));
    }

    [Fact]
    public async Task Unknown_settings_of_an_api_gateway_survive_an_update_and_a_restore()
    {
        var (former, id) = _bench.Stored("former", Name);
        using var leaf = _bench.Root.IssueLeaf(Name);
        _bench.Simulator.AddApigDomain("gw-1", Name, id, new JsonObject { ["http2Option"] = "Open", ["tlsMin"] = "TLS 1.2", ["mTLSEnabled"] = false, ["somethingNew"] = JsonNode.Parse(Unknown) });
        var settings = new JsonObject { ["domains"] = new JsonArray(Name), ["gateway"] = "gw-1" };
        var before = Sorted(_bench.Simulator.ApigSettings(Name));

        using var reading = await _bench.ReadAsync("alibaba-apig", settings);
        await _bench.DeployAsync("alibaba-apig", settings, leaf);
        Assert.Equal(before, Sorted(_bench.Simulator.ApigSettings(Name)));
        AssertSentAsRead();
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        await _bench.RestoreAsync("alibaba-apig", settings, reading);

        Assert.Equal(former.Fingerprint, await _bench.EdgeAsync(Name));
        Assert.Equal(before, Sorted(_bench.Simulator.ApigSettings(Name)));
    }

    [Fact]
    public async Task A_product_that_keeps_its_keys_cannot_be_restored_and_says_so()
    {
        using var former = _bench.Root.IssueLeaf(Name);
        using var leaf = _bench.Root.IssueLeaf(Name);
        _bench.Simulator.AddFunctionDomain("fc", Name, former.FullChainPem, former.KeyPem);
        _bench.Simulator.GivesKeys = false;
        var settings = new JsonObject { ["domains"] = new JsonArray(Name) };

        using var reading = await _bench.ReadAsync("alibaba-fc", settings);
        await _bench.DeployAsync("alibaba-fc", settings, leaf);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.RestoreAsync("alibaba-fc", settings, reading));

        Assert.Equal((false, former.Fingerprint), (reading.State.Resources[0].Restorable, reading.State.Resources[0].Fingerprint!.Value));
        Assert.Null(reading.Backup);
        Assert.Equal("target.refused", fault.Code);
    }

    [Fact]
    public async Task One_refused_domain_leaves_its_neighbour_alone_and_keys_stay_out_of_all_that_is_said()
    {
        using var former = _bench.Root.IssueLeaf("a.example.com", "b.example.com");
        using var leaf = _bench.Root.IssueLeaf("a.example.com", "b.example.com");
        _bench.Simulator.AddGroupDomain("group-1", "a.example.com", former.FullChainPem, former.KeyPem);
        _bench.Simulator.AddGroupDomain("group-1", "b.example.com", former.FullChainPem, former.KeyPem);
        _bench.Simulator.Refuse("a.example.com");
        var settings = new JsonObject { ["group"] = "group-1", ["domains"] = new JsonArray("a.example.com", "b.example.com") };

        using var reading = await _bench.ReadAsync("alibaba-apigateway", settings);
        var outcomes = await _bench.DeployAsync("alibaba-apigateway", settings, leaf);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([false, true], outcomes.Select(static outcome => outcome.Succeeded));
        Assert.Equal(former.Fingerprint, await _bench.EdgeAsync("a.example.com"));
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("b.example.com"));
        var said = string.Join('\n', _bench.Log.Concat(outcomes.Select(static outcome => $"{outcome}")).Append($"{reading} {reading.Backup}"));
        Assert.All(new[] { former, leaf }, one => Assert.DoesNotContain(one.KeyPem.Split('\n')[1], said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Authorities_of_clients_go_with_the_certificate()
    {
        using var former = _bench.Root.IssueLeaf(Name);
        using var leaf = _bench.Root.IssueLeaf(Name);
        _bench.Simulator.AddGroupDomain("group-1", Name, former.FullChainPem, former.KeyPem);
        var clients = TestCertificates.Root("Clients").Pem;
        var settings = new JsonObject { ["group"] = "group-1", ["domains"] = new JsonArray(Name), ["clientCa"] = clients };

        await _bench.DeployAsync("alibaba-apigateway", settings, leaf);

        var sent = Assert.Single(_bench.Simulator.Requests, static request => request.Header("x-acs-action") == "SetDomainCertificate");
        Assert.Equal(clients, sent.Query.Concat(sent.Form).Single(static one => one.Key == "CaCertificateBody").Value);
    }

    [Fact]
    public void Only_authorities_are_taken_as_those_of_clients()
    {
        using var leaf = _bench.Root.IssueLeaf(Name);
        Assert.Contains("no certificate in PEM", Refusal("authority"), StringComparison.Ordinal);
        Assert.Contains("which is no authority", Refusal(leaf.Pem), StringComparison.Ordinal);
        Assert.Contains("a private key", Refusal(leaf.KeyPem), StringComparison.Ordinal);
        Assert.Contains("something else", Refusal(leaf.Pem.Replace("CERTIFICATE", "CERTIFICATE REQUEST", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), StringComparison.Ordinal);

        static string Refusal(string clientCa)
        {
            var settings = new JsonObject { ["account"] = "prod", ["group"] = "group-1", ["domains"] = new JsonArray(Name), ["clientCa"] = clientCa };
            var fault = Assert.Single(DeployTargets.Find("alibaba-apigateway")!.Check(JsonSerializer.SerializeToElement(settings), null!));
            Assert.DoesNotContain("BEGIN", fault.Message, StringComparison.Ordinal);
            return fault.Message;
        }
    }

    [Fact]
    public async Task A_bucket_domain_that_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var (_, id) = _bench.Stored("former", Name);
        var (other, otherId) = _bench.Stored("somebody's", Name, "other.example.com");
        _bench.Simulator.AddBucketDomain("files", Name, id);
        using var leaf = _bench.Root.IssueLeaf(Name);
        using var bundle = leaf.ToBundle("shop");
        var settings = new JsonObject { ["bucket"] = "files", ["domains"] = new JsonArray(Name) };
        // Between the read and the write.
        _bench.Simulator.Rudeness.Add(new FaultRule("cas.UploadUserCertificate", Fault.Slow, 1, TimeSpan.FromSeconds(5)));

        var deploying = _bench.MoveAsync("alibaba-oss", settings, bundle);
        while (_bench.Simulator.Requests.All(static request => request.Header("x-acs-action") != "UploadUserCertificate"))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        _bench.Simulator.Rebind(Name, otherId);
        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        var outcome = Assert.Single(Assert.IsType<DeployResult.Bound>(await deploying).Outcomes);

        Assert.Equal((false, "cloud.conflict"), (outcome.Succeeded, outcome.Code));
        Assert.Equal(other.Fingerprint, await _bench.EdgeAsync(Name));
    }

    [Fact]
    public async Task A_bucket_domain_behind_a_cdn_is_sent_to_the_cdn()
    {
        var (_, id) = _bench.Stored("former", Name);
        _bench.Simulator.AddCdnDomain(Name, id);
        _bench.Simulator.AddBucketDomain("files", Name, id);
        using var leaf = _bench.Root.IssueLeaf(Name);
        var settings = new JsonObject { ["bucket"] = "files", ["domains"] = new JsonArray(Name) };

        using var reading = await _bench.ReadAsync("alibaba-oss", settings);

        Assert.Equal("target.behind-cdn", Assert.Single(reading.Refusals).Code);
        Assert.Contains("alibaba-cdn", reading.Refusals[0].Message, StringComparison.Ordinal);
        Assert.Equal("target.behind-cdn", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-oss", settings, leaf))).Code);
    }

    [Fact]
    public async Task An_interrupting_way_is_shown_in_the_plan_and_taken_only_when_it_is_allowed_and_needed()
    {
        var (former, id) = _bench.Stored("former", Name);
        _bench.Simulator.AddEasDomain("gw-1", Name, id);
        _bench.Simulator.AttachReplaces = false;
        using var leaf = _bench.Root.IssueLeaf(Name);
        var careful = new JsonObject { ["gateway"] = "gw-1", ["domain"] = Name };
        var bold = new JsonObject { ["gateway"] = "gw-1", ["domain"] = Name, ["interrupt"] = true };

        var refused = Assert.Single(await _bench.DeployAsync("alibaba-eas", careful, leaf));
        Assert.Equal((former.Fingerprint, "cloud.conflict"), ((await _bench.EdgeAsync(Name))!.Value, refused.Code));
        var plan = await _bench.PlanAsync("alibaba-eas", bold, leaf);
        var outcome = Assert.Single(await _bench.DeployAsync("alibaba-eas", bold, leaf));

        Assert.Contains(plan, static call => call.Action == "eas.DetachGatewayDomain" && call.What.Contains("INTERRUPTED", StringComparison.Ordinal));
        Assert.True(outcome.Succeeded, outcome.Message);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Name));
        _bench.Simulator.AttachReplaces = true;
        using var next = _bench.Root.IssueLeaf(Name);
        var detached = _bench.Writes.Count(static action => action == "eas.DetachGatewayDomain");
        await _bench.DeployAsync("alibaba-eas", bold, next);
        Assert.Equal(detached, _bench.Writes.Count(static action => action == "eas.DetachGatewayDomain"));
    }

    // Members may change their places, values may not change a byte.
    /// <summary>The members that nobody here knows went back in the very bytes in which they came.</summary>
    private void AssertSentAsRead()
    {
        var sent = Encoding.UTF8.GetString(_bench.Simulator.Requests.Last(static request => request.Method == "PUT").Body);
        Assert.All(JsonNode.Parse(Unknown)!.AsObject(), one => Assert.Contains($"\"{one.Key}\":{one.Value!.ToJsonString()}", sent, StringComparison.Ordinal));
        Assert.Contains("0.50", sent, StringComparison.Ordinal);
        Assert.Contains("[1e3,null,", sent, StringComparison.Ordinal);
    }

    private static List<string> Sorted(string json) => [.. JsonNode.Parse(json)!.AsObject().Select(static one => $"{one.Key}:{one.Value?.ToJsonString()}").Order(StringComparer.Ordinal)];
}
