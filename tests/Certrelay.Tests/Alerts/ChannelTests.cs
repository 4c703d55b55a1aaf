using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;
using Microsoft.AspNetCore.Http;

namespace Certrelay.Tests.Alerts;

/// <summary>The exact requests that each kind of channel makes, and what it takes for a refusal.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private const string Title = "[critical] *.<shop>: certificate.expired (web & co)";
    private const string Text = "critical · certificate.expired · *.<shop>\nIt has \"expired\".\nOwner: web & co\nEndpoints: a.example.test:443, b.example.test:443\nNext step: Renew it.";
    private const string Secret = "SECa-robot's-secret";
    private HttpReceiver _receiver = null!;
    private AlertBench _bench = null!;

    [Fact]
    public async Task Slack_gets_plain_text_with_its_three_characters_escaped()
    {
        await SendAsync(new ChannelSettings { Kind = "slack", Url = $"{_receiver.Url}/services/T/B/X" });

        var escaped = $"{Title}\n\n{Text}".Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        AssertSent("/services/T/B/X", new JsonObject { ["text"] = escaped, ["mrkdwn"] = false });
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card_of_text_runs()
    {
        await SendAsync(new ChannelSettings { Kind = "teams", Url = $"{_receiver.Url}/workflows/x?sig=y" });

        static JsonObject Line(string text, string weight) => new()
        {
            ["type"] = "RichTextBlock",
            ["inlines"] = new JsonArray { new JsonObject { ["type"] = "TextRun", ["text"] = text, ["weight"] = weight } },
        };
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = new JsonArray([Line(Title, "Bolder"), .. Text.Split('\n').Select(line => Line(line, "Default"))]),
        };
        AssertSent("/workflows/x?sig=y", new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray { new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card } },
        });
    }

    [Fact]
    public async Task DingTalk_gets_a_text_signed_in_the_query()
    {
        Answers("""{"errcode":0,"errmsg":"ok"}""");
        await SendAsync(new ChannelSettings { Kind = "dingtalk", Url = $"{_receiver.Url}/robot/send?access_token=x", Secret = Secret });

        var request = Assert.Single(_receiver.Requests);
        var query = HttpUtility.ParseQueryString(request.Path[request.Path.IndexOf('?', StringComparison.Ordinal)..]);
        var timestamp = _bench.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString();
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{timestamp}\n{Secret}")));
        Assert.Equal(("x", timestamp, sign), (query["access_token"], query["timestamp"], query["sign"]));
        AssertJson(new JsonObject { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = $"{Title}\n\n{Text}" } }, request);
    }

    [Fact]
    public async Task WeCom_gets_a_text()
    {
        Answers("""{"errcode":0,"errmsg":"ok"}""");
        await SendAsync(new ChannelSettings { Kind = "wecom", Url = $"{_receiver.Url}/cgi-bin/webhook/send?key=x" });

        AssertSent("/cgi-bin/webhook/send?key=x", new JsonObject { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = $"{Title}\n\n{Text}" } });
    }

    [Fact]
    public async Task Feishu_gets_a_post_signed_in_the_body()
    {
        Answers("""{"code":0,"msg":"success","data":{}}""");
        await SendAsync(new ChannelSettings { Kind = "feishu", Url = $"{_receiver.Url}/open-apis/bot/v2/hook/x", Secret = Secret });

        var timestamp = _bench.Time.GetUtcNow().ToUnixTimeSeconds().ToString();
        var text = new JsonArray { new JsonArray { new JsonObject { ["tag"] = "text", ["text"] = Text } } };
        AssertSent("/open-apis/bot/v2/hook/x", new JsonObject
        {
            ["msg_type"] = "post",
            ["content"] = new JsonObject { ["post"] = new JsonObject { ["zh_cn"] = new JsonObject { ["title"] = Title, ["content"] = text } } },
            ["timestamp"] = timestamp,
            ["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{Secret}"), ReadOnlySpan<byte>.Empty)),
        });
    }

    [Fact]
    public async Task A_template_fills_a_JSON_body_and_the_address_each_escaped_in_its_way()
    {
        await SendAsync(new ChannelSettings
        {
            Kind = "template",
            Url = _receiver.Url + "/sms?to=1&tag={{owner}}",
            Method = "PUT",
            Headers = new Dictionary<string, string> { ["X-Api-Key"] = "k" },
            Body = """{"title":"{{title}}","text":"{{text}}","level":"{{level}}","count":{{count}},"id":"{{id}}","time":"{{time}}"}""",
        });

        var request = Assert.Single(_receiver.Requests);
        Assert.Equal(("PUT", "/sms?to=1&tag=web%20%26%20co", "k", "application/json; charset=utf-8"), (request.Method, request.Path, request["X-Api-Key"], request["Content-Type"]));
        AssertJson(
            new JsonObject { ["title"] = Title, ["text"] = Text, ["level"] = "critical", ["count"] = 1, ["id"] = "notice", ["time"] = "2026-01-05T08:00:00Z" }, request);
    }

    [Theory]
    [InlineData("a form", "application/x-www-form-urlencoded", "to=1&text={{owner}}", "to=1&text=web%20%26%20co")]
    [InlineData("plain text", "text/plain", "{{owner}} {{count}}", "web & co 1")]
    public async Task A_template_escapes_by_the_content_type(string row, string type, string body, string sent)
    {
        Assert.NotEmpty(row);
        await SendAsync(new ChannelSettings { Kind = "template", Url = _receiver.Url, ContentType = type, Body = body });

        Assert.Equal(("POST", sent), (Assert.Single(_receiver.Requests).Method, _receiver.Requests.Single().Text));
    }

    [Fact]
    public async Task A_value_that_looks_like_a_placeholder_stays_what_it_is()
    {
        var alert = Alert() with { Subject = "{{text}}" };
        await SendAsync(new ChannelSettings { Kind = "template", Url = _receiver.Url, ContentType = "text/plain", Body = "{{title}}" }, alert);

        Assert.Equal("[critical] {{text}}: certificate.expired (web & co)", Assert.Single(_receiver.Requests).Text);
    }

    [Theory]
    [InlineData("DingTalk: wrong signature", "dingtalk", """{"errcode":310000,"errmsg":"sign not match"}""", "channel.refused", false)]
    [InlineData("DingTalk: too fast", "dingtalk", """{"errcode":130101,"errmsg":"send too fast"}""", "channel.busy", true)]
    [InlineData("DingTalk: no JSON", "dingtalk", "<html>", "channel.answer", true)]
    [InlineData("WeCom: no such robot", "wecom", """{"errcode":93000,"errmsg":"invalid webhook url"}""", "channel.refused", false)]
    [InlineData("WeCom: too many", "wecom", """{"errcode":45009,"errmsg":"api freq out of limit"}""", "channel.busy", true)]
    [InlineData("WeCom: another shape", "wecom", """["errcode"]""", "channel.answer", true)]
    [InlineData("Feishu: wrong signature", "feishu", """{"code":19021,"msg":"sign match fail"}""", "channel.refused", false)]
    [InlineData("Feishu: too many", "feishu", """{"code":11232,"msg":"frequency limited"}""", "channel.busy", true)]
    [InlineData("Template: not the expected answer", "template", """{"result":"no credit"}""", "channel.answer", true)]
    public async Task A_refusal_under_200_is_a_failure(string row, string kind, string answer, string code, bool passes)
    {
        Assert.NotEmpty(row);
        Answers(answer);
        var channel = new ChannelSettings { Kind = kind, Url = $"{_receiver.Url}/token", Expect = kind == "template" ? "\"ok\"" : null };

        var fault = await Assert.ThrowsAnyAsync<Failure>(() => SendAsync(channel));

        Assert.Equal((code, passes), (fault.Code, fault is Transient));
        if (code == "channel.busy")
            Assert.Equal(TimeSpan.FromMinutes(1), ((Transient)fault).RetryAfter);
    }

    [Fact]
    public async Task Nothing_secret_is_in_records_log_or_exceptions_whatever_goes_wrong()
    {
        string[] secrets = ["tok3n-in-the-path", "s3cret-that-signs-it", "h3ader-of-a-gateway", "p4ssword-of-the-mail"];
        var gone = await HttpReceiver.StartAsync();
        await gone.DisposeAsync();
        var port = new Uri(gone.Url).Port;
        ChannelSettings Hook(string host) => new() { Kind = "webhook", Url = $"{host}/{secrets[0]}", Secret = secrets[1] };
        ChannelSettings Gateway(string path) =>
            new() { Kind = "template", Url = $"{_receiver.Url}/{secrets[0]}{path}", Headers = new Dictionary<string, string> { ["X-Key"] = secrets[2] }, Body = "{{title}}" };
        var options = AlertBench.Options(
            ("good", Hook(_receiver.Url)), ("refused", Hook(gone.Url)), ("no-tls", Hook(_receiver.Url.Replace("http:", "https:", StringComparison.Ordinal))),
            ("no-name", Hook("https://nowhere.invalid")), ("echo", Gateway("/echo")), ("cut", Gateway("/cut")), ("ding", new ChannelSettings { Kind = "dingtalk", Url = $"{_receiver.Url}/echo?{secrets[0]}", Secret = secrets[1] }),
            ("mail", new ChannelSettings { Kind = "email", Server = "127.0.0.1", Port = port, From = "a@example.test", To = ["b@example.test"], User = "u", Password = secrets[3] }));
        _receiver.Answer = async (request, response) =>
        {
            if (request.Path.EndsWith("/cut", StringComparison.Ordinal))
                response.HttpContext.Abort();
            if (!request.Path.Contains("/echo", StringComparison.Ordinal))
                return;
            response.StatusCode = 403;
            await response.WriteAsync(request.Path + request.Headers.GetValueOrDefault("X-Key"));
        };
        await using var bench = new AlertBench(options);
        await bench.Alerts.RaiseAsync(bench.Alert("shop"), CancellationToken.None);
        await bench.CloseAsync();

        var deliveries = (await bench.ListAsync()).Single().Deliveries.ToDictionary(delivery => delivery.Channel);
        Assert.Equal(
            "cut channel.unavailable, ding channel.refused, echo channel.refused, good , mail probe.refused, no-name dns.no-address, no-tls channel.tls, refused probe.refused",
            string.Join(", ", deliveries.Values.Select(delivery => $"{delivery.Channel} {delivery.Code}")));
        var written = bench.Logged + string.Join('\n', deliveries.Values) + options + string.Join('\n', options.Channels.Values)
            + string.Concat(Directory.GetFiles(bench.Folder, "*", SearchOption.AllDirectories).Select(ReadShared));
        Assert.Contains("goes to refused again", written, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, written, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_keeps_to_its_bytes_and_counts_what_it_leaves_out()
    {
        var message = NoticeMessage.Of("notice", "web", DateTimeOffset.UnixEpoch, Enumerable.Range(0, 100).Select(i => Alert() with { Subject = $"证书-{i:00}" }));

        foreach (var most in new[] { 300, 2048, 5000, 100_000 })
        {
            var text = message.Text(most);
            var shown = text.Split("证书-").Length - 1;
            Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, most);
            Assert.Equal(shown < 100, text.EndsWith($"and {100 - shown} more: see GET /api/alerts.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_mail_has_its_headers_in_ASCII_and_none_from_outside()
    {
        var alert = Alert() with { Subject = "店\r\nBcc: x@example.test", Owner = new string('证', 60) };
        var mail = Encoding.ASCII.GetString(MailText.Of(NoticeMessage.Of("notice", alert.Owner, DateTimeOffset.UnixEpoch, [alert]), "certrelay@example.test", ["a@example.test", "b@example.test"], 4000));

        var (head, body) = (mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)], mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.StartsWith("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: certrelay@example.test\r\nTo: a@example.test,\r\n b@example.test\r\nMessage-ID: <notice@example.test>\r\nSubject: =?utf-8?B?", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc", head, StringComparison.Ordinal);
        Assert.All(mail.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        var words = head.Split("=?utf-8?B?").Skip(1).Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word[..word.IndexOf('?', StringComparison.Ordinal)])));
        Assert.Equal($"[critical] 店\r\nBcc: x@example.test: certificate.expired ({alert.Owner})", string.Concat(words));
        Assert.Contains("Next step: Renew it.", Encoding.UTF8.GetString(Convert.FromBase64String(body)), StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        _bench = new AlertBench(new AlertOptions());
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private static Alert Alert() => new()
    {
        Kind = AlertKinds.CertificateExpired,
        Subject = "*.<shop>",
        Generation = "1",
        Level = AlertLevel.Critical,
        Owner = "web & co",
        Endpoints = ["a.example.test:443", "b.example.test:443"],
        Cause = "It has \"expired\".",
        NextStep = "Renew it.",
        At = DateTimeOffset.UnixEpoch,
    };

    private Task SendAsync(ChannelSettings channel, Alert? alert = null)
    {
        Assert.Empty(channel.Faults());
        var message = NoticeMessage.Of("notice", (alert ?? Alert()).Owner, _bench.Time.GetUtcNow(), [alert ?? Alert()]);
        return NoticeChannels.Find(channel.Kind)!.Create(channel, _bench.Get<ChannelContext>()).SendAsync(message, CancellationToken.None);
    }

    private void Answers(string body) => _receiver.Answer = (_, response) => response.WriteAsync(body);

    private void AssertSent(string path, JsonObject body)
    {
        var request = Assert.Single(_receiver.Requests);
        Assert.Equal(("POST", path, "application/json; charset=utf-8"), (request.Method, request.Path, request["Content-Type"]));
        AssertJson(body, request);
    }

    private static void AssertJson(JsonObject expected, Received request) => Assert.Equal(expected.ToJsonString(), request.Json.ToJsonString());

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
