using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Kubernetes;
using Certrelay.Targets.Kubernetes;

namespace Certrelay.Tests.Clouds;

/// <summary>The simulated cluster is as strict as an API server: who asks, in which media type, and whose field it is.</summary>
public sealed class KubernetesClusterTests : IAsyncLifetime
{
    private const string Secrets = "api/v1/namespaces/web/secrets";
    private const string Apply = "application/apply-patch+yaml";

    private readonly KubernetesCluster _cluster = new("c905", TimeProvider.System, new Rudeness(TimeProvider.System));
    private Kubeconfig _access = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        await _cluster.StartAsync();
        _access = Kubeconfig.Read(Encoding.ASCII.GetBytes(_cluster.Kubeconfig("me", TimeSpan.FromMinutes(15))));
        _http = Client(_access.Certificate);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _access.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_is_known_without_a_certificate_of_the_cluster()
    {
        using var stranger = Client(null);

        using var answer = await stranger.GetAsync("version");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Unauthorized", (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["reason"]!);
    }

    [Theory]
    [InlineData("POST", Secrets, "application/vnd.kubernetes.protobuf", 415)]
    [InlineData("PATCH", $"{Secrets}/a?fieldManager=me", "application/merge-patch+json", 415)]
    [InlineData("PATCH", $"{Secrets}/a", Apply, 422)]
    [InlineData("PATCH", $"{Secrets}/b?fieldManager=me", Apply, 400)]
    [InlineData("PATCH", "api/v1/namespaces/other/secrets/a?fieldManager=me", Apply, 400)]
    [InlineData("PATCH", "apis/networking.k8s.io/v1/namespaces/web/ingresses/a?fieldManager=me", Apply, 400)]
    [InlineData("OPTIONS", Secrets, "application/json", 405)]
    [InlineData("POST", "api/v1/namespaces/web/pods", "application/json", 404)]
    public async Task What_an_api_server_does_not_take_is_refused(string method, string path, string type, int status) =>
        Assert.Equal(status, (await SendAsync(method, path, type, Secret("a", "x", "web"))).Status);

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_until_it_is_forced_and_the_same_value_is_shared()
    {
        Assert.Equal(201, (await SendAsync("PATCH", $"{Secrets}/a?fieldManager=first", Apply, Secret("a", "x"))).Status);
        Assert.Equal(200, (await SendAsync("PATCH", $"{Secrets}/a?fieldManager=second", Apply, Secret("a", "x"))).Status);

        var (status, body) = await SendAsync("PATCH", $"{Secrets}/a?fieldManager=second", Apply, Secret("a", "y"));

        Assert.Equal(409, status);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"first\" using v1: .data.one", (string)body["message"]!);
        Assert.Equal(("FieldManagerConflict", ".data.one"), ((string)body["details"]!["causes"]![0]!["reason"]!, (string)body["details"]!["causes"]![0]!["field"]!));
        (status, body) = await SendAsync("PATCH", $"{Secrets}/a?fieldManager=second&force=true", Apply, Secret("a", "y"));
        Assert.Equal((200, Convert.ToBase64String("y"u8)), (status, (string)body["data"]!["one"]!));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_makes_no_version_and_a_test_that_fails_changes_nothing()
    {
        var (_, first) = await SendAsync("PATCH", $"{Secrets}/a?fieldManager=me", Apply, Secret("a", "x"));
        var (_, again) = await SendAsync("PATCH", $"{Secrets}/a?fieldManager=me", Apply, Secret("a", "x"));
        Assert.Equal(first.ToJsonString(), again.ToJsonString());

        var (status, body) = await SendAsync(
            "PATCH", $"{Secrets}/a?fieldManager=me", "application/json-patch+json", """[{"op":"test","path":"/metadata/resourceVersion","value":"1"},{"op":"replace","path":"/data/one","value":"eQ=="}]""");

        Assert.Equal((422, "Invalid"), (status, (string)body["reason"]!));
        Assert.Equal(first.ToJsonString(), (await SendAsync("GET", $"{Secrets}/a", null, null)).Body.ToJsonString());
    }

    [Fact]
    public async Task An_immutable_secret_and_one_without_its_parts_are_held_to_their_rules()
    {
        const string Immutable = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"immutable":true,"data":{"one":"eA=="}}""";
        await SendAsync("POST", Secrets, "application/json", Immutable);

        Assert.Equal(409, (await SendAsync("POST", Secrets, "application/json", Immutable)).Status);
        Assert.Equal(422, (await SendAsync("PUT", $"{Secrets}/a", "application/json", Immutable.Replace("eA==", "eQ==", StringComparison.Ordinal))).Status);
        Assert.Equal(422, (await SendAsync("POST", Secrets, "application/json", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"},"type":"kubernetes.io/tls","data":{"tls.crt":"eA=="}}""")).Status);
        Assert.Equal(400, (await SendAsync("POST", Secrets, "application/json", """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"},"data":{"one":"%%%"}}""")).Status);
        Assert.Equal(409, (await SendAsync("DELETE", $"{Secrets}/a", "application/json", """{"preconditions":{"uid":"another"}}""")).Status);
    }

    private static string Secret(string name, string value, string? @namespace = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (@namespace is not null)
            metadata["namespace"] = @namespace;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = metadata,
            ["data"] = new JsonObject { ["one"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(value)) },
        }.ToJsonString();
    }

    private HttpClient Client(X509Certificate2? own)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_access.Authorities);
        if (own is not null)
            handler.SslOptions.ClientCertificates = [own];
        return new HttpClient(handler) { BaseAddress = _access.Server };
    }

    private async Task<(int Status, JsonNode Body)> SendAsync(string method, string path, string? type, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type!) } };
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
