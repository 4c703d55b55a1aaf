using System.Text.Json.Nodes;
using Certrelay.App.Triggers;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Tests.Vault;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Http;

public sealed class AuditFunctionTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly VaultSite _vault = new();
    private EdgeServer _server = null!;
    private string _auditor = "";

    public async Task InitializeAsync()
    {
        _server = await EdgeServer.StartAsync([typeof(Audit)], _time, services: services => services.AddSingleton<IVault>(_vault.Open()));
        _auditor = await _server.TokenAsync(Role.Auditor);
        var trail = _server.Services.GetRequiredService<AuditTrail>();
        foreach (var subject in (string[])["certificate/prod-a", "certificate/test-a", "token/x", "certificate/prod-a"])
        {
            await trail.AppendAsync(new AuditEntry { Phase = AuditPhase.Intent, Caller = "me", Action = "a.b", Subject = subject, Reason = "why" }, default);
            _time.Advance(TimeSpan.FromHours(7));
        }
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _vault.Dispose();
    }

    [Theory]
    [InlineData("everything", "", "prod-a test-a x prod-a")]
    [InlineData("from a day", "?from=2026-01-06", "prod-a")]
    [InlineData("to a day", "?to=2026-01-05", "prod-a test-a x")]
    [InlineData("between moments", "?from=2026-01-05T15:00:00Z&to=2026-01-05T22:00:00Z", "test-a x")]
    [InlineData("a moment with an offset", "?from=2026-01-06T00:00:00%2B02:00", "x prod-a")]
    [InlineData("one subject", "?subject=certificate/prod-a", "prod-a prod-a")]
    [InlineData("nothing", "?from=2026-02-01&to=2026-03-01", "")]
    public async Task Lists(string row, string query, string names)
    {
        Assert.NotEmpty(row);

        var reply = await _server.GetAsync($"/api/audit{query}", _auditor);

        Assert.Equal(names, Names(reply.Json["items"]!.AsArray()));
    }

    [Theory]
    [InlineData("?from=yesterday", "?from: is to be a day (2026-01-05) or a moment (2026-01-05T08:00:00Z)")]
    [InlineData("?to=5", "?to: is to be a day (2026-01-05) or a moment (2026-01-05T08:00:00Z)")]
    [InlineData("?format=csv", "?format: is to be one of json, ndjson")]
    [InlineData("?after=YQ", "?after: is not the next of a page")]
    public async Task Refuses(string query, string fault)
    {
        var reply = await _server.GetAsync($"/api/audit{query}", _auditor);

        Assert.Equal((400, "query.invalid"), (reply.Status, reply.Problem));
        Assert.Equal([fault], reply.Faults);
    }

    [Fact]
    public async Task Pages_and_lines_hold_the_same()
    {
        var first = await _server.GetAsync("/api/audit?limit=3", _auditor);
        var second = await _server.GetAsync($"/api/audit?limit=3&after={first.Json["next"]}", _auditor);
        var lines = await _server.GetAsync("/api/audit?format=ndjson", _auditor);

        Assert.Equal("application/x-ndjson", lines.ContentType);
        Assert.Equal(
            first.Json["items"]!.AsArray().Concat(second.Json["items"]!.AsArray()).Select(item => item!.ToJsonString()),
            lines.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.ToJsonString()));
        Assert.Null(second.Json["next"]);
    }

    [Fact]
    public async Task A_scoped_auditor_sees_rows_on_the_names_of_the_scope_alone_and_verifies_nothing()
    {
        var scoped = await _server.TokenAsync([Role.Auditor], "prod-*");

        Assert.Equal("prod-a prod-a", Names((await _server.GetAsync("/api/audit", scoped)).Json["items"]!.AsArray()));
        Assert.Equal("access.scope", (await _server.GetAsync("/api/audit/verify", scoped)).Problem);
    }

    [Fact]
    public async Task A_verification_tells_what_is_whole_sealed_and_wrong()
    {
        var seals = new AuditSeals(_server.Store, _vault.Open());
        await seals.SealAsync(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime), default);
        var whole = await _server.GetAsync("/api/audit/verify", _auditor);
        var chain = (string)whole.Json["chains"]![0]!["chain"]!;
        await _server.Store.WriteAsync([new RecordChange.Delete(AuditRecord.Key(chain, 2), null)], default);
        var broken = await _server.GetAsync("/api/audit/verify", _auditor);

        Assert.True((bool)whole.Json["whole"]!);
        Assert.Equal(3, (int)whole.Json["chains"]![0]!["sealed"]!);
        Assert.False((bool)broken.Json["whole"]!);
        Assert.Equal($$"""[{"chain":"{{chain}}","number":2,"kind":"missing","message":"The entry is gone."}]""", broken.Json["faults"]!.ToJsonString());
    }

    private static string Names(JsonArray items) => string.Join(' ', items.Select(item => ((string)item!["entry"]!["subject"]!).Split('/')[1]));
}
