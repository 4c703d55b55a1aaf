using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Watch.Discovery;

namespace Certrelay.Tests.Discovery;

public sealed class ProposalTests : IAsyncLifetime
{
    private DiscoveryBench _bench = null!;

    public async Task InitializeAsync() => _bench = await DiscoveryBench.StartAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task Hosts_that_share_a_certificate_are_grouped_and_nothing_is_stored()
    {
        using var leaf = _bench.Root.IssueLeaf("*.example.test");
        using var own = _bench.Root.IssueLeaf("mail.example.test");
        var (first, second, other) = (_bench.Serve(leaf).Port, _bench.Serve(leaf, "127.0.0.2").Port, _bench.Serve(own).Port);
        var before = await _bench.StoredAsync();

        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{first}", $"127.0.0.2:{second}", $"127.0.0.1:{other}", $"127.0.0.1:{first}" }, owner = "web", tags = new { env = "lab" } });

        Assert.Equal(before, await _bench.StoredAsync());
        var shared = Named(proposal, "certificates", "wildcard-example-test");
        Assert.Equal(
            ("new", leaf.Fingerprint.Hex, "web", "lab"),
            ((string?)shared["state"], (string?)shared["fingerprint"], (string?)shared["owner"], (string?)shared["tags"]!["env"]));
        Assert.Equal([$"127.0.0.1:{first}", $"127.0.0.2:{second}"], shared["endpoints"]!.AsArray().Select(static one => (string)one!));
        Assert.Equal(leaf.Pem.Trim(), ((string)shared["pem"]!).Trim());
        Assert.Equal([$"127.0.0.1:{other}"], Named(proposal, "certificates", "mail-example-test")["endpoints"]!.AsArray().Select(static one => (string)one!));
        var target = Named(proposal, "targets", $"127-0-0-2-{second}");
        Assert.Equal(("new", "wildcard-example-test", "web"), ((string?)target["state"], (string?)target["certificate"], (string?)target["owner"]));
        Assert.Equal(3, proposal["targets"]!.AsArray().Count);
        Assert.Contains("probe.name-address", target["findings"]!.AsArray().Select(static one => (string)one!));
        Assert.Empty(proposal["failures"]!.AsArray());
    }

    [Fact]
    public async Task A_list_as_csv_brings_owners_and_tags_of_each_host()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var (first, second) = (_bench.Serve(leaf).Port, _bench.Serve(leaf, "127.0.0.3").Port);

        var proposal = await _bench.DiscoverAsync(DiscoveryBench.Csv(
            $"\uFEFFhost,port,owner,env,\"cost, center\"\r\n127.0.0.1,{first},web team,prod,\"a \"\"b\"\"\"\r\n\r\n127.0.0.3:{second},,shop team,prod,\r\n"));

