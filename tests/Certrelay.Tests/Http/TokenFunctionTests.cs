using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class TokenFunctionTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private EdgeServer _server = null!;
    private string _admin = "";

    public static TheoryData<string, string, string> Requests() => new()
    {
        { "no description", """{"description":"","roles":["viewer"]}""", "/description: The field description must be a string with a minimum length of 1 and a maximum length of 200" },
        { "no role", """{"description":"a","roles":[]}""", "/roles: The field roles must be a string or array type with a minimum length of '1'" },
        { "an unknown role", """{"description":"a","roles":["root"]}""", "/roles/0: is to be one of viewer, operator, deployer, exporter, auditor, admin" },
        { "an empty scope", """{"description":"a","roles":["viewer"],"scope":[]}""", "/scope: The field scope must be a string or array type with a minimum length of '1'" },
        { "a star alone", """{"description":"a","roles":["viewer"],"scope":["*"]}""", "/scope: is to hold names (prod-shop) or beginnings of names with a star (prod-*)" },
        { "a star in between", """{"description":"a","roles":["viewer"],"scope":["a*b"]}""", "/scope: is to hold names (prod-shop) or beginnings of names with a star (prod-*)" },
        { "no name", """{"description":"a","roles":["viewer"],"scope":["Prod Shop"]}""", "/scope: is to hold names (prod-shop) or beginnings of names with a star (prod-*)" },
        { "an end in the past", """{"description":"a","roles":["viewer"],"expires":"2026-01-05T08:00:00Z"}""", "/expires: lies in the past" },
    };

    public async Task InitializeAsync()
    {
        _server = await EdgeServer.StartAsync([typeof(Certrelay.App.Triggers.Tokens)], _time);
        _admin = await _server.TokenAsync(Role.Admin);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_token_is_made_shown_once_listed_and_revoked()
    {
        var made = await _server.SendAsync("POST", "/api/tokens", _admin, """{"description":"ci","roles":["viewer","viewer","admin"],"scope":["prod-*"],"expires":"2026-02-01T00:00:00Z"}""");

        Assert.Equal(201, made.Status);
        var (id, text) = ((string)made.Json["id"]!, (string)made.Json["token"]!);
        Assert.Equal($"/api/tokens/{id}", made.Headers["Location"]);
        Assert.StartsWith($"crt_{id}_", text, StringComparison.Ordinal);
        Assert.Equal("""["viewer","admin"]""", made.Json["roles"]!.ToJsonString());

        Assert.Equal(200, (await _server.GetAsync($"/api/tokens/{id}", text)).Status);
        var shown = await _server.GetAsync("/api/tokens", _admin);
        Assert.DoesNotContain(text, shown.Body, StringComparison.Ordinal);
        Assert.Contains(shown.Json["items"]!.AsArray(), item => (string?)item!["id"] == id && (string?)item["createdBy"] == _admin.Split('_')[1]);

        Assert.Equal(204, (await _server.SendAsync("DELETE", $"/api/tokens/{id}?reason=leaked", _admin)).Status);
        Assert.Equal(204, (await _server.SendAsync("DELETE", $"/api/tokens/{id}?reason=again", _admin)).Status);
        Assert.Equal(401, (await _server.GetAsync("/api/tokens", text)).Status);
        Assert.NotNull((await _server.GetAsync($"/api/tokens/{id}", _admin)).Json["revoked"]);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Refuses_a_token_with(string row, string body, string fault)
    {
        Assert.NotEmpty(row);

        var reply = await _server.SendAsync("POST", "/api/tokens", _admin, body);

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.StartsWith(fault, Assert.Single(reply.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_listed_in_pages()
    {
        for (var i = 0; i < 4; i++)
            await _server.TokenAsync(Role.Viewer);

        var first = await _server.GetAsync("/api/tokens?limit=3", _admin);
        var second = await _server.GetAsync($"/api/tokens?limit=3&after={first.Json["next"]}", _admin);

        var ids = first.Json["items"]!.AsArray().Concat(second.Json["items"]!.AsArray()).Select(item => (string)item!["id"]!).ToList();
        Assert.Equal(5, ids.Distinct().Count());
        Assert.Null(second.Json["next"]);
    }

    [Theory]
    [InlineData("a scope where none was", """["viewer"]""", "null", 403)]
    [InlineData("another scope", """["viewer"]""", """["test-*"]""", 403)]
    [InlineData("a wider scope", """["viewer"]""", """["pro*"]""", 403)]
    [InlineData("a narrower scope", """["viewer"]""", """["prod-eu-*","prod-us"]""", 201)]
    public async Task A_token_makes_none_that_reaches_further(string row, string roles, string scope, int status)
    {
        Assert.NotEmpty(row);
        var scoped = await _server.TokenAsync([Role.Admin], "prod-*");
        var body = scope == "null" ? $$"""{"description":"a","roles":{{roles}}}""" : $$"""{"description":"a","roles":{{roles}},"scope":{{scope}}}""";

        var reply = await _server.SendAsync("POST", "/api/tokens", scoped, body);

        Assert.Equal(status, reply.Status);
        if (status == 403)
            Assert.Equal("access.scope", reply.Problem);
    }

    [Fact]
    public async Task A_scoped_admin_neither_sees_nor_revokes_what_reaches_further()
    {
        var scoped = await _server.TokenAsync([Role.Admin], "prod-*");
        var id = _admin.Split('_')[1];

        Assert.Equal([scoped.Split('_')[1]], (await _server.GetAsync("/api/tokens", scoped)).Json["items"]!.AsArray().Select(item => (string?)item!["id"]));
        Assert.Equal("access.scope", (await _server.GetAsync($"/api/tokens/{id}", scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("DELETE", $"/api/tokens/{id}?reason=x", scoped)).Problem);
    }

    [Fact]
    public async Task The_last_token_that_can_make_others_stays()
    {
        await _server.TokenAsync([Role.Admin], "prod-*");
        await _server.Tokens.IssueAsync("t", [Role.Admin], null, _time.GetUtcNow().AddDays(1), "test", default);
        var path = $"/api/tokens/{_admin.Split('_')[1]}?reason=rotation";

        var refused = await _server.SendAsync("DELETE", path, _admin);
        var other = await _server.TokenAsync(Role.Admin);
        var taken = await _server.SendAsync("DELETE", path, other);

        Assert.Equal((409, "token.last-admin"), (refused.Status, refused.Problem));
        Assert.Equal(204, taken.Status);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("a%20b")]
    [InlineData("%2e%2e")]
    public async Task An_unknown_token_is_not_found(string id)
    {
        Assert.Equal(404, (await _server.GetAsync($"/api/tokens/{id}", _admin)).Status);
        Assert.Equal(404, (await _server.SendAsync("DELETE", $"/api/tokens/{id}?reason=x", _admin)).Status);
    }

    [Fact]
    public async Task A_stale_revocation_is_refused()
    {
        var token = await _server.Tokens.IssueAsync("t", [Role.Viewer], null, null, "test", default);

        Assert.Equal("precondition.failed", (await _server.SendAsync("DELETE", $"/api/tokens/{token.Id}?reason=x", _admin, null, ("If-Match", "\"0\""))).Problem);
        Assert.Null((await _server.Tokens.FindAsync(token.Id, default))!.Value.Revoked);
    }

    [Fact]
    public async Task Making_a_token_cannot_be_repeated_under_a_key()
    {
        var reply = await _server.SendAsync("POST", "/api/tokens", _admin, """{"description":"a","roles":["viewer"]}""", ("Idempotency-Key", "1"));

        Assert.Equal((400, "idempotency.not-offered"), (reply.Status, reply.Problem));
    }
}
