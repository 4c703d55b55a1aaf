using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Targets.Huawei;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

/// <summary>
/// What the adapters send against what the vendor's official client sent for the same: host, method, path, query and body. Of the recorded actions two are
/// not called by any adapter: the store's export, which gives private keys away, and CDN's batch call, which resets what it leaves out.
/// </summary>
public sealed class HuaweiRequestTests : IAsyncLifetime
{
    private const string Project = "0123456789abcdef0123456789abcdef";
    private const string Listener = "0b11747a-b139-492f-9692-2df0b1c87193";
    private const string New = "233a325e5e3e4ce8beeb320aa714cc12";
    private const string Kept = "417a0976969f497db8cbb083bff343ba";

    private readonly ConcurrentQueue<SimulatorRequest> _requests = [];
    private readonly TestCertificate _leaf = TestCertificates.Leaf("api.example.com");
    private SimulatorServer _server = null!;
    private HuaweiBench _bench = null!;

    /// <summary>Answers as the vendor documents, one by one, with the ids of the recordings.</summary>
    private Dictionary<string, string> Answers { get; } = new(StringComparer.Ordinal)
    {
        ["GET /v3/projects"] = $$"""{"projects":[{"id":"{{Project}}","name":"cn-north-4"}]}""",
        ["GET /v3/auth/domains"] = """{"domains":[{"id":"fedcba9876543210fedcba9876543210"}]}""",
        ["GET /v3/scm/certificates"] = """{"certificates":[],"total_count":0}""",
        ["POST /v3/scm/certificates/import"] = """{"certificate_id":"scs1234567890123"}""",
        ["GET /v3/scm/certificates/scs1234567890123"] = """{"id":"scs1234567890123","status":"UPLOAD","fingerprint":"00"}""",
        ["GET /v1.1/cdn/configuration/domains/www.example.com/configs"] = """{"configs":{"https":{"https_status":"off"}}}""",
        ["PUT /v1.1/cdn/configuration/domains/www.example.com/configs"] = "",
        ["GET /v1.0/cdn/domains"] = """{"total":1,"domains":[{"domain_name":"*.example.com","domain_status":"online"}]}""",
        [$"GET /v3/{Project}/elb/certificates"] = """{"certificates":[],"page_info":{}}""",
        [$"POST /v3/{Project}/elb/certificates"] = $$$"""{"certificate":{"id":"{{{New}}}"}}""",
        [$"GET /v3/{Project}/elb/certificates/{New}"] = $$$"""{"certificate":{"id":"{{{New}}}"}}""",
        [$"GET /v3/{Project}/elb/certificates/former"] = """{"certificate":{"id":"former","domain":"www.example.com,example.com"}}""",
        [$"PUT /v3/{Project}/elb/listeners/{Listener}"] = "{}",
    };

    public async Task InitializeAsync()
    {
        Answers[$"GET /v3/{Project}/elb/listeners/{Listener}"] = $$$"""{"listener":{"default_tls_container_ref":"former","sni_container_refs":["former","{{{Kept}}}"]}}""";
        _server = await SimulatorServer.StartAsync(0, (request, _) =>
        {
            _requests.Enqueue(request);
            var key = $"{request.Method} {Uri.UnescapeDataString(request.RawPath)}";
            var answer = Answers.TryGetValue(key, out var known) ? SimulatorAnswer.Of(200, "application/json", known) : SimulatorAnswer.Of(404, "application/json", "{}");
            // Behind its write the listener shows what was written.
            if (request.Method == "PUT" && key.Contains("listeners", StringComparison.Ordinal))
                Answers["GET" + key[3..]] = System.Text.Encoding.UTF8.GetString(request.Body);
            return Task.FromResult<(SimulatorAnswer, SimulatorCall?)>((answer, null));
        });
        _bench = await HuaweiBench.OpenAsync(_server.Endpoint);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
        _leaf.Dispose();
    }

    [Fact]
    public async Task Import_and_CDN_calls_are_those_of_the_official_client()
    {
        using var bundle = Bundle("huawei-scm-ImportCertificate", body => (body["certificate"]!, body["certificate_chain"]!, body["private_key"]!));
        var settings = new { account = HuaweiBench.Account, domains = (string[])["www.example.com"] };
        await _bench.WithAsync("huawei-cdn", settings, target => target.DeployAsync(bundle, null, CancellationToken.None));

        Same("huawei-iam-KeystoneListProjects");
        Same("huawei-iam-KeystoneListAuthDomains");
        Same("huawei-scm-ListCertificates");
        Same("huawei-scm-ImportCertificate", "name");
        Same("huawei-cdn-ShowDomainFullConfig");
        var update = Assert.Single(_requests, static request => request.Method == "PUT");
        Assert.Equal(
            """{"configs":{"https":{"https_status":"on","certificate_source":2,"scm_certificate_id":"scs1234567890123","certificate_name":"certrelay-scs1234567890123"}}}""",
            System.Text.Encoding.UTF8.GetString(update.Body));
    }