        var certificate = Named(proposal, "certificates", "shop-example-test");
        Assert.Null(certificate["owner"]);
        Assert.Equal("""{"env":"prod"}""", certificate["tags"]!.ToJsonString());
        var targets = proposal["targets"]!.AsArray();
        Assert.Equal(["web team", "shop team"], targets.Select(static target => (string)target!["owner"]!));
        Assert.Equal("a \"b\"", (string?)targets[0]!["tags"]!["cost, center"]);
    }

    [Fact]
    public async Task A_network_is_looked_through_and_its_silent_addresses_are_only_counted()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var port = _bench.Serve(leaf, "127.0.0.4").Port;

        var proposal = await _bench.DiscoverAsync(new { networks = new[] { "127.0.0.0/29" }, ports = new[] { port } });
        var asCsv = await _bench.DiscoverAsync(DiscoveryBench.Csv($"Host,Port\n127.0.0.4/31,{port}\n"));

        Assert.Equal("shop-example-test", (string?)Named(proposal, "targets", $"127-0-0-4-{port}")["certificate"]);
        Named(asCsv, "targets", $"127-0-0-4-{port}");
        // Another server of this host may have the same port at another address.
        foreach (var (answer, hosts) in new[] { (proposal, 6), (asCsv, 2) })
        {
            Assert.InRange((int)answer["silent"]!, 1, hosts - 1);
            Assert.Equal(hosts, (int)answer["silent"]! + answer["targets"]!.AsArray().Count + answer["failures"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task What_fails_is_told_by_its_code()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var silent = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var closed = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        closed.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var refused = ((System.Net.IPEndPoint)closed.LocalEndPoint!).Port;

        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{refused}", $"127.0.0.1:{silent}", "127.0.0.9:443", "169.254.169.254" }, timeoutSeconds = 1 });

        Assert.Equal(
            [$"127.0.0.1:{refused} probe.refused", $"127.0.0.1:{silent} probe.timeout", "127.0.0.9:443 probe.forbidden", "169.254.169.254:443 probe.forbidden"],
            proposal["failures"]!.AsArray().Select(static one => $"{one!["endpoint"]} {one["code"]}"));
        Assert.All(proposal["failures"]!.AsArray(), static one => Assert.NotEmpty((string)one!["remedy"]!));
        Assert.Empty(proposal["certificates"]!.AsArray());
    }

    [Fact]
    public async Task Header_fields_suggest_the_kind_of_target()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var port = await _bench.ServeWebAsync(leaf, "nginx/1.27.1");

        var target = Assert.Single((await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{port}" } }))["targets"]!.AsArray());

        Assert.Equal(("nginx/1.27.1", """["nginx"]"""), ((string?)target!["server"], target["suggestedKinds"]!.ToJsonString()));
    }

    [Fact]
    public async Task What_is_stored_is_recognised_and_a_certificate_with_its_key_is_never_followed()
    {
        using var known = _bench.Root.IssueLeaf("shop.example.test");
        using var foreign = _bench.Root.IssueLeaf("shop.example.test");
        var (port, other) = (_bench.Serve(known).Port, _bench.Serve(foreign).Port);
        Assert.Equal(201, (await _bench.Api.UploadAsync(known.FullChainPem + known.KeyPem, "?name=our-shop")).Status);
        using var second = _bench.Root.IssueLeaf("shop.example.test");
        Assert.Equal(201, (await _bench.Api.UploadAsync(second.FullChainPem + second.KeyPem)).Status);
        await _bench.Api.TargetAsync("web-1", "our-shop", new[] { new { host = "127.0.0.1", port } });

        var proposal = await _bench.DiscoverAsync(new { endpoints = new[] { $"127.0.0.1:{port}", $"127.0.0.1:{other}" } });

        Assert.Equal("known", (string?)Named(proposal, "certificates", "our-shop")["state"]);
        Assert.Equal("new", (string?)Named(proposal, "certificates", $"shop-example-test-{foreign.Fingerprint.Prefix}")["state"]);
        Assert.Equal(("known", "our-shop"), (((string?)Named(proposal, "targets", "web-1")["state"]), (string?)Named(proposal, "targets", "web-1")["certificate"]));
    }

    [Fact]
    public async Task Of_certificates_with_one_name_the_newest_gets_it()
    {
        using var old = _bench.Root.Issue(new TestCertificateOptions { Names = ["shop.example.test"], NotBefore = TestCertificates.NotBefore.AddDays(-10) });
        using var late = _bench.Root.IssueLeaf("shop.example.test");
        var ports = new[] { _bench.Serve(late).Port, _bench.Serve(old).Port };

        var proposal = await _bench.DiscoverAsync(new { endpoints = ports.Select(port => $"127.0.0.1:{port}") });

        Assert.Equal([$"shop-example-test-{old.Fingerprint.Prefix}", "shop-example-test"], proposal["certificates"]!.AsArray().Select(static one => (string)one!["name"]!));
    }

    [Fact]
    public async Task A_caller_held_to_names_does_not_hear_of_others()
    {
        using var leaf = _bench.Root.IssueLeaf("shop.example.test");
        var port = _bench.Serve(leaf).Port;
        await _bench.Api.UploadAsync(leaf.FullChainPem + leaf.KeyPem, "?name=hidden");

        var reply = await _bench.SendAsync(new { endpoints = new[] { $"127.0.0.1:{port}" } }, await _bench.Api.TokenAsync(Role.Operator, "shop-*", "127-*"));

        Assert.DoesNotContain("hidden", reply.Body, StringComparison.Ordinal);
        Assert.Equal("new", (string?)Named(reply.Json.AsObject(), "certificates", "shop-example-test")["state"]);
    }

    [Fact]
    public async Task What_there_was_no_time_for_is_named()
    {
        await using var bench = await DiscoveryBench.StartAsync(new DiscoverOptions { Networks = ["127.0.0.0/29"], LimitSeconds = 1 });
        using var leaf = bench.Root.IssueLeaf("shop.example.test");
        var site = bench.Serve(leaf);
        site.Hangs = true;
        var asked = $"https://127.0.0.1:{site.Port}/";

        var proposal = await bench.DiscoverAsync(new { endpoints = new[] { asked }, timeoutSeconds = 30 });

        Assert.Equal([asked], proposal["remaining"]!.AsArray().Select(static one => (string)one!));
    }

    internal static JsonObject Named(JsonObject proposal, string of, string name) =>
        Assert.Single(proposal[of]!.AsArray(), item => (string?)item!["name"] == name)!.AsObject();
}
