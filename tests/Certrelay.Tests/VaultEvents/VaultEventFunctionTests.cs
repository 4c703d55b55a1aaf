using System.Text;
using Certrelay.Records;
using Certrelay.Tests.Api;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Host;
using Certrelay.Tests.Http;
using Certrelay.Vault;

namespace Certrelay.Tests.VaultEvents;

public sealed class VaultEventFunctionTests : IAsyncLifetime
{
    private const string Path = "/api/vault-events";

    private ApiServer _server = null!;

    [Fact]
    public async Task A_new_version_in_the_vault_reaches_the_targets_of_its_certificate()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop");
        using var renewed = Uploads.Intermediate.IssueLeaf("www.example.test");
        var pem = Encoding.ASCII.GetBytes(renewed.KeyPem + renewed.FullChainPem);
        var reference = await _server.Get<IVault>().PutAsync("crt-shop", pem, new Dictionary<string, string>(), default);

        var reply = await PostAsync($"[{VaultEventMessages.Write(reference, "event-grid", "SecretNewVersionCreated")}]", "application/json");

        Assert.Equal((200, 1), (reply.Status, (int)reply.Json["queued"]!));
        var key = System.IO.Path.Combine(_server.Sites, "web-a", "privkey.pem");
        await Eventually.HoldsAsync(() => File.Exists(key) && File.ReadAllText(key).Trim() == renewed.KeyPem.Trim(), "the key is there");
        Assert.Equal("vault", (string)(await _server.GetAsync("/api/rollouts")).Json["items"]![0]!["by"]!);
    }

    [Fact]
    public async Task Events_of_both_schemas_are_taken_and_those_about_nothing_known_are_not_queued()
    {
        var about = new VaultReference("crt-shop", "ee059b2bb5bc48398a53b168c6cdcb10");
        var cloud = VaultEventMessages.Write(about, "cloud-events", "SecretExpired");

        Assert.Equal(1, (int)(await PostAsync(cloud, "application/cloudevents+json")).Json["queued"]!);
        Assert.Equal(2, (int)(await PostAsync($"[{cloud},{cloud}]", "application/cloudevents-batch+json")).Json["queued"]!);
        Assert.Equal(0, (int)(await PostAsync("""{"id":"1","eventType":"Microsoft.KeyVault.KeyExpired","data":{}}""", "application/json")).Json["queued"]!);
        Assert.Equal(0, (int)(await PostAsync("""{"id":"1","eventType":"Microsoft.Storage.BlobCreated","data":{}}""", "application/json")).Json["queued"]!);
    }

    [Fact]
    public async Task The_validation_of_a_subscription_is_answered()
    {
        var reply = await PostAsync(
            """[{"id":"1","topic":"t","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6","validationUrl":"https://x"}}]""", "application/json");

        Assert.Equal((200, "512d38b6"), (reply.Status, (string)reply.Json["validationResponse"]!));
    }

    [Fact]
    public async Task Every_fault_of_the_events_is_told_at_once()
    {
        var reply = await PostAsync(
            """[7,{"eventType":"Microsoft.KeyVault.SecretExpired","data":{"ObjectName":"a/b","Version":3}},{"specversion":"0.3","id":"1"}]""", "application/json");

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(
            ["/0", "/1/id", "/1/data/Version", "/1/data/ObjectName", "/2/specversion", "/2/type"],
            reply.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!));
    }

    [Theory]
    [InlineData("no body", "", "application/json", 400, "body.missing")]
    [InlineData("no JSON", "[", "application/json", 400, "body.malformed")]
    [InlineData("another type", "<event/>", "application/xml", 415, "body.type")]
    [InlineData("no event", "[]", "application/json", 400, "body.invalid")]
    public async Task What_is_no_event_is_refused(string row, string body, string type, int status, string code)
    {
        Assert.NotEmpty(row);
        var reply = await PostAsync(body, type);

        Assert.Equal((status, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_token_may_tell_only_of_certificates_in_its_scope()
    {
        var scoped = await _server.TokenAsync(Role.Operator, "shop");
        var mail = VaultEventMessages.Write(new VaultReference("crt-mail", "ee059b2bb5bc48398a53b168c6cdcb10"), "event-grid", "SecretExpired");

        Assert.Equal("access.scope", (await PostAsync(mail, "application/json", scoped)).Problem);
    }

    [Fact]
    public async Task An_event_whose_version_never_comes_is_recorded_and_told()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        var poison = QueueNames.VaultEvents + QueueNames.Poison;
        await _server.Get<IWorkQueue>().SendAsync(poison, Encoding.UTF8.GetBytes("certainly not"), TimeSpan.Zero, default);

        await Eventually.HoldsAsync(() => _server.GetAsync("/api/alerts?kind=message.poison").GetAwaiter().GetResult().Json["items"]!.AsArray().Count == 1, "the alert");
        Assert.Contains(Path, (string)(await _server.GetAsync("/api/alerts")).Json["items"]![0]!["nextStep"]!, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private Task<Reply> PostAsync(string body, string type, string? token = null) =>
        _server.SendAsync("POST", Path, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type)), token);
}
