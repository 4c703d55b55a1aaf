using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Tests.Http;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Story;

/// <summary>
/// One story told to a running product over HTTP alone: refusals, uploads, a target, a rollout that is proved and one that is taken back, tokens, a deletion. What comes of
/// it, every answer, the audit trail and the records, is the same whatever the product runs on.
/// </summary>
internal sealed class RecordedStory : IDisposable
{
    /// <summary>Where the story is written down.</summary>
    public const string Approved = "tests/Certrelay.Tests/Story/story.txt";

    private const string Host = "www.example.test";

    // Heartbeats, budgets and looks at targets go on by the clock.
    private static readonly string[] Recorded = [Tables.Certificates, Tables.Targets, Tables.Rollouts, Tables.Index, Tables.Findings];

    private readonly EdgeClient _client = new();
    private readonly StringBuilder _told = new();
    private readonly StoryText _text = new();
    private readonly Uri _address;
    private readonly (string Name, string Value) _caller;
    private readonly IRecordStore _store;
    private readonly string _site;
    private int _rollouts;

    /// <summary>A product, and the header that makes a caller its admin; its root <c>sites</c> is a folder of this machine, and its command <c>reload-story</c> appends to <c>story/reloads</c> there.</summary>
    public RecordedStory(Uri address, (string Name, string Value) caller, IRecordStore store, string sites)
    {
        (_address, _caller, _store) = (address, caller, store);
        _site = Directory.CreateDirectory(Path.Combine(sites, "story")).FullName;
    }

    public async Task<string> TellAsync()
    {
        using var root = TestCertificates.Root();
        using var authority = root.IssueAuthority("Test Intermediate");
        using var served = Leaf(authority, 20);
        using var good = Leaf(authority, 60);
        using var renewed = Leaf(authority, 120);
        await File.WriteAllTextAsync(Path.Combine(_site, "fullchain.pem"), served.FullChainPem);
        await File.WriteAllTextAsync(Path.Combine(_site, "privkey.pem"), served.KeyPem);
        File.SetUnixFileMode(Path.Combine(_site, "privkey.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var server = new TlsFileSite(_site);
        _text.Name(server.Port.ToString(CultureInfo.InvariantCulture), "<port>");

        await UploadAsync("shop", good.FullChainPem + renewed.KeyPem);
        await UploadAsync("shop", good.FullChainPem + good.KeyPem);
        await UploadAsync("shop", good.FullChainPem + good.KeyPem);
        await LookAsync("/api/certificates/shop", "/api/certificates?limit=10", "/api/certificates/nothing");
        await SendAsync("POST", "/api/targets", new JsonObject { ["name"] = "Web A", ["kind"] = "directory", ["settings"] = new JsonObject { ["root"] = "elsewhere" } });
        await SendAsync("POST", "/api/targets", Target(server.Port));
        await RollOutAsync("the certificate is new");
        await LookAsync("/api/certificates/shop/usage");

        await UploadAsync("shop", renewed.FullChainPem + renewed.KeyPem);
        server.IgnoresReloads = true;
        await RollOutAsync("it is renewed, but the server does not take it up");
        await LookAsync("/api/certificates/shop/versions");
        await SendAsync("DELETE", "/api/certificates/shop?reason=over");

        await SendAsync("POST", "/api/tokens", new JsonObject { ["description"] = "script", ["roles"] = new JsonArray("viewer"), ["scope"] = new JsonArray("shop") }, "<token id>");
        await LookAsync("/api/rollouts");
        await AuditAsync();
        await RecordsAsync();
        return _told.ToString();
    }

    public void Dispose() => _client.Dispose();

    private static TestCertificate Leaf(TestCertificate authority, int days)
    {
        var now = TimeProvider.System.GetUtcNow();
        return authority.Issue(new TestCertificateOptions { Names = [Host], NotBefore = now.AddDays(-30), NotAfter = now.AddDays(days).AddHours(1) });
    }

    private static JsonObject Target(int port) => new()
    {
        ["name"] = "web-a",
        ["kind"] = "directory",
        ["settings"] = new JsonObject { ["root"] = "sites", ["folder"] = "story", ["reload"] = "reload-story" },
        ["certificate"] = "shop",
        ["owner"] = "web team",
        ["endpoints"] = new JsonArray(new JsonObject { ["host"] = Host, ["port"] = port, ["addresses"] = new JsonArray("127.0.0.1") }),
        ["windowSeconds"] = 3,
    };

    private async Task UploadAsync(string name, string pem)
    {
        using var content = new StringContent(pem, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-pem-file"));
        await SendAsync("POST", $"/api/certificates?name={name}", content);
    }

    private async Task RollOutAsync(string reason)
    {
        var rollout = await SendAsync("POST", "/api/rollouts?wait=1m", new JsonObject { ["certificate"] = "shop", ["reason"] = reason }, $"<rollout {++_rollouts}>");
        await LookAsync($"/api/rollouts/{rollout["id"]}/steps/web-a");
        // The end of the rollout is saved after that of its last step.
        for (var tries = 0; tries < 200 && (await GetAsync("/api/rollouts")).Body.Contains("\"running\"", StringComparison.Ordinal); tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    private async Task LookAsync(params string[] paths)
    {
        foreach (var path in paths)
            await SendAsync("GET", path);
    }

    /// <summary>Sends a request and tells of its answer, whose <c>id</c> has a name from then on.</summary>
    private async Task<JsonNode> SendAsync(string method, string path, object? body = null, string? idName = null)
    {
        var reply = await _client.SendAsync(method, new Uri(_address, path), null, body is JsonNode json ? json.ToJsonString() : body, CancellationToken.None, _caller);
        if (idName is not null)
            _text.Name((string)reply.Json["id"]!, idName);
        if ((string?)(reply.Json as JsonObject)?["by"] is { } caller)
            _text.Name($"\"{caller}\"", "\"<caller>\"");
        Tell($"## {method} {path}");
        Tell($"{reply.Status} {reply.ContentType}{(reply.Headers.TryGetValue("Location", out var location) ? $" {location}" : "")}");
        Tell(reply.Body);
        return reply.Json;
    }

    private Task<Reply> GetAsync(string path) => _client.SendAsync("GET", new Uri(_address, path), null, null, CancellationToken.None, _caller);

    private async Task AuditAsync()
    {
        Tell("## Audit");
        foreach (var line in (await GetAsync("/api/audit?format=ndjson")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Tell(line);
    }

    private async Task RecordsAsync()
    {
        Tell("## Records");
        var rows = new List<string>();
        foreach (var table in Recorded)
        {
            await foreach (var row in _store.ScanAsync(table, null, CancellationToken.None).Where(static row => row.Key is not { Table: Tables.Targets, Row: "p" }))
                rows.Add($"{_text.Of(row.Key.ToString())}\n{_text.Of(Encoding.UTF8.GetString(row.Body.Span))}");
        }

        // In the order of what is written of them: their own has moments and hashes in it.
        rows.Sort(StringComparer.Ordinal);
        rows.ForEach(Tell);
    }

    private void Tell(string text) => _told.Append(_text.Of(text)).Append("\n\n");
}
