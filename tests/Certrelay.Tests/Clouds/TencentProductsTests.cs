using System.Text.Json.Nodes;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The products of the simulated vendor: what a change does, when it is served, and what is refused.</summary>
public sealed class TencentProductsTests : IAsyncLifetime
{
    private const string Region = "ap-guangzhou";

    private static readonly TencentCallOptions InRegion = new() { Region = Region };

    private readonly ManualTime _time = new(TestCertificates.Now);
    private readonly TestCertificate _root = TestCertificates.Root();
    private readonly TestCertificate _before;
    private readonly TestCertificate _after;
    private TencentSimulator _simulator = null!;
    private TencentCaller _caller = null!;

    public TencentProductsTests() => (_before, _after) = (_root.IssueLeaf("a.example.com", "b.example.com"), _root.IssueLeaf("a.example.com", "b.example.com"));

    public async Task InitializeAsync()
    {
        _simulator = await TencentSimulator.StartAsync(_time);
        _caller = new TencentCaller(_simulator.Endpoint, _time);
        _simulator.AddCertificate(_before.FullChainPem, _before.KeyPem, "before", "before01");
        _simulator.AddCertificate(_after.FullChainPem, _after.KeyPem, "after", "after001");
    }

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        await _simulator.DisposeAsync();
        _before.Dispose();
        _after.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Cdn_replaces_the_whole_of_https_and_serves_it_when_it_has_settled()
    {
        _simulator.AddCdnDomain("a.example.com", "before01", new() { ["OcspStapling"] = "on", ["Http2"] = "on" });
        JsonObject Change(string id) => new() { ["Domain"] = "a.example.com", ["Https"] = new JsonObject { ["Switch"] = "on", ["CertInfo"] = new JsonObject { ["CertId"] = id } } };
        Assert.Equal("on", (await DomainAsync())["Https"]!["OcspStapling"]!.GetValue<string>());

        Assert.Null(await _caller.CodeAsync("cdn.UpdateDomainConfig", Change("after001")));
        var during = await DomainAsync();
        Assert.Equal("ResourceInUse.CdnOpInProgress", await _caller.CodeAsync("cdn.UpdateDomainConfig", Change("after001")));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
        _time.Advance(_simulator.Pace.Settling);
        var after = await DomainAsync();

        Assert.Equal(("processing", "deploying"), (during["Status"]!.GetValue<string>(), during["Https"]!["SslStatus"]!.GetValue<string>()));
        Assert.Equal(("online", "deployed"), (after["Status"]!.GetValue<string>(), after["Https"]!["SslStatus"]!.GetValue<string>()));
        Assert.Equal("after001", after["Https"]!["CertInfo"]!["CertId"]!.GetValue<string>());
        Assert.False(after["Https"]!.AsObject().ContainsKey("OcspStapling"));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
        Assert.Null(await Handshake.LeafAsync(_simulator.EdgePort, "elsewhere.example.com"));
    }

