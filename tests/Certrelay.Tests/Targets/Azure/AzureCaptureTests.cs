using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.Azure;
using Certrelay.Targets.Azure;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Azure;

/// <summary>What the target sends is what the official client sent for the same input: path, version, token, and a body that means the same.</summary>
public sealed class AzureCaptureTests : IAsyncLifetime
{
    private const string Grant = """{"token_type":"Bearer","expires_in":3599,"access_token":"EXAMPLE.bearer-token.not-real"}""";

    private readonly ConcurrentQueue<SimulatorRequest> _requests = [];
    private SimulatorServer _server = null!;
    private CloudBench _bench = null!;

    [Fact]
    public async Task A_reading()
    {
        var capture = Read("azure-keyvault-GetCertificate");

        await WithAsync(capture, static certificates => certificates.CurrentAsync(default));

        AssertSame(capture);
    }

    [Fact]
    public async Task An_import()
    {
        var capture = Read("azure-keyvault-ImportCertificate");
        var wanted = JsonNode.Parse((string)capture["body"]!)!.AsObject();
        var pair = Pair(wanted);
        using var key = pair.GetECDsaPrivateKey()!;
        using var bundle = new CertificateBundle("shop", pair.RawData, [], key.ExportPkcs8PrivateKey());

        await WithAsync(capture, certificates => certificates.ImportAsync(bundle, null, default));

        var body = JsonNode.Parse(AssertSame(capture).Body)!.AsObject();
        Assert.Equal(wanted.Select(static member => member.Key).Order(StringComparer.Ordinal), body.Select(static member => member.Key).Order(StringComparer.Ordinal));
        Assert.True(JsonNode.DeepEquals(wanted["policy"], body["policy"]), body["policy"]!.ToJsonString());
        Assert.True((bool)body["preserveCertOrder"]!);
        Assert.Equal("shop", (string?)body["tags"]!["certrelay"]);
        var sent = Pair(body);
        using var sentKey = sent.GetECDsaPrivateKey()!;
        Assert.Equal((pair.Thumbprint, Convert.ToHexString(key.ExportPkcs8PrivateKey())), (sent.Thumbprint, Convert.ToHexString(sentKey.ExportPkcs8PrivateKey())));
    }

    public async Task InitializeAsync()
    {
        _server = await SimulatorServer.StartAsync(0, (request, _) =>
        {
            if (request.RawPath.EndsWith("/token", StringComparison.Ordinal))
                return Task.FromResult((SimulatorAnswer.Of(200, "application/json", Grant), (SimulatorCall?)null));
            _requests.Enqueue(request);
            return Task.FromResult((SimulatorAnswer.Of(200, "application/json", """{"id":"https://x/certificates/www/1","cer":"AA=="}"""), (SimulatorCall?)null));
        });
        _bench = await CloudBench.OpenAsync(CloudVendor.Azure, _server.Endpoint, AzureSimulator.ClientId, AzureSimulator.ClientSecret, tenant: AzureSimulator.TenantId);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task WithAsync(JsonNode capture, Func<VaultCertificates, Task> act)
    {
        using var session = await _bench.SessionAsync(AzureKeyVaultTarget.Kind.Cloud!);
        await act(new VaultCertificates(session, ((string)capture["host"]!).Split('.')[0], (string)capture["input"]!["name"]!));
    }

    private SimulatorRequest AssertSame(JsonNode capture)
    {
        var sent = Assert.Single(_requests);
        var wanted = new SimulatorRequest((string)capture["method"]!, $"{capture["path"]}?{capture["query"]}", [], []);
        Assert.Equal((wanted.Method, wanted.RawPath), (sent.Method, sent.RawPath));
        Assert.Equal(wanted.Query, sent.Query);
        Assert.Equal(Header(capture, "authorization"), sent.Header("authorization"));
        Assert.Equal(Header(capture, "content-type"), sent.Header("content-type"));
        return sent;
    }

    private static X509Certificate2 Pair(JsonObject body) =>
        X509CertificateLoader.LoadPkcs12(Convert.FromBase64String((string)body["value"]!), (string?)body["pwd"], X509KeyStorageFlags.Exportable);

    private static string? Header(JsonNode capture, string name) =>
        (string?)capture["headers"]!.AsArray().FirstOrDefault(header => string.Equals((string?)header!["name"], name, StringComparison.OrdinalIgnoreCase))?["value"];

    private static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures", $"{name}.json")))!;
}
