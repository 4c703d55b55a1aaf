using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Api;
using Certrelay.Tests.Support;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Tests.Alerts;

public sealed class AlertFunctionTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private HttpReceiver _receiver = null!;
    private ApiServer _server = null!;

    [Fact]
    public async Task Alerts_are_listed_in_pages_with_how_they_were_delivered()
    {
        await RaiseAsync("shop-a", "web", AlertKinds.CertificateExpiring);
        await RaiseAsync("shop-b", "web", AlertKinds.RolloutFailed);
        await RaiseAsync("mail", "mail team", AlertKinds.RolloutFailed);
        await _server.Get<AlertRecords>().ResolveAsync(AlertKinds.RolloutFailed, "mail", None);
        await DeliveredAsync(3);

        var first = (await _server.GetAsync("/api/alerts?limit=2")).Json;
        var second = (await _server.GetAsync($"/api/alerts?limit=2&after={first["next"]}")).Json;
        Assert.Equal(["mail", "shop-a", "shop-b"], first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(alert => (string)alert!["subject"]!).Order(StringComparer.Ordinal));
        Assert.Null(second["next"]);
        Assert.Equal(["shop-b"], await SubjectsAsync("?owner=web&kind=rollout.failed"));
        Assert.Equal(["mail"], await SubjectsAsync("?state=resolved"));
        Assert.Equal(["shop-a", "shop-b"], await SubjectsAsync("?state=open"));
        Assert.Equal(["mail", "shop-a", "shop-b"], await SubjectsAsync("?delivery=sent"));
        Assert.Empty(await SubjectsAsync("?delivery=failed"));

        var alert = (await _server.GetAsync("/api/alerts?state=resolved")).Json["items"]![0]!;
        Assert.Equal(("ops", "sent", 1), ((string)alert["deliveries"]![0]!["channel"]!, (string)alert["deliveries"]![0]!["state"]!, (int)alert["deliveries"]![0]!["attempts"]!));
        var shown = await _server.GetAsync($"/api/alerts/{alert["id"]}");
        Assert.Equal((200, alert.ToJsonString()), (shown.Status, shown.Json.ToJsonString()));
        Assert.Equal(304, (await _server.GetAsync($"/api/alerts/{alert["id"]}", token: null, ("If-None-Match", shown.Headers["ETag"]))).Status);
    }

    [Fact]
    public async Task A_caller_sees_the_alerts_of_its_scope()
    {
        await RaiseAsync("shop-a", "web", AlertKinds.CertificateExpiring);
        await RaiseAsync("mail", "web", AlertKinds.CertificateExpiring);
        var scoped = await _server.TokenAsync(Role.Operator, "shop-*");

        Assert.Equal(["shop-a"], await SubjectsAsync("", scoped));
        var other = (string)(await _server.GetAsync("/api/alerts")).Json["items"]!.AsArray().Single(alert => (string)alert!["subject"]! == "mail")!["id"]!;
        Assert.Equal("access.scope", (await _server.GetAsync($"/api/alerts/{other}", scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("POST", "/api/alerts/test", """{"channel":"ops"}""", scoped)).Problem);
    }

    [Fact]
    public async Task Whoever_takes_an_alert_on_is_shown_with_the_reason()
    {
        await RaiseAsync("shop-a", "web", AlertKinds.CertificateExpiring);
        await RaiseAsync("shop-b", "web", AlertKinds.CertificateExpiring);
        var path = $"/api/alerts/{(string)(await _server.GetAsync("/api/alerts")).Json["items"]!.AsArray().Single(alert => (string)alert!["subject"]! == "shop-a")!["id"]!}";

        Assert.Equal((400, "reason.required"), Refusal(await _server.SendAsync("POST", $"{path}/acknowledge")));
        Assert.Equal((404, "resource.unknown"), Refusal(await _server.SendAsync("POST", "/api/alerts/nothing/acknowledge?reason=x")));
        Assert.Equal((403, "access.scope"), Refusal(await _server.SendAsync("POST", $"{path}/acknowledge?reason=x", token: await _server.TokenAsync(Role.Operator, "mail"))));
        var reply = await _server.SendAsync("POST", $"{path}/acknowledge", """{"reason":"the renewal is ordered"}""");

        Assert.Equal((200, "the renewal is ordered"), (reply.Status, (string)reply.Json["acknowledged"]!["reason"]!));
        Assert.NotEmpty((string)reply.Json["acknowledged"]!["by"]!);
        Assert.Equal(reply.Json["acknowledged"]!.ToJsonString(), (await _server.GetAsync(path)).Json["acknowledged"]!.ToJsonString());
        Assert.Equal(["shop-a"], await SubjectsAsync("?acknowledged=true"));
        Assert.Equal(["shop-b"], await SubjectsAsync("?acknowledged=false"));

        static (int, string?) Refusal(Certrelay.Tests.Http.Reply refused) => (refused.Status, refused.Problem);
    }

    [Fact]
    public async Task With_a_certificate_or_target_go_the_alerts_about_it_and_no_others()
    {
        using var leaf = TestCertificates.Leaf("shop.example.test");
        Assert.Equal(201, (await _server.UploadAsync(leaf.FullChainPem + leaf.KeyPem, "?name=shop")).Status);
        Assert.Equal(201, (await _server.SendAsync("POST", "/api/targets", """{"name":"shop","kind":"endpoint-only"}""")).Status);
        foreach (var kind in AlertKinds.OfCertificate.Concat(AlertKinds.OfTarget))
            await RaiseAsync("shop", "web", kind);
        await RaiseAsync("shop-b", "web", AlertKinds.CertificateExpiring);

        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/certificates/shop?reason=gone")).Status);
        var left = (await _server.GetAsync("/api/alerts?state=open")).Json["items"]!.AsArray().Select(static alert => ((string)alert!["subject"]!, (string)alert["kind"]!)).Order().ToList();
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/targets/shop?reason=gone")).Status);

        Assert.Equal([("shop", AlertKinds.RolloutFailed), ("shop", AlertKinds.TargetDrift), ("shop-b", AlertKinds.CertificateExpiring)], left);
        Assert.Equal(["shop-b"], await SubjectsAsync("?state=open"));
    }

    [Theory]
    [InlineData("an unknown state", "?state=closed", 400, "query.invalid")]
    [InlineData("an unknown delivery", "?delivery=lost", 400, "query.invalid")]
    [InlineData("no page", "?after=eA", 400, "query.invalid")]
    [InlineData("no alert", "/nothing", 404, "resource.unknown")]
    [InlineData("none of that id", "/000000000000000000000000000000000000000000000000", 404, "resource.unknown")]
    public async Task What_is_asked_wrongly_is_refused(string row, string path, int status, string code)
    {
        Assert.NotEmpty(row);
        var reply = await _server.GetAsync($"/api/alerts{path}");

        Assert.Equal((status, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_test_message_goes_through_the_channel_at_once()
    {
        var reply = await _server.SendAsync("POST", "/api/alerts/test", """{"channel":"ops"}""");

        var request = Assert.Single(_receiver.Requests);
        Assert.Equal((200, "ops", (string)request.Json["id"]!), (reply.Status, (string)reply.Json["channel"]!, (string)reply.Json["notice"]!));
        Assert.Equal("test", (string)request.Json["data"]!["alerts"]![0]!["kind"]!);
        Assert.Empty(await SubjectsAsync(""));
        Assert.Equal("resource.unknown", (await _server.SendAsync("POST", "/api/alerts/test", """{"channel":"none"}""")).Problem);
        Assert.Equal("body.invalid", (await _server.SendAsync("POST", "/api/alerts/test", "{}")).Problem);
    }

    [Theory]
    [InlineData("a fault that may pass", 503, 503, "outside.unavailable", "channel.status: The other side answered 503.")]
    [InlineData("one that will not", 403, 502, "outside.refused", "channel.refused: The other side answered 403.")]
    public async Task A_test_message_that_is_not_taken_tells_why(string row, int answer, int status, string code, string detail)
    {
        Assert.NotEmpty(row);
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = answer;
            return Task.CompletedTask;
        };

        var reply = await _server.SendAsync("POST", "/api/alerts/test", """{"channel":"ops"}""");

        Assert.Equal((status, code, detail), (reply.Status, reply.Problem, (string)reply.Json["detail"]!));
    }

    [Fact]
    public async Task A_channel_that_gave_up_is_shown_in_the_status()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 410;
            return Task.CompletedTask;
        };
        await RaiseAsync("shop", "web", AlertKinds.CertificateExpiring);
        for (var i = 0; i < 200 && (await SubjectsAsync("?delivery=failed")).Count == 0; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, None);

        Assert.Equal(["shop"], await SubjectsAsync("?delivery=failed"));
        for (var i = 0; i < 200 && (await _server.GetAsync("/api/status")).Json["failingChannels"] is null; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, None);
        Assert.Equal("""["ops"]""", (await _server.GetAsync("/api/status")).Json["failingChannels"]!.ToJsonString());
    }

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        var channel = new ChannelSettings { Kind = "webhook", Url = _receiver.Url, Secret = "a-secret-of-32-characters-length" };
        _server = await ApiServer.StartAsync(change: settings => settings with
        {
            Outgoing = new OutgoingOptions { Allow = ["127.0.0.0/8"] },
            Alerts = AlertBench.Options(("ops", channel)) with { GroupSeconds = 0 },
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private Task<bool> RaiseAsync(string subject, string owner, string kind) => _server.Get<AlertRecords>().RaiseAsync(
        new Alert
        {
            Kind = kind,
            Subject = subject,
            Generation = "1",
            Level = AlertLevel.Warning,
            Owner = owner,
            Cause = "A cause.",
            NextStep = "A step.",
            At = DateTimeOffset.UnixEpoch,
        },
        None);

    private async Task DeliveredAsync(int alerts)
    {
        for (var i = 0; i < 200 && (await SubjectsAsync("?delivery=sent")).Count < alerts; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, None);
    }

    private async Task<IReadOnlyList<string>> SubjectsAsync(string query, string? token = null) =>
        [.. (await _server.GetAsync($"/api/alerts{query}", token)).Json["items"]!.AsArray().Select(alert => (string)alert!["subject"]!).Order(StringComparer.Ordinal)];
}