    [Fact]
    public async Task Cdn_refuses_what_it_does_not_know_and_fails_what_it_shall()
    {
        _simulator.AddCdnDomain("a.example.com", "before01");
        _simulator.AddCdnDomain("b.example.com", "before01", upgraded: true);
        _simulator.AddCdnDomain("z.example.com", null);
        _simulator.Refuse("a.example.com");
        async Task<string?> CodeAsync(string domain, string id) => await _caller.CodeAsync("cdn.UpdateDomainConfig",
            new() { ["Domain"] = domain, ["Https"] = new JsonObject { ["Switch"] = "on", ["CertInfo"] = new JsonObject { ["CertId"] = id } } });

        Assert.Equal("ResourceNotFound.CdnHostNotExists", await CodeAsync("y.example.com", "after001"));
        Assert.Equal("FailedOperation.SslCertNotFound", await CodeAsync("a.example.com", "absent01"));
        Assert.Equal("OperationDenied.ProductUpgraded", await CodeAsync("b.example.com", "after001"));
        Assert.Equal("InvalidParameter.CdnCertNotMatch", await CodeAsync("z.example.com", "after001"));
        Assert.Null(await CodeAsync("a.example.com", "after001"));
        _time.Advance(_simulator.Pace.Settling);
        Assert.Equal("failed", (await DomainAsync())["Https"]!["SslStatus"]!.GetValue<string>());
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));

        var covered = await _caller.CallAsync("cdn.DescribeCertDomains", new() { ["CertId"] = "after001", ["Product"] = "cdn" });
        Assert.Equal(["a.example.com", "b.example.com"], covered["Domains"]!.AsArray().Select(static one => one!.GetValue<string>()));
    }

    [Fact]
    public async Task A_listener_without_sni_takes_its_certificate_itself_and_one_change_at_a_time()
    {
        var port = _simulator.AddListener(Region, "lb-1", "lbl-1", "before01", ["a.example.com"], clientAuthority: "clients1");
        var body = Listener("lbl-1", ("SSLMode", "MUTUAL"), ("CertId", "after001"), ("CertCaId", "clients1"));

        var task = (await _caller.CallAsync("clb.ModifyListener", body, InRegion))["RequestId"]!.GetValue<string>();

        Assert.Equal(2, await TaskAsync(task));
        Assert.Equal("FailedOperation.InvalidLBStatus", await _caller.CodeAsync("clb.ModifyListener", body.DeepClone().AsObject(), InRegion));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
        _time.Advance(_simulator.Pace.Settling);
        Assert.Equal(0, await TaskAsync(task));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(port, "other.example.com"));
        var read = (await ListenersAsync())[0]!["Certificate"]!;
        Assert.Equal(("MUTUAL", "clients1", "after001"), (read["SSLMode"]!.GetValue<string>(), read["CertCaId"]!.GetValue<string>(), read["CertId"]!.GetValue<string>()));

        // Who sends the id alone loses the client authority.
        await _caller.CallAsync("clb.ModifyListener", Listener("lbl-1", ("CertId", "after001")), InRegion);
        Assert.Null((await ListenersAsync())[0]!["Certificate"]!["CertCaId"]);
    }

    [Fact]
    public async Task A_listener_with_sni_takes_a_certificate_for_each_rule()
    {
        var port = _simulator.AddSniListener(Region, "lb-1", "lbl-2", ("a.example.com", "before01"), ("b.example.com", "before01"));
        JsonObject Rule(string domain)
        {
            var body = Listener("lbl-2", ("CertId", "after001"));
            body["Domain"] = domain;
            return body;
        }

        Assert.Equal("InvalidParameterValue", await _caller.CodeAsync("clb.ModifyListener", Listener("lbl-2", ("CertId", "after001")), InRegion));
        Assert.Equal("InvalidParameter.LocationNotFound", await _caller.CodeAsync("clb.ModifyDomainAttributes", Rule("c.example.com"), InRegion));
        Assert.Equal("InvalidParameter.LBIdNotFound", await _caller.CodeAsync("clb.ModifyDomainAttributes", Rule("b.example.com"), new() { Region = "ap-shanghai" }));
        Assert.Null(await _caller.CodeAsync("clb.ModifyDomainAttributes", Rule("b.example.com"), InRegion));
        _time.Advance(_simulator.Pace.Settling);

        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(port, "b.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "unknown.example.com"));
    }

    [Fact]
    public async Task A_refused_listener_is_told_by_its_task()
    {
        var port = _simulator.AddListener(Region, "lb-1", "lbl-1", "before01", ["a.example.com"]);
        _simulator.Refuse("lb-1|lbl-1");

        var task = (await _caller.CallAsync("clb.ModifyListener", Listener("lbl-1", ("CertId", "after001")), InRegion))["RequestId"]!.GetValue<string>();
        _time.Advance(_simulator.Pace.Settling);

        Assert.Equal(1, await TaskAsync(task));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(port, "a.example.com"));
    }

    [Fact]
    public async Task Waf_keeps_what_is_left_out_and_shows_a_key_that_it_was_given()
    {
        _simulator.AddWafDomain("a.example.com", "domain-1", "waf_1", Region, "before01", asOwn: true);
        JsonObject Named(string instance) => new() { ["Domain"] = "a.example.com", ["DomainId"] = "domain-1", [instance] = "waf_1" };
        var change = Named("InstanceID");
        (change["CertType"], change["SSLId"]) = (2, "after001");
        async Task<JsonNode> ReadAsync() => (await _caller.CallAsync("waf.DescribeDomainDetailsSaas", Named("InstanceId"), InRegion))["DomainsPartInfo"]!;

        var before = await ReadAsync();
        // The two actions spell the instance differently.
        Assert.Equal("MissingParameter", await _caller.CodeAsync("waf.DescribeDomainDetailsSaas", Named("InstanceID"), InRegion));
        Assert.Null(await _caller.CodeAsync("waf.ModifySpartaProtection", change, InRegion));
        Assert.Equal(-1, (await ReadAsync())["State"]!.GetValue<int>());
        _time.Advance(_simulator.Pace.Settling);
        var after = await ReadAsync();

        Assert.Equal((1, _before.KeyPem), (before["CertType"]!.GetValue<int>(), before["PrivateKey"]!.GetValue<string>()));
        Assert.Equal((2, "after001", ""), (after["CertType"]!.GetValue<int>(), after["SSLId"]!.GetValue<string>(), after["PrivateKey"]!.GetValue<string>()));
        Assert.Equal(1, after["IsHttp2"]!.GetValue<int>());
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
    }

    [Fact]
    public async Task Waf_before_a_load_balancer_holds_no_certificate_but_names_the_listener()
    {
        _simulator.AddWafClbDomain("a.example.com", "domain-2", "waf_1", ("lb-1", "lbl-1", Region));
        var found = (await _caller.CallAsync("waf.DescribeDomains", new()
        {
            ["Offset"] = 0,
            ["Limit"] = 10,
            ["Filters"] = new JsonArray(new JsonObject { ["Name"] = "Domain", ["Values"] = new JsonArray("a.example.com"), ["ExactMatch"] = true }),
        }, InRegion))["Domains"]![0]!;

        var host = await _caller.CallAsync("waf.DescribeHost",
            new() { ["Domain"] = "a.example.com", ["DomainId"] = found["DomainId"]!.DeepClone(), ["InstanceID"] = found["InstanceId"]!.DeepClone() }, InRegion);

        Assert.Equal("clb-waf", found["Edition"]!.GetValue<string>());
        var listener = host["Host"]!["LoadBalancerSet"]![0]!;
        Assert.Equal(("lb-1", "lbl-1"), (listener["LoadBalancerId"]!.GetValue<string>(), listener["ListenerId"]!.GetValue<string>()));
    }

    private async Task<JsonNode> DomainAsync() => (await _caller.CallAsync("cdn.DescribeDomainsConfig", new()
    {
        ["Filters"] = new JsonArray(new JsonObject { ["Name"] = "domain", ["Value"] = new JsonArray("a.example.com") }),
    }))["Domains"]![0]!;

    private async Task<JsonArray> ListenersAsync() => (await _caller.CallAsync("clb.DescribeListeners", new() { ["LoadBalancerId"] = "lb-1" }, InRegion))["Listeners"]!.AsArray();

    private async Task<int> TaskAsync(string id) => (await _caller.CallAsync("clb.DescribeTaskStatus", new() { ["TaskId"] = id }, InRegion))["Status"]!.GetValue<int>();

    private static JsonObject Listener(string id, params (string Name, string Value)[] certificate) => new()
    {
        ["LoadBalancerId"] = "lb-1",
        ["ListenerId"] = id,
        ["Certificate"] = new JsonObject(certificate.Select(static part => KeyValuePair.Create(part.Name, (JsonNode?)part.Value))),
    };
}
