using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Alerts;

/// <summary>The program with a channel for mail, against a real mail server, both of them processes of their own.</summary>
public sealed class MailTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-alerts-");
    private readonly TestCertificate _root = TestCertificates.Root();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [RealFact(Python, "aiosmtpd", "env")]
    public async Task A_mail_arrives_by_STARTTLS_and_password()
    {
        using var sink = await MailSink.StartAsync(_root.IssueAuthority("Test Intermediate").IssueLeaf("127.0.0.1", "localhost"));
        using var host = await StartAsync(Mail(sink, "a@example.test", "b@example.test"));

        var (status, body) = await TestAsync();

        Assert.True(status == HttpStatusCode.OK, $"{body} {sink.Output}");
        var mail = Assert.Single(sink.Mails).ReplaceLineEndings("\n");
        Assert.StartsWith("tls True certrelay@example.test a@example.test,b@example.test\nDate: ", mail, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{body!["notice"]}@example.test>\n", mail, StringComparison.Ordinal);
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));
        Assert.Equal("notice · test · mail\r\nadmin asked for a test message.\r\nNext step: Nothing: this channel works.\r\n", text);
        NothingSecretIsLeftBehind(host);
    }

    [RealFact(Python, "aiosmtpd", "env")]
    public async Task A_failed_rollout_is_mailed_to_the_owner_of_the_target()
    {
        using var sink = await MailSink.StartAsync(_root.IssueAuthority("Test Intermediate").IssueLeaf("127.0.0.1"));
        var settings = Mail(sink, "web@example.test");
        settings["Alerts:Routes:0:Owner"] = "web *";
        settings["Alerts:Routes:0:Channels:0"] = "mail";
        settings["Alerts:GroupSeconds"] = "0";
        settings["Local:Roots:sites"] = _folder.CreateSubdirectory("sites").FullName;
        settings["Local:Commands:fails:Argv:0"] = "/bin/false";
        using var host = await StartAsync(settings);
        var leaf = TestCertificates.Leaf("www.example.test");
        await SendAsync("/api/certificates?name=shop", leaf.FullChainPem + leaf.KeyPem, "application/x-pem-file", HttpStatusCode.Created);
        await SendAsync("/api/targets", """{"name":"web-a","kind":"directory","settings":{"root":"sites","reload":"fails"},"certificate":"shop","owner":"web team"}""", "application/json", HttpStatusCode.Created);
        var rollout = await SendAsync("/api/rollouts?wait=30s", """{"certificate":"shop","reason":"test"}""", "application/json", HttpStatusCode.OK);

        for (var i = 0; i < 400 && sink.Mails.Count == 0; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        var mail = Assert.Single(sink.Mails).ReplaceLineEndings("\n");
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));
        Assert.Contains("rollout.failed · web-a\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nOwner: web team\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"GET /api/rollouts/{rollout["id"]}", text, StringComparison.Ordinal);
    }

    [RealFact(Python, "aiosmtpd", "env")]
    public async Task A_recipient_that_is_refused_is_told_and_the_others_have_the_mail()
    {
        using var sink = await MailSink.StartAsync(_root.IssueAuthority("Test Intermediate").IssueLeaf("127.0.0.1"));
        using var host = await StartAsync(Mail(sink, "nobody@example.test", "b@example.test"));

        var (status, body) = await TestAsync();

        Assert.Equal(
            (HttpStatusCode.BadGateway, "channel.recipient: The mail server refused 1 of 2 recipients; the others have the message."), (status, (string)body!["detail"]!));
        Assert.Single(sink.Mails);
    }

    [RealTheory(Python, "aiosmtpd", "env")]
    [InlineData("the certificate is for another name", "mail.example.test", false, "channel.tls: The TLS handshake failed, or the certificate of the mail server is not trusted.")]
    [InlineData("the authority is unknown", "127.0.0.1", true, "channel.tls: The TLS handshake failed, or the certificate of the mail server is not trusted.")]
    [InlineData("no STARTTLS is offered", null, false, "channel.tls: The mail server does not offer STARTTLS.")]
    public async Task No_password_goes_to_a_server_that_is_not_proven(string row, string? name, bool unknown, string detail)
    {
        Assert.NotEmpty(row);
        using var other = TestCertificates.Root();
        using var sink = await MailSink.StartAsync(name is null ? null : (unknown ? other : _root).IssueAuthority("Test Intermediate").IssueLeaf(name));
        using var host = await StartAsync(Mail(sink, "a@example.test"));

        var (_, body) = await TestAsync();

        Assert.Equal(detail, (string)body!["detail"]!);
        Assert.Empty(sink.Mails);
        NothingSecretIsLeftBehind(host);
    }

    public void Dispose()
    {
        _client.Dispose();
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Dictionary<string, string> Mail(MailSink sink, params string[] to)
    {
        var values = new Dictionary<string, string>
        {
            ["Outgoing:Allow:0"] = "127.0.0.0/8",
            ["Alerts:Channels:mail:Kind"] = "email",
            ["Alerts:Channels:mail:Server"] = "127.0.0.1",
            ["Alerts:Channels:mail:Port"] = sink.Port.ToString(CultureInfo.InvariantCulture),
            ["Alerts:Channels:mail:User"] = MailSink.User,
            ["Alerts:Channels:mail:From"] = "certrelay@example.test",
        };
        foreach (var (index, address) in to.Index())
            values[$"Alerts:Channels:mail:To:{index}"] = address;
        return values;
    }

    /// <summary>The program with these settings, the password in its environment, and the test's root among the authorities of its host.</summary>
    private async Task<RealProcess> StartAsync(Dictionary<string, string> values)
    {
        var (settings, authorities) = (Path.Combine(_folder.FullName, "settings.json"), Path.Combine(_folder.FullName, "roots.pem"));
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new { Values = values }));
        await File.WriteAllTextAsync(authorities, _root.Pem);
        var port = RealProcess.FreePort(IPAddress.Loopback);
        var data = Path.Combine(_folder.FullName, "data");
        var host = RealProcess.Start(
            "env", $"SSL_CERT_FILE={authorities}", "SSL_CERT_DIR=/nonexistent", $"Alerts__Channels__mail__Password={MailSink.Password}", "Logging__LogLevel__Default=Trace",
            "dotnet", Path.Combine(AppContext.BaseDirectory, "certrelay.dll"), "serve", "--data", data, "--url", $"http://127.0.0.1:{port}", "--settings", settings);
        await host.ListeningAsync(IPAddress.Loopback, port);
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(data, "admin-token"))).Trim());
        return host;
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> TestAsync()
    {
        using var content = new StringContent("""{"channel":"mail"}""", Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync("/api/alerts/test", content);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<JsonNode> SendAsync(string path, string body, string type, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var answer = await _client.PostAsync(path, content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{path}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private void NothingSecretIsLeftBehind(RealProcess host)
    {
        Assert.DoesNotContain(MailSink.Password, host.Output, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder.FullName, "data"), "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(MailSink.Password, reader.ReadToEnd(), StringComparison.Ordinal);
        }
    }
}
