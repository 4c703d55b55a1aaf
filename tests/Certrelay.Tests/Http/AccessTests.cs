using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class AccessTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private EdgeServer _server = null!;

    public static TheoryData<string, Func<string, string?>> Headers() => new()
    {
        { "no header", _ => null },
        { "another scheme", token => $"Basic {token}" },
        { "no token", _ => "Bearer" },
        { "a token of another form", _ => "Bearer abc" },
        { "an unknown id", token => $"Bearer crt_unknown_{token.Split('_')[2]}" },
        { "a wrong secret", token => $"Bearer {token[..^1]}{(token[^1] == 'x' ? 'y' : 'x')}" },
        { "a part of the secret", token => $"Bearer {token[..^1]}" },
        { "no secret", token => $"Bearer {token[..(token.LastIndexOf('_') + 1)]}" },
        { "an id that is no key", _ => "Bearer crt_a/b_c" },
    };

    public async Task InitializeAsync() => _server = await EdgeFunctionsServer.StartAsync(new EdgeFunctions.Journal(), _time);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Refuses_in_the_same_words(string row, Func<string, string?> header)
    {
        Assert.NotEmpty(row);
        var token = await _server.TokenAsync(Role.Admin);

        var reply = header(token) is { } value ? await _server.GetAsync("/api/notes/a", null, ("Authorization", value)) : await _server.GetAsync("/api/notes/a");

        await AssertUnauthenticatedAsync(reply);
    }

    [Fact]
    public async Task Refuses_a_revoked_token_at_once()
    {
        var token = await _server.Tokens.IssueAsync("t", [Role.Viewer], null, null, "test", default);
        Assert.Equal(200, (await _server.GetAsync("/api/notes/a", token.Text)).Status);

        await _server.Tokens.RevokeAsync(token.Record, default);

        await AssertUnauthenticatedAsync(await _server.GetAsync("/api/notes/a", token.Text));
    }

    [Fact]
    public async Task Refuses_a_token_from_the_moment_it_expires()
    {
        var token = await _server.Tokens.IssueAsync("t", [Role.Viewer], null, _time.GetUtcNow().AddHours(1), "test", default);
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _server.GetAsync("/api/notes/a", token.Text)).Status);

        _time.Advance(TimeSpan.FromSeconds(1));

        await AssertUnauthenticatedAsync(await _server.GetAsync("/api/notes/a", token.Text));
    }

    [Fact]
    public async Task The_scheme_may_be_written_in_any_case() =>
        Assert.Equal(200, (await _server.GetAsync("/api/notes/a", null, ("Authorization", $"bearer {await _server.TokenAsync(Role.Viewer)}"))).Status);

    [Fact]
    public async Task A_missing_permission_is_denied_before_the_body_is_read()
    {
        var reply = await _server.SendAsync("PUT", "/api/notes/a", await _server.TokenAsync(Role.Viewer), "no json");

        Assert.Equal((403, "access.denied"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_foreign_name_is_out_of_scope_and_left_out_of_listings()
    {
        var token = await _server.TokenAsync([Role.Viewer], "note-103", "note-10*", "shop");

        Assert.Equal(200, (await _server.GetAsync("/api/notes/note-104", token)).Status);
        Assert.Equal(200, (await _server.GetAsync("/api/notes/shop", token)).Status);
        var foreign = await _server.GetAsync("/api/notes/shop-2", token);
        Assert.Equal((403, "access.scope"), (foreign.Status, foreign.Problem));
        var narrow = await _server.TokenAsync([Role.Viewer], "note-103", "note-108*");
        Assert.Equal(["note-103", "note-108"], (await _server.GetAsync("/api/notes", narrow)).Json["items"]!.AsArray().Select(item => item!.GetValue<string>()));
    }

    [Fact]
    public async Task The_last_use_is_noted_once_an_hour()
    {
        var token = await _server.Tokens.IssueAsync("t", [Role.Viewer], null, null, "test", default);
        var start = _time.GetUtcNow();

        foreach (var minutes in (int[])[0, 30, 29, 2])
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            await _server.GetAsync("/api/notes/a", token.Text);
            var expected = _time.GetUtcNow() - start < TimeSpan.FromHours(1) ? start : _time.GetUtcNow();
            Assert.Equal(expected, (await _server.Tokens.FindAsync(token.Id, default))!.Value.LastUsed);
        }
    }

    [Fact]
    public async Task The_secret_is_neither_kept_nor_logged()
    {
        var token = await _server.TokenAsync(Role.Viewer);
        await _server.GetAsync("/api/notes/a", token);
        await _server.GetAsync("/api/notes/a", token + "x");

        var rows = await _server.Store.ScanAsync("Tokens", null, default).ToListAsync();
        var secret = token.Split('_')[2];
        Assert.DoesNotContain(rows, row => System.Text.Encoding.UTF8.GetString(row.Body.Span).Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(_server.Log, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_trace_of_the_caller_is_the_correlation_of_answer_and_log()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";

        var traced = await _server.GetAsync("/api/notes/a", null, ("traceparent", $"00-{trace}-b7ad6b7169203331-01"));
        var fresh = await _server.GetAsync("/api/notes/a");

        Assert.Equal(trace, traced.Headers[Reply.CorrelationHeader]);
        Assert.Matches("^[0-9a-f]{32}$", fresh.Headers[Reply.CorrelationHeader]);
        Assert.NotEqual(trace, fresh.Headers[Reply.CorrelationHeader]);
        Assert.Contains($"scope: {trace} ReadNote", _server.Log);
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_browsers_and_caches_need()
    {
        foreach (var path in (string[])["/api/notes/a", "/api/nothing"])
        {
            var headers = (await _server.GetAsync(path)).Headers;
            Assert.Equal("nosniff", headers["X-Content-Type-Options"]);
            Assert.Equal("no-store", headers["Cache-Control"]);
            Assert.Equal("DENY", headers["X-Frame-Options"]);
            Assert.StartsWith("default-src 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.False(headers.ContainsKey("Server"));
        }
    }

    /// <summary>The words do not depend on what is wrong, so they are compared with those for no token at all.</summary>
    private async Task AssertUnauthenticatedAsync(Reply reply)
    {
        Assert.Equal((401, "access.unauthenticated"), (reply.Status, reply.Problem));
        Assert.Equal("Bearer realm=\"certrelay\"", reply.Headers["WWW-Authenticate"]);
        Assert.Equal(Words(await _server.GetAsync("/api/notes/a")), Words(reply));

        static string Words(Reply one)
        {
            var json = one.Json.AsObject();
            json.Remove("correlation");
            return json.ToJsonString();
        }
    }
}
