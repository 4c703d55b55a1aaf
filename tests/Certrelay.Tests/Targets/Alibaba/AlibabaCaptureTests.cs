using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Simulators;
using Certrelay.Simulators.Alibaba;
using Certrelay.Targets.Alibaba;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>What the targets send for the recorded actions is what the vendor's client sent: host, method, path, version, parameters and their place.</summary>
public sealed class AlibabaCaptureTests : IAsyncLifetime
{
    private const string Domain = "www.example.com";
    private const long Number = 12345678;

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    private AlibabaBench _bench = null!;
    private CertificateBundle _recorded = null!;
    private string _former = null!;

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "alibaba-*.json").Select(static path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        _bench = await AlibabaBench.StartAsync(new DateTimeOffset(2026, 11, 22, 8, 30, 45, TimeSpan.Zero));
        var input = Read("alibaba-cas-UploadUserCertificate")["input"]!;
        var blocks = PemReader.Read(Encoding.ASCII.GetBytes(Text(input, "Cert"))).ToList();
        var key = PemReader.Read(Encoding.ASCII.GetBytes(Text(input, "Key"))).Single();
        _recorded = new CertificateBundle("www", blocks[0].Bytes, [.. blocks.Skip(1).Select(static block => block.Bytes)], key.Bytes.ToArray());
        var (_, id) = _bench.Stored("before", Domain, "example.com");
        _bench.Simulator.RemoveCertificate(id);
        using var former = _bench.Root.IssueLeaf(Domain, "example.com", "api.example.com");
        _former = _bench.Simulator.AddCertificate(former.FullChainPem, former.KeyPem, "before", number: 87654321);
    }

    public async Task DisposeAsync()
    {
        _recorded.Dispose();
        await _bench.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_simulators_gateway_takes_the_recorded_signature_and_none_that_differs(string name)
    {
        var capture = Read(name);
        await using var simulator = await AlibabaSimulator.StartAsync(new ManualTime(capture["clock"]!.GetValue<DateTimeOffset>()));
        var keys = capture["credentials"]!;
        simulator.Allow(new AlibabaCredentials(Text(keys, "accessKeyId"), Text(keys, "accessKeySecret"), (string?)keys["securityToken"]));

        var good = await AlibabaReplay.SendAsync(simulator, capture);
        var bad = await AlibabaReplay.SendAsync(simulator, capture, static value => value[..^1] + (value[^1] == '0' ? '1' : '0'));

        Assert.DoesNotContain("Signature", good, StringComparison.Ordinal);
        Assert.DoesNotContain("AccessKey", good, StringComparison.Ordinal);
        Assert.Contains("SignatureDoesNotMatch", bad, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidDigest", good, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_is_as_recorded_but_for_the_name()
    {
        _bench.Simulator.AddCdnDomain(Domain, _former);

        await MoveAsync("alibaba-cdn", new() { ["domains"] = new JsonArray(Domain) });

        AssertRecorded("alibaba-cas-UploadUserCertificate", "Name", "ResourceGroupId");
        AssertRecorded("alibaba-cas-ListUserCertificateOrder");
        AssertRecorded("alibaba-cdn-DescribeDomainCertificateInfo");
        Assert.Equal($"certrelay-www-{_recorded.Fingerprint.Prefix}", Sent("UploadUserCertificate")[0].Query.Single(static one => one.Key == "Name").Value);
    }

    [Fact]
    public async Task Edge_products_are_called_as_recorded()
    {
        AddRecorded();
        _bench.Simulator.AddCdnDomain(Domain, _former);

        await MoveAsync("alibaba-cdn", new() { ["domains"] = new JsonArray(Domain) });

        AssertRecorded("alibaba-cdn-SetCdnDomainSSLCertificate");
        AssertRecorded("alibaba-cas-GetUserCertificateDetail");
    }

    [Fact]
    public async Task Edge_products_recorded_with_a_key_are_called_as_recorded_with_the_stores_certificate_in_its_place()
    {
        var (former, id) = _bench.Stored("former", "*.example.com");
        using var leaf = _bench.Root.IssueLeaf("*.example.com");
        _bench.Simulator.AddDcdnDomain(".example.com", id);
        _bench.Simulator.AddLiveDomain("live.example.com", id);

        await _bench.DeployAsync("alibaba-dcdn", new() { ["domains"] = new JsonArray("*.example.com") }, leaf);
        await _bench.DeployAsync("alibaba-live", new() { ["domains"] = new JsonArray("live.example.com") }, leaf);

        string[] material = ["CertType", "CertName", "CertId", "CertRegion", "SSLPub", "SSLPri"];
        AssertRecorded("alibaba-dcdn-SetDcdnDomainSSLCertificate", material);
        AssertRecorded("alibaba-live-SetLiveDomainCertificate", material);
        string[] MaterialOf(string action) => [.. Sent(action)[0].Query.Where(one => material.Contains(one.Key)).Select(static one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal)];
        var own = _bench.Simulator.Certificates[^1].Split('-', 2);
        Assert.Equal([$"CertId={own[0]}", $"CertRegion={own[1]}", "CertType=cas"], MaterialOf("SetDcdnDomainSSLCertificate"));
        Assert.Equal([$"CertName=certrelay-shop-{leaf.Fingerprint.Prefix}", "CertType=cas"], MaterialOf("SetLiveDomainCertificate"));
        former.Dispose();
    }

    [Fact]
    public async Task Jobs_of_listeners_are_asked_for_as_recorded()
    {
        AddRecorded();
        _bench.Simulator.AddListener("ALB", "lsn-1", _former);
        _bench.Simulator.AddListener("NLB", "lsn-2", _former);
        _bench.Simulator.Doom("lsn-1", "SystemBusy");
        _bench.Simulator.Doom("lsn-2", "SystemBusy");
        using var leaf = _bench.Root.IssueLeaf(Domain);

        await _bench.DeployAsync("alibaba-alb", new() { ["listeners"] = new JsonArray("lsn-1") }, leaf);
        await _bench.DeployAsync("alibaba-nlb", new() { ["listeners"] = new JsonArray("lsn-2") }, leaf);

        AssertRecorded("alibaba-alb-ListAsynJobs", "JobIds.1");
        AssertRecorded("alibaba-nlb-GetJobStatus", "JobId");
        Assert.True(Guid.TryParse(Assert.Single(Sent("ListAsynJobs")[0].Query, static one => one.Key == "JobIds.1").Value, out _));
        Assert.True(Guid.TryParse(Assert.Single(Sent("GetJobStatus")[0].Query, static one => one.Key == "JobId").Value, out _));
    }

    [Fact]
    public async Task A_pair_is_set_as_recorded()
    {
        using var authority = new Sm2Authority();
        authority.Issue("sign", "sm2", "digitalSignature", Domain);
        authority.Issue("enc", "sm2", "keyEncipherment", Domain);
        _bench.Simulator.AddCdnDomain(Domain, _former);
        _bench.Simulator.AddPair(authority["sign.pem"], authority["sign.key"], authority["enc.pem"], authority["enc.key"], "there already", Number);
        using var bundle = new CertificateBundle("www", authority.Der("sign.pem"), [], [], new EncryptionLeaf(authority.Der("enc.pem"), []));
        _bench.IsSm2 = true;

        await _bench.WithAsync("alibaba-cdn", new() { ["domains"] = new JsonArray(Domain) }, target => target.DeployAsync(bundle, null, default));

        AssertRecorded("alibaba-cdn-SetCdnDomainSMCertificate");
    }

    [Fact]
    public async Task A_firewall_gets_its_listener_and_origin_in_the_recorded_form_with_the_pair_beside()
    {
        using var authority = new Sm2Authority();
        authority.Issue("sign", "sm2", "digitalSignature", Domain);
        authority.Issue("enc", "sm2", "keyEncipherment", Domain);
        AddRecorded();
        _bench.Simulator.AddWafDomain(Domain, $"{Number}-cn-hangzhou", new Dictionary<string, string> { ["TLSVersion"] = "tlsv1.2", ["EnableTLSv3"] = "true" });
        _bench.Simulator.SetWafDomain(Domain, [], new JsonObject { ["Loadbalance"] = "iphash", ["BackendList"] = new JsonArray("192.0.2.10") });
        _bench.Simulator.AddPair(authority["sign.pem"], authority["sign.key"], authority["enc.pem"], authority["enc.key"], "pair");
        using var bundle = new CertificateBundle("www", authority.Der("sign.pem"), [], [], new EncryptionLeaf(authority.Der("enc.pem"), []));
        _bench.IsSm2 = true;

        await _bench.WithAsync("alibaba-waf", new() { ["domains"] = new JsonArray(Domain) }, target => target.DeployAsync(bundle, null, default));

        AssertRecorded("alibaba-waf-ModifyDomain", "Listen", "Redirect");
        var (recorded, sent) = (Read("alibaba-waf-ModifyDomain")["input"]!["query"]!, Sent("ModifyDomain")[0].Query.ToDictionary());
        Assert.Equal(Canonical(JsonNode.Parse(Text(recorded, "Listen"))!, []), Canonical(JsonNode.Parse(sent["Listen"])!, ["SM2Enabled", "SM2CertId", "SM2AccessOnly", "CustomCiphers"]));
        Assert.Equal(Canonical(JsonNode.Parse(Text(recorded, "Redirect"))!, []), Canonical(JsonNode.Parse(sent["Redirect"])!, ["BackupBackends"]));
        Assert.Contains("\"SM2AccessOnly\":false", sent["Listen"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sites_and_firewalls_are_called_as_recorded()
    {
        AddRecorded();
        _bench.Simulator.AddWafDomain(Domain, _former);
        _bench.Simulator.AddEsaSite("example.com", Domain, _former);

        await MoveAsync("alibaba-waf", new() { ["domains"] = new JsonArray(Domain) });
        await MoveAsync("alibaba-esa", new() { ["site"] = "example.com" }, Domain, "example.com", "api.example.com");

        AssertRecorded("alibaba-waf-ModifyDomainCert");
        AssertRecorded("alibaba-esa-SetCertificate", "Id");
    }

    [Fact]
    public async Task Listeners_are_called_as_recorded()
    {
        AddRecorded();
        _bench.Simulator.AddListener("ALB", "lsn-bp1bpn0kn908w4nbw1", _former);
        _bench.Simulator.AddListener("NLB", "lsn-bp1bpn0kn908w4nbw1@443", _former);
        _bench.Simulator.AddAccelerated("lsn-bp1bpn0kn908w4nbw2", _former);

        await MoveAsync("alibaba-alb", new() { ["listeners"] = new JsonArray("lsn-bp1bpn0kn908w4nbw1") });
        await MoveAsync("alibaba-nlb", new() { ["listeners"] = new JsonArray("lsn-bp1bpn0kn908w4nbw1@443") });
        await MoveAsync("alibaba-ga", new() { ["accelerator"] = "ga-1", ["listener"] = "lsn-bp1bpn0kn908w4nbw2" });

        AssertRecorded("alibaba-alb-ListListenerCertificates");
        AssertRecorded("alibaba-alb-UpdateListenerAttribute");
        AssertRecorded("alibaba-nlb-UpdateListenerAttribute");
        AssertRecorded("alibaba-ga-UpdateListener");
    }

    [Fact]
    public async Task Balancers_with_a_store_of_their_own_are_called_as_recorded_and_get_no_key()
    {
        AddRecorded();
        _bench.Simulator.AddClbListener("cn-hangzhou", "lb-bp1b6c719dfa08ex1", 443, _former);

        await MoveAsync("alibaba-clb", new() { ["loadBalancer"] = "lb-bp1b6c719dfa08ex1" });

        AssertRecorded("alibaba-slb-SetLoadBalancerHTTPSListenerAttribute", "ServerCertificateId");
        // Recorded with a key; ours names the certificate of the account's store instead.
        AssertRecorded(
            "alibaba-slb-UploadServerCertificate", "ServerCertificateName", "ServerCertificate", "PrivateKey", "AliCloudCertificateId", "AliCloudCertificateName", "AliCloudCertificateRegionId");
    }

    [Fact]
    public async Task Gateways_are_called_as_recorded()
    {
        AddRecorded();
        var (_, other) = _bench.Stored("other", "other.example.org");
        _bench.Simulator.AddGatewayDomain("gw-2a99625886d54722be94d92e9a691111", Domain, _former);
        _bench.Simulator.AddIngress("cn-hangzhou", 87, "alb", Domain, _former, other);

        await MoveAsync("alibaba-mse", new() { ["gateway"] = "gw-2a99625886d54722be94d92e9a691111", ["domains"] = new JsonArray(Domain) });
        await MoveAsync("alibaba-sae-alb", new() { ["ingress"] = 87 }, Domain, "example.com", "api.example.com");

        AssertRecorded("alibaba-mse-ListGatewayDomain");
        AssertRecorded("alibaba-sae-UpdateIngress", "CertIds");
        Assert.Equal($"12345678-cn-hangzhou,{other}", Sent("UpdateIngress")[0].Query.Single(static one => one.Key == "CertIds").Value);
    }

    [Fact]
    public async Task Protected_domains_functions_groups_and_buckets_are_called_as_recorded()
    {
        AddRecorded();
        using var former = _bench.Root.IssueLeaf(Domain, "api.example.com", "*.example.com");
        _bench.Simulator.AddDdosDomain(Domain, _former);
        _bench.Simulator.AddFunctionDomain("fc", Domain, former.FullChainPem, former.KeyPem);
        _bench.Simulator.AddFunctionDomain("fc", "*.example.com", former.FullChainPem, former.KeyPem);
        _bench.Simulator.AddGroupDomain("927d50c0f2e54b359919923d908bb015", "api.example.com", former.FullChainPem, former.KeyPem);

        await MoveAsync("alibaba-ddos", new() { ["domains"] = new JsonArray(Domain) });
        await MoveAsync("alibaba-fc", new() { ["domains"] = new JsonArray(Domain, "*.example.com") });
        await MoveAsync("alibaba-apigateway", new() { ["group"] = "927d50c0f2e54b359919923d908bb015", ["domains"] = new JsonArray("api.example.com") });

        AssertRecorded("alibaba-ddoscoo-AssociateWebCert");
        AssertRecorded("alibaba-fc-GetCustomDomain");
        AssertRecorded("alibaba-fc-GetCustomDomain-wildcard");
        AssertRecorded("alibaba-fc-UpdateCustomDomain", "certName", "SimulatedExtra");
        AssertRecorded("alibaba-cloudapi-SetDomainCertificate", "CertificateName");
    }

    [Fact]
    public async Task A_kubeconfig_is_asked_for_as_recorded_but_for_half_the_time()
    {
        const string Cluster = "c905d1364c2dd4b6284a3f41790c4e001";
        using var former = _bench.Root.IssueLeaf(Domain);
        var cluster = _bench.Simulator.AddCluster(Cluster);
        cluster.AddSecret("web", "shop-tls", former.FullChainPem, former.KeyPem);
        cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Domain], "shop-tls"));

        await _bench.ReadAsync("alibaba-ack-ingress", new() { ["cluster"] = Cluster, ["namespace"] = "web", ["ingress"] = "shop", ["host"] = Domain });

        AssertRecorded("alibaba-cs-DescribeClusterUserKubeconfig", "TemporaryDurationMinutes");
        Assert.Equal("15", Sent("DescribeClusterUserKubeconfig")[0].Query.Single(static one => one.Key == "TemporaryDurationMinutes").Value);
    }

    [Fact]
    public async Task A_bucket_is_read_as_recorded_and_written_in_the_recorded_form_with_an_id_in_place_of_the_key()
    {
        AddRecorded();
        _bench.Simulator.AddBucketDomain("example-bucket", Domain, _former);

        await MoveAsync("alibaba-oss", new() { ["bucket"] = "example-bucket", ["domains"] = new JsonArray(Domain) });

        var capture = Read("alibaba-oss-PutCname-v4");
        var (list, put) = (_bench.Simulator.Requests.First(static request => request is { Method: "GET", RawPath: "/" }), _bench.Simulator.Requests.Single(static request => request is { Method: "POST", RawQuery: "cname=&comp=add" }));
        Assert.Equal(Text(Read("alibaba-oss-ListCname-v4"), "query"), list.RawQuery);
        Assert.Equal((Text(capture, "query"), "application/xml"), (put.RawQuery, put.Header("content-type")));
        Assert.Equal(
            $"""<?xml version="1.0" encoding="UTF-8"?><BucketCnameConfiguration><Cname><Domain>{Domain}</Domain><CertificateConfiguration><CertId>12345678-cn-hangzhou</CertId><PreviousCertId>{_former}</PreviousCertId></CertificateConfiguration></Cname></BucketCnameConfiguration>""",
            Encoding.UTF8.GetString(put.Body));
    }

    [Fact]
    public async Task Jobs_are_made_started_and_followed_as_recorded()
    {
        AddRecorded();
        _bench.Simulator.AddJobDomain("webHosting", Domain, _former);
        JsonObject settings = new() { ["domains"] = new JsonArray(Domain) };

        var made = Assert.IsType<Certrelay.Targets.DeployResult.Pending>(await _bench.MoveAsync("alibaba-webhosting", settings, _recorded));
        await _bench.MoveAsync("alibaba-webhosting", settings, _recorded, made.Job);

        AssertRecorded("alibaba-cas-CreateDeploymentJob", "Name", "ResourceIds", "ContactIds");
        AssertRecorded("alibaba-cas-UpdateDeploymentJobStatus");
        AssertRecorded("alibaba-cas-DescribeDeploymentJob");
    }

    [Fact]
    public async Task A_deletion_is_as_recorded()
    {
        AddRecorded();

        Assert.True(await _bench.WithSessionAsync("alibaba-cdn", static session => new CasStore(new AlibabaApi(session)).RemoveAsync("12345678 12345678-cn-hangzhou x", default)));

        AssertRecorded("alibaba-cas-DeleteUserCertificate");
    }

    [Fact]
    public async Task A_session_token_goes_where_it_was_recorded()
    {
        var capture = Read("alibaba-cdn-DescribeDomainCertificateInfo-sts");
        var keys = capture["credentials"]!;
        var credentials = new AlibabaCredentials("STS.EXAMPLEEXAMPLE000000", "EXAMPLEstsSecretNOTREAL0000001", Text(keys, "securityToken"));
        await using var bench = await AlibabaBench.StartAsync(_bench.Time.GetUtcNow(), credentials);
        bench.Simulator.AddCdnDomain(Domain, null);

        await bench.ReadAsync("alibaba-cdn", new() { ["domains"] = new JsonArray(Domain) });

        var request = Assert.Single(bench.Simulator.Requests);
        Assert.Equal((credentials.SecurityToken, credentials.AccessKeyId), (request.Header("x-acs-security-token"), request.Header("x-acs-accesskey-id")));
        AssertSame(capture, request);
    }

    [Fact]
    public void Hosts_are_the_recorded_ones()
    {
        foreach (var capture in Directory.GetFiles(Folder, "alibaba-*.json").Select(static path => JsonNode.Parse(File.ReadAllBytes(path))!))
        {
            if (Text(capture, "product") is var product && product is "oss")
                continue;
            var word = product switch { "cloudapi" => "apigateway", "fc" when Text(capture, "path").StartsWith("/2021", StringComparison.Ordinal) => "fc2", _ => product };
            Assert.Equal(Text(capture, "host"), AlibabaService.Of(word).Host("china", "cn-hangzhou"));
        }

        Assert.Equal("cas.ap-southeast-1.aliyuncs.com", AlibabaService.Of("cas").Host("international", null));
    }

    private void AddRecorded()
    {
        var input = Read("alibaba-cas-UploadUserCertificate")["input"]!;
        _bench.Simulator.AddCertificate(Text(input, "Cert"), Text(input, "Key"), "there already", number: Number);
    }

    private async Task MoveAsync(string kind, JsonObject settings, params string[] names)
    {
        (await _bench.ReadAsync(kind, settings, names)).Dispose();
        await _bench.WithAsync(kind, settings, target => target.DeployAsync(_recorded, null, default), null, names);
    }

    private static JsonObject Read(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!.AsObject();

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private List<SimulatorRequest> Sent(string action) => [.. _bench.Simulator.Requests.Where(request => request.Header("x-acs-action") == action)];

    private void AssertRecorded(string name, params string[] but)
    {
        var capture = Read(name);
        var sent = Sent(Text(capture, "action"));
        Assert.NotEmpty(sent);
        Assert.Contains(sent, request => Parts(capture, but).SequenceEqual(Parts(request, but)));
    }

    private static void AssertSame(JsonNode capture, SimulatorRequest request) => Assert.Equal(Parts(capture), Parts(request));

    // Everything that has a meaning, in an order of its own; tokens that make a call unique are not among it.
    private static List<string> Parts(JsonNode capture, params string[] but)
    {
        var headers = capture["headers"]!.AsArray().Select(static header => KeyValuePair.Create(Text(header!, "name"), Text(header!, "value"))).ToList();
        return Parts(new SimulatorRequest(
            Text(capture, "method"), Text(capture, "path") + (Text(capture, "query") is { Length: > 0 } query ? $"?{query}" : ""), headers, Encoding.UTF8.GetBytes(Text(capture, "body"))), but);
    }

    private static List<string> Parts(SimulatorRequest request, params string[] but) =>
    [
        $"{request.Method} {request.RawPath} {request.Header("x-acs-version")} {request.Header("content-type")}",
        .. request.Query.Where(one => one.Key != "ClientToken" && !but.Contains(one.Key)).Select(static one => $"?{one.Key}={one.Value.Trim()}").Order(StringComparer.Ordinal),
        .. request.Header("content-type")?.StartsWith("application/json", StringComparison.Ordinal) == true
            ? (IEnumerable<string>)[Canonical(JsonNode.Parse(request.Body)!, but)]
            : request.Form.Where(one => one.Key != "ClientToken" && !but.Contains(one.Key)).Select(static one => $"&{one.Key}={one.Value.Trim()}").Order(StringComparer.Ordinal),
    ];

    private static string Canonical(JsonNode node, string[] but) => node switch
    {
        JsonObject map => $"{{{string.Join(',', map.Where(one => !but.Contains(one.Key)).OrderBy(static one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}:{Canonical(one.Value!, but)}"))}}}",
        JsonArray list => $"[{string.Join(',', list.Select(one => Canonical(one!, but)))}]",
        _ => node.ToString().Trim(),
    };
}
