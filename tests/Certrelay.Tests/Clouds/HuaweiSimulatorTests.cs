using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Huawei;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The simulated Huawei Cloud against recorded requests of the official client: what it must take, and what it must refuse.</summary>
public sealed class HuaweiSimulatorTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(HuaweiReplay.Read("huawei-scm-ImportCertificate").Clock);
    private readonly TestCertificate _leaf = TestCertificates.Leaf("www.example.com", "example.com");
    private readonly TestCertificate _other = TestCertificates.Leaf("api.example.com");
    private HuaweiSimulator _simulator = null!;
    private HuaweiCaller _caller = null!;

    public static TheoryData<string> Recorded => [.. HuaweiReplay.Names];

    /// <summary>Each required parameter of the actions that have any, by the path of its field in the body.</summary>
    public static TheoryData<string, string> Required => new()
    {
        { "huawei-scm-ImportCertificate", "name" },
        { "huawei-scm-ImportCertificate", "certificate" },
        { "huawei-scm-ImportCertificate", "private_key" },
        { "huawei-elb-CreateCertificate", "certificate" },
        { "huawei-elb-CreateCertificate", "certificate.certificate" },
        { "huawei-elb-CreateCertificate", "certificate.private_key" },
        { "huawei-elb-UpdateListener", "listener" },
        { "huawei-cdn-UpdateDomainMultiCertificates", "https" },
        { "huawei-cdn-UpdateDomainMultiCertificates", "https.domain_name" },
        { "huawei-cdn-UpdateDomainMultiCertificates", "https.https_switch" },
        { "huawei-cdn-UpdateDomainMultiCertificates", "https.cert_name" },
        { "huawei-cdn-UpdateDomainMultiCertificates", "https.scm_certificate_id" },
    };

    public Task InitializeAsync() => StartAsync(HuaweiOptions.Example);

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        await _simulator.DisposeAsync();
        _leaf.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Every_recorded_request_is_replayed() => Assert.Equal(12, HuaweiReplay.Names.Count());

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Recorded_request_is_taken_as_it_is(string name)
    {
        var replay = await WithResourcesAsync(name);

        var (status, body) = await replay.SendAsync(_simulator);

        Assert.True(status is 200 or 201, $"{status}: {body}");
        Assert.NotNull(body!["simulated_field"]);
        Assert.Null(Assert.Single(_simulator.Calls).Code);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Request_with_another_signature_is_refused(string name)
    {
        var replay = await WithResourcesAsync(name);

        var (status, body) = await replay.SendAsync(_simulator, "Authorization", static value => value[..^1] + (value[^1] == '0' ? '1' : '0'));

        Assert.Equal(401, status);
        Assert.Equal("APIGW.0301", body!["error_code"]!.GetValue<string>());
        Assert.Equal("APIGW.0301", Assert.Single(_simulator.Calls).Code);
    }

    [Theory]
    [InlineData("later", 16, 401)]
    [InlineData("earlier", -16, 401)]
    [InlineData("within the window", 14, 200)]
    public async Task Clock_that_is_far_off_is_refused(string description, int minutes, int expected)
    {
        var replay = await WithResourcesAsync("huawei-cdn-ListDomains", TimeSpan.FromMinutes(minutes));

        var (status, _) = await replay.SendAsync(_simulator);

        Assert.True(status == expected, description);
    }

    [Theory]
    [InlineData("another host", "host", "iam.example.com")]
    [InlineData("another account", "X-Domain-Id", "0")]
    [InlineData("a token that the key has not", "X-Security-Token", "t")]
    public async Task Changed_header_is_refused(string description, string header, string value)
    {
        var replay = await WithResourcesAsync(header == "X-Security-Token" ? "huawei-elb-ShowCertificate" : "huawei-cdn-ListDomains");

        var (status, _) = await replay.SendAsync(_simulator, header, _ => value);

        Assert.True(status == 401, description);
    }

    [Theory]
    [MemberData(nameof(Required))]
    public async Task Missing_parameter_is_refused(string name, string field)
    {
        var replay = await WithResourcesAsync(name);
        var body = replay.Body!;
        var parts = field.Split('.');
        var parent = parts[..^1].Aggregate(body, static (node, part) => node[part]!);
        parent.AsObject().Remove(parts[^1]);

        var (status, answer) = await _caller.CallAsync(replay.Method, replay.RawPath, body);

        Assert.Equal(400, status);
        Assert.Contains("is missing", answer!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_is_locked_after_six_failures_in_a_row_and_free_after_five_minutes()
    {
        using var wrong = new HuaweiCaller(_simulator, _time, HuaweiOptions.Example with { SecretKey = "EXAMPLEanotherKeyNotReal00000000000001" });
        for (var failure = 0; failure < 5; failure++)
            Assert.Equal(401, (await wrong.CallAsync("GET", "/v3/projects")).Status);
        Assert.Equal(200, (await _caller.CallAsync("GET", "/v3/projects")).Status);
        for (var failure = 0; failure < 6; failure++)
            Assert.Equal(401, (await wrong.CallAsync("GET", "/v3/projects")).Status);

        var (status, body) = await _caller.CallAsync("GET", "/v3/projects");
        Assert.Equal(401, status);
        Assert.Contains("failed to reach the limit", body!["error_msg"]!.GetValue<string>(), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await _caller.CallAsync("GET", "/v3/projects")).Status);
    }

    [Fact]
    public async Task Unknown_path_is_no_action()
    {
        var (status, body) = await _caller.CallAsync("GET", "/v9/nothing");

        Assert.Equal((404, "APIGW.0101"), (status, body!["error_code"]!.GetValue<string>()));
        Assert.Empty(_simulator.Calls);
    }

    [Fact]
    public async Task Throttling_and_server_errors_come_as_often_as_told()
    {
        _simulator.Rudeness.Add(new FaultRule("scm.ListCertificates", Fault.Throttle, 1, TimeSpan.Zero));
        _simulator.Rudeness.Add(new FaultRule("*", Fault.ServerError, 1, TimeSpan.Zero));

        var throttled = await _caller.CallAsync("GET", "/v3/scm/certificates");
        Assert.Equal((429, "APIGW.0308"), (throttled.Status, throttled.Body!["error_code"]!.GetValue<string>()));
        Assert.Equal((500, null), await _caller.CallAsync("GET", "/v3/scm/certificates"));
        Assert.Equal(200, (await _caller.CallAsync("GET", "/v3/scm/certificates")).Status);
    }

    [Fact]
    public async Task Store_refuses_a_twin_only_when_asked_and_never_deletes_what_is_bound()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        var import = Import();
        var id = (await _caller.CallAsync("POST", "/v3/scm/certificates/import", import)).Body!["certificate_id"]!.GetValue<string>();
        Assert.Equal(16, id.Length);

        import["duplicate_check"] = false;
        Assert.Equal(409, (await _caller.CallAsync("POST", "/v3/scm/certificates/import", import)).Status);
        import["duplicate_check"] = true;
        Assert.Equal(200, (await _caller.CallAsync("POST", "/v3/scm/certificates/import", import)).Status);

        Assert.Equal(204, (await BindAsync("www.example.com", id)).Status);
        Assert.Equal(409, (await _caller.CallAsync("DELETE", $"/v3/scm/certificates/{id}")).Status);
        var used = await _caller.CallAsync("POST", "/v3/scm/deployed-resources", Json("""{"certificate_ids":["ID"],"service_names":["ALL"]}""", id));
        Assert.Equal(1, used.Body!["results"]![0]!["total_num"]!.GetValue<int>());
    }

    [Fact]
    public async Task Domain_is_configuring_until_its_edge_serves_the_new_certificate()
    {
        _simulator.Cdn.AddDomain("www.example.com", _other.Pem, _other.KeyPem);
        _simulator.Cdn.SettlesAfter = TimeSpan.FromSeconds(30);
        var id = _simulator.Scm.Add("new", _leaf.Pem, null, _leaf.KeyPem);

        Assert.Equal(204, (await BindAsync("www.example.com", id)).Status);

        Assert.Equal("configuring", await StatusAsync());
        Assert.Equal(409, (await BindAsync("www.example.com", id)).Status);
        Assert.Equal(_other.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "www.example.com"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("online", await StatusAsync());
        Assert.Equal(_leaf.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "www.example.com"));

        async Task<string> StatusAsync() =>
            (await _caller.CallAsync("GET", "/v1.0/cdn/domains")).Body!["domains"]![0]!["domain_status"]!.GetValue<string>();
    }

    [Fact]
    public async Task Batch_resets_what_it_leaves_out_and_fails_with_status_200()
    {
        _simulator.Cdn.SettlesAfter = TimeSpan.Zero;
        _simulator.Cdn.AddDomain("www.example.com", _other.Pem, _other.KeyPem, http2: true, originProtocol: "follow", forceRedirect: true);
        _simulator.Cdn.AddDomain("example.com");
        _simulator.Cdn.Refused.Add("example.com");
        var id = _simulator.Scm.Add("new", _leaf.Pem, null, _leaf.KeyPem);
        var batch = Json("""
            {"https":{"domain_name":"www.example.com,example.com,other.test","https_switch":1,"cert_name":"new","certificate_type":2,"scm_certificate_id":"ID"}}
            """, id);

        var (status, body) = await _caller.CallAsync("PUT", "/v1.0/cdn/domains/config-https-info", batch);

        Assert.Equal(200, status);
        Assert.Equal(["success", "fail", "fail"], body!["result"]!.AsArray().Select(static item => item!["status"]!.GetValue<string>()));
        var configs = (await _caller.CallAsync("GET", "/v1.1/cdn/configuration/domains/www.example.com/configs")).Body!["configs"]!;
        Assert.Equal("http", configs["origin_protocol"]!.GetValue<string>());
        Assert.Equal("off", configs["force_redirect"]!["status"]!.GetValue<string>());
        Assert.Equal("off", configs["https"]!["http2_status"]!.GetValue<string>());

        for (var call = 1; call < 20; call++)
            Assert.Equal(200, (await _caller.CallAsync("PUT", "/v1.0/cdn/domains/config-https-info", batch)).Status);
        Assert.Equal(429, (await _caller.CallAsync("PUT", "/v1.0/cdn/domains/config-https-info", batch)).Status);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await _caller.CallAsync("PUT", "/v1.0/cdn/domains/config-https-info", batch)).Status);
    }

    [Fact]
    public async Task Listener_serves_by_name_and_refuses_overlapping_and_nameless_certificates()
    {
        var first = _simulator.ElbCertificates.Add("first", _other.Pem, _other.KeyPem);
        var named = _simulator.ElbCertificates.Add("named", _leaf.Pem, _leaf.KeyPem, "www.example.com");
        var twin = _simulator.ElbCertificates.Add("twin", _leaf.Pem, _leaf.KeyPem, "www.example.com");
        var listener = _simulator.ElbListeners.Add(first);
        var port = _simulator.ElbListeners.PortOf(listener);

        Assert.Equal(400, (await PutAsync([first])).Status);
        Assert.Equal(400, (await PutAsync([named, twin])).Status);
        Assert.Equal(404, (await PutAsync(["0"])).Status);
        Assert.Equal(200, (await PutAsync([named])).Status);

        Assert.Equal(_leaf.Fingerprint, await Handshake.LeafAsync(port, "www.example.com"));
        Assert.Equal(_other.Fingerprint, await Handshake.LeafAsync(port, "elsewhere.example.com"));
        Assert.Equal(409, (await _caller.CallAsync("DELETE", $"/v3/{HuaweiCaller.Project}/elb/certificates/{named}")).Status);
        Assert.Equal(204, (await _caller.CallAsync("DELETE", $"/v3/{HuaweiCaller.Project}/elb/certificates/{twin}")).Status);

        Task<(int Status, JsonNode? Body)> PutAsync(string[] refs) => _caller.CallAsync(
            "PUT", $"/v3/{HuaweiCaller.Project}/elb/listeners/{listener}",
            new JsonObject { ["listener"] = new JsonObject { ["sni_container_refs"] = new JsonArray([.. refs.Select(static one => JsonValue.Create(one))]) } });
    }

    [Fact]
    public async Task Certificate_replaced_in_place_is_served_under_its_old_id()
    {
        var id = _simulator.ElbCertificates.Add("first", _other.Pem, _other.KeyPem);
        var port = _simulator.ElbListeners.PortOf(_simulator.ElbListeners.Add(id));
        var update = new JsonObject { ["certificate"] = new JsonObject { ["certificate"] = _leaf.FullChainPem, ["private_key"] = _leaf.KeyPem } };

        var (status, body) = await _caller.CallAsync("PUT", $"/v3/{HuaweiCaller.Project}/elb/certificates/{id}", update);

        Assert.Equal((200, id), (status, body!["certificate"]!["id"]!.GetValue<string>()));
        Assert.NotNull(body["certificate"]!["private_key"]);
        Assert.Equal(_leaf.Fingerprint, await Handshake.LeafAsync(port, "www.example.com"));
    }

    [Fact]
    public async Task Firewall_takes_certificates_from_the_store_for_a_fee_and_its_own_for_none()
    {
        _simulator.Waf.SettlesAfter = TimeSpan.Zero;
        var host = _simulator.Waf.AddHost("www.example.com");
        var own = (await _caller.CallAsync("POST", $"/v1/{HuaweiCaller.Project}/waf/certificate", new JsonObject
        {
            ["name"] = "own",
            ["content"] = _other.FullChainPem,
            ["key"] = _other.KeyPem,
        })).Body!["id"]!.GetValue<string>();

        var applied = await _caller.CallAsync("POST", $"/v1/{HuaweiCaller.Project}/waf/certificate/{own}/apply-to-hosts", Json("""{"cloud_host_ids":["ID"]}""", host));
        Assert.Equal(host, applied.Body!["bind_host"]![0]!["id"]!.GetValue<string>());
        Assert.Equal(_other.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "www.example.com"));
        Assert.Equal(0, _simulator.PaidDeployments);

        var stored = _simulator.Scm.Add("stored", _leaf.Pem, null, _leaf.KeyPem);
        var deployed = await _caller.CallAsync("POST", $"/v3/scm/certificates/{stored}/deploy", Json(
            """{"service_name":"WAF","project_name":"cn-north-4","resources":[{"id":"ID","type":"cloud"},{"id":"none","type":"premium"}]}""", host));
        Assert.Equal("none", Assert.Single(deployed.Body!["failure_list"]!.AsArray())!["resource"]!.GetValue<string>());
        Assert.Equal(_leaf.Fingerprint, await Handshake.LeafAsync(_simulator.WafPort, "www.example.com"));
        Assert.Equal(1, _simulator.PaidDeployments);
    }

    private async Task StartAsync(HuaweiCredentials credentials, TimeProvider? time = null)
    {
        _simulator = await HuaweiSimulator.StartAsync(time ?? _time, new HuaweiOptions { Credentials = [credentials], WithResources = false });
        _caller = new HuaweiCaller(_simulator, _time, credentials);
    }

    /// <summary>The recording, with its clock (or one that is off), its credentials and all that it names in place.</summary>
    private async Task<HuaweiReplay> WithResourcesAsync(string name, TimeSpan off = default)
    {
        var replay = HuaweiReplay.Read(name);
        await _simulator.DisposeAsync();
        _caller.Dispose();
        await StartAsync(replay.Credentials, new ManualTime(replay.Clock + off));
        _simulator.Scm.Add("www.example.com", _leaf.Pem, null, _leaf.KeyPem, "scs1234567890123");
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("*.example.com");
        var one = _simulator.ElbCertificates.Add("one", _leaf.Pem, _leaf.KeyPem, "www.example.com", "233a325e5e3e4ce8beeb320aa714cc12");
        _simulator.ElbCertificates.Add("two", _other.Pem, _other.KeyPem, "api.example.com", "417a0976969f497db8cbb083bff343ba");
        _simulator.ElbListeners.Add(one, id: "0b11747a-b139-492f-9692-2df0b1c87193");
        return replay;
    }

    private Task<(int Status, JsonNode? Body)> BindAsync(string domain, string id) => _caller.CallAsync(
        "PUT", $"/v1.1/cdn/configuration/domains/{domain}/configs",
        Json("""{"configs":{"https":{"https_status":"on","certificate_source":2,"scm_certificate_id":"ID","certificate_name":"new"}}}""", id));

    private JsonObject Import() => new()
    {
        ["name"] = "new",
        ["certificate"] = _leaf.Pem,
        ["certificate_chain"] = _leaf.Issuer!.Pem,
        ["private_key"] = _leaf.KeyPem,
    };

    private static JsonNode Json(string text, string id) => JsonNode.Parse(text.Replace("ID", id, StringComparison.Ordinal))!;
}
