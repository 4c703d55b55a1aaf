using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Targets.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

/// <summary>What the targets send for the recorded actions is what the vendor's client sent: action, version, region, parameters and their place.</summary>
public sealed class TencentAdapterCaptureTests : IAsyncLifetime
{
    private const string Region = TencentBench.Region;

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    private TencentBench _bench = null!;
    private CertificateBundle _recorded = null!;
    private JsonNode _upload = null!;

    public async Task InitializeAsync()
    {
        _bench = await TencentBench.StartAsync(new DateTimeOffset(2026, 11, 22, 8, 30, 45, TimeSpan.Zero));
        _upload = Read("tencent-ssl-UploadCertificate")["input"]!;
        var blocks = PemReader.Read(System.Text.Encoding.ASCII.GetBytes(Text(_upload, "CertificatePublicKey"))).ToList();
        var key = PemReader.Read(System.Text.Encoding.ASCII.GetBytes(Text(_upload, "CertificatePrivateKey"))).Single();
        _recorded = new CertificateBundle("www", blocks[0].Bytes, [blocks[1].Bytes], key.Bytes.ToArray());
    }

    public async Task DisposeAsync()
    {
        _recorded.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task Upload_is_as_recorded_but_for_the_name()
    {
        _bench.Simulator.AddCdnDomain("www.example.com", null);
        await MoveAsync("tencent-cdn", new() { ["domains"] = new JsonArray("www.example.com") });

        var sent = Sent("ssl", "UploadCertificate", "2019-12-05", null);
        foreach (var name in (string[])["CertificatePublicKey", "CertificatePrivateKey"])
        {
            Assert.Equal(Text(_upload, name).Trim(), Text(sent, name).Trim());
            (sent[name], _upload[name]) = ("", "");
        }

        Assert.Equal($"certrelay-www-{_recorded.Fingerprint.Prefix}", Text(sent, "Alias"));
        sent["Alias"] = Text(_upload, "Alias");
        AssertSame(_upload, sent);
        AssertRecorded("tencent-ssl-DescribeCertificates", "ssl", "2019-12-05", null);
    }

    [Fact]
    public async Task Products_are_called_as_recorded()
    {
        using var root = TestCertificates.Root();
        using var before = root.IssueLeaf("www.example.com");
        var old = _bench.Simulator.AddCertificate(before.FullChainPem, before.KeyPem, "before");
        _bench.Simulator.AddCertificate(Text(_upload, "CertificatePublicKey"), Text(_upload, "CertificatePrivateKey"), "there already", "hVq1k2Xa");
        _bench.Simulator.AddCdnDomain("www.example.com", old, new() { ["Http2"] = "on" });
        _bench.Simulator.AddListener(Region, "lb-abcd1234", "lbl-efgh5678", old, ["www.example.com"]);
        _bench.Simulator.AddWafDomain("www.example.com", "waf-domain-0001", "waf_2kxtlbky00b2v1fn", Region, old);

        await MoveAsync("tencent-cdn", new() { ["domains"] = new JsonArray("www.example.com") });
        await MoveAsync("tencent-clb", new() { ["region"] = Region, ["loadBalancer"] = "lb-abcd1234", ["listener"] = "lbl-efgh5678" });
        await MoveAsync("tencent-waf", new() { ["domains"] = new JsonArray("www.example.com") });

        AssertRecorded("tencent-cdn-DescribeDomainsConfig", "cdn", "2018-06-06", null);
        AssertRecorded("tencent-cdn-UpdateDomainConfig", "cdn", "2018-06-06", null);
        AssertRecorded("tencent-clb-DescribeListeners", "clb", "2018-03-17", Region);
        AssertRecorded("tencent-clb-ModifyListener", "clb", "2018-03-17", Region);
        AssertRecorded("tencent-waf-ModifySpartaProtection", "waf", "2018-01-25", Region);
        AssertRecorded("tencent-ssl-DescribeCertificateDetail", "ssl", "2019-12-05", null);
    }

    [Fact]
    public async Task Jobs_are_made_and_read_as_recorded_but_past_the_stores_cache()
    {
        using var root = TestCertificates.Root();
        using var before = root.IssueLeaf("www.example.com");
        var old = _bench.Simulator.AddCertificate(before.FullChainPem, before.KeyPem, "before");
        _bench.Simulator.AddCertificate(Text(_upload, "CertificatePublicKey"), Text(_upload, "CertificatePrivateKey"), "there already", "hVq1k2Xa");
        _bench.Simulator.AddListener(Region, "lb-abcd1234", "lbl-efgh5678", old, ["www.example.com"]);
        _bench.Simulator.AddSniListener(Region, "lb-abcd1234", "lbl-ijkl9012", ("www.example.com", old));
        TencentInstance[] instances = [new("lb-abcd1234|lbl-efgh5678", "www.example.com"), new("lb-abcd1234|lbl-ijkl9012|www.example.com", "www.example.com")];

        await _bench.WithSessionAsync("tencent-edgeone", async session =>
        {
            var jobs = new TencentDeployment(new TencentApi(session), "clb", Region, instances);
            var started = Assert.IsType<Certrelay.Targets.DeployResult.Pending>(await jobs.DeployAsync(_recorded, null, default));
            return await jobs.DeployAsync(_recorded, started.Job, default);
        });

        var sent = Sent("ssl", "DeployCertificateInstance", "2019-12-05", Region);
        Assert.Equal(0, sent["IsCache"]!.GetValue<int>());
        sent.AsObject().Remove("IsCache");
        AssertSame(Read("tencent-ssl-DeployCertificateInstance")["input"]!, sent);
        AssertRecorded("tencent-ssl-DescribeHostDeployRecordDetail", "ssl", "2019-12-05", Region);
    }

    [Fact]
    public async Task Deletion_is_as_recorded()
    {
        using var root = TestCertificates.Root();
        using var before = root.IssueLeaf("www.example.com");
        _bench.Simulator.AddCertificate(before.FullChainPem, before.KeyPem, "certrelay-www-00000000", "oLdCeRt1");

        Assert.True(await _bench.WithSessionAsync("tencent-cdn", static session => new TencentCertificates(new TencentApi(session), "cdn").RemoveAsync("oLdCeRt1", default)));

        AssertRecorded("tencent-ssl-DeleteCertificate", "ssl", "2019-12-05", null);
    }

    [Fact]
    public async Task A_session_token_goes_where_it_was_recorded()
    {
        var capture = Read("tencent-ssl-DescribeCertificates-token");
        await using var bench = await TencentBench.StartAsync(new DateTimeOffset(2026, 11, 22, 8, 30, 45, TimeSpan.Zero), Text(capture["credentials"]!, "token"));

        await bench.WithSessionAsync("tencent-cdn", session => new TencentCertificates(new TencentApi(session), "cdn").IsOursAsync("hVq1k2Xa", default));

        var request = Assert.Single(bench.Simulator.Requests);
        Assert.Equal(Text(capture["credentials"]!, "token"), request.Header("X-TC-Token"));
        AssertSame(capture["input"]!, JsonNode.Parse(request.Body)!);
    }

    [Fact]
    public void Hosts_are_the_recorded_ones()
    {
        foreach (var capture in Directory.GetFiles(Folder, "tencent-*.json").Select(static path => JsonNode.Parse(File.ReadAllBytes(path))!))
            Assert.Equal(Text(capture, "host"), TencentApi.HostOf(Text(capture, "product"), "china"));
        Assert.Equal("ssl.intl.tencentcloudapi.com", TencentApi.HostOf("ssl", "international"));
    }

    private async Task MoveAsync(string kind, JsonObject settings)
    {
        (await _bench.ReadAsync(kind, settings)).Dispose();
        await _bench.WithAsync(kind, settings, target => target.DeployAsync(_recorded, null, default));
    }

    private static JsonObject Read(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!.AsObject();

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private void AssertRecorded(string name, string service, string version, string? region)
    {
        var expected = Read(name);
        Assert.Contains(All(service, Text(expected, "action"), version, region), body => JsonNode.DeepEquals(expected["input"], body));
    }

    private static void AssertSame(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{actual.ToJsonString()} is not {expected.ToJsonString()}");

    private JsonNode Sent(string service, string action, string version, string? region) => Assert.Single(All(service, action, version, region));

    // The bodies of all requests of an action, whose place, version and region are what they shall be.
    private List<JsonNode> All(string service, string action, string version, string? region)
    {
        var found = _bench.Simulator.Requests.Where(request => request.Header("X-TC-Action") == action).ToList();
        Assert.All(found, request =>
        {
            Assert.Equal(("POST", "/", version, region), (request.Method, request.Target, request.Header("X-TC-Version"), request.Header("X-TC-Region")));
            Assert.Contains($"/{service}/tc3_request", request.Header("Authorization"), StringComparison.Ordinal);
        });
        return [.. found.Select(static request => JsonNode.Parse(request.Body)!)];
    }
}