    [Fact]
    public async Task Domain_is_looked_for_as_by_the_official_client()
    {
        var job = new Certrelay.Records.PendingJob("restore", new Dictionary<string, string>(StringComparer.Ordinal) { ["*.example.com"] = "sent" });
        var settings = new { account = HuaweiBench.Account, domains = (string[])["*.example.com"] };
        using var bundle = _leaf.ToBundle("shop");
        Assert.IsType<DeployResult.Bound>(await _bench.WithAsync("huawei-cdn", settings, target => target.DeployAsync(bundle, job, CancellationToken.None)));

        Same("huawei-cdn-ListDomains");
    }

    [Fact]
    public async Task Load_balancer_calls_are_those_of_the_official_client()
    {
        using var bundle = Bundle("huawei-elb-CreateCertificate", static body => (body["certificate"]!["certificate"]!, null, body["certificate"]!["private_key"]!));
        var settings = new { account = HuaweiBench.Account, listener = Listener };
        await _bench.WithAsync("huawei-elb", settings, target => target.DeployAsync(bundle, null, CancellationToken.None));

        // The recording gives one of the certificate's two names; a listener needs both to choose it by either.
        Same("huawei-elb-CreateCertificate", "name", "domain");
        Same("huawei-elb-ShowCertificate");
        Same("huawei-elb-ShowListener");
        Same("huawei-elb-UpdateListener");
    }

    [Theory]
    [InlineData("huawei-iam-KeystoneListProjects", "iam", "cn-north-4")]
    [InlineData("huawei-iam-KeystoneListAuthDomains", "iam", null)]
    [InlineData("huawei-scm-ImportCertificate", "scm", "cn-north-4")]
    [InlineData("huawei-cdn-ListDomains", "cdn", null)]
    [InlineData("huawei-elb-UpdateListener", "elb", "cn-north-4")]
    public void Hosts_are_those_of_the_official_client(string capture, string service, string? region)
    {
        Assert.Equal(Read(capture)["host"]!.GetValue<string>(), HuaweiApi.HostOf("china", service, region));
        Assert.EndsWith(".myhuaweicloud.eu", HuaweiApi.HostOf("europe", service, region), StringComparison.Ordinal);
    }

    /// <summary>Finds a request of the recording's method, path and parameters among those that were sent; fields that are ours to choose must be there.</summary>
    private void Same(string name, params string[] ownFields)
    {
        var capture = Read(name);
        var (method, path) = (capture["method"]!.GetValue<string>(), capture["path"]!.GetValue<string>());
        var request = _requests.First(request => request.Method == method && request.RawPath == path);
        Assert.Equal(Sorted(capture["query"]!.GetValue<string>()), request.Query.Select(static pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        foreach (var header in (string[])["X-Project-Id", "X-Domain-Id"])
            Assert.Equal(Header(capture, header), request.Header(header));

        var recorded = capture["body"]!.GetValue<string>();
        if (recorded.Length == 0)
        {
            Assert.Empty(request.Body);
            return;
        }

        Assert.Equal("application/json", request.Header("Content-Type"));
        var (expected, sent) = (JsonNode.Parse(recorded)!.AsObject(), JsonNode.Parse(request.Body)!.AsObject());
        foreach (var field in ownFields)
        {
            var holders = (Expected: Holder(expected, field), Sent: Holder(sent, field));
            Assert.NotEqual("", holders.Sent[field]!.GetValue<string>());
            holders.Expected.Remove(field);
            holders.Sent.Remove(field);
        }

        Assert.Equal(Plain(expected), Plain(sent));
    }

    // A line break behind the last block of PEM means nothing.
    private static string Plain(JsonObject body) =>
        string.Join('\n', Leaves(body).Select(static leaf => $"{leaf.GetPath()} = {leaf.ToString().TrimEnd('\n')}").Order(StringComparer.Ordinal));

    private static IEnumerable<JsonNode> Leaves(JsonNode node) => node switch
    {
        JsonObject inner => inner.SelectMany(static field => Leaves(field.Value!)),
        JsonArray list => list.SelectMany(static item => Leaves(item!)),
        _ => [node],
    };

    private static JsonObject Holder(JsonObject root, string field) => root.ContainsKey(field) ? root : root.First().Value!.AsObject();

    private static string? Header(JsonNode capture, string name) =>
        capture["headers"]!.AsArray().FirstOrDefault(header => header!["name"]!.GetValue<string>() == name)?["value"]!.GetValue<string>();

    private static IEnumerable<string> Sorted(string query) =>
        query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).Order(StringComparer.Ordinal);

    private static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures", name + ".json")))!;

    /// <summary>The certificate of a recording as a target receives it.</summary>
    private static CertificateBundle Bundle(string name, Func<JsonNode, (JsonNode Certificate, JsonNode? Chain, JsonNode Key)> parts)
    {
        var (certificate, chain, key) = parts(JsonNode.Parse(Read(name)["body"]!.GetValue<string>())!);
        var ders = Ders(certificate.GetValue<string>() + chain?.GetValue<string>());
        return new CertificateBundle("shop", ders[0], ders[1..], Ders(key.GetValue<string>())[0].ToArray());
    }

    private static List<ReadOnlyMemory<byte>> Ders(string pem)
    {
        var ders = new List<ReadOnlyMemory<byte>>();
        var rest = pem.AsSpan();
        while (System.Security.Cryptography.PemEncoding.TryFind(rest, out var fields))
        {
            ders.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }

        return ders;
    }
}
