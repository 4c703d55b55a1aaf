using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Targets.Accounts;
using Certrelay.Tests.Api;
using Certrelay.Tests.Http;
using Certrelay.Vault;
using Certrelay.Watch;

namespace Certrelay.Tests.Accounts;

public sealed class AccountFunctionTests : IAsyncLifetime
{
    private const string Secret = "example/secret+not-real=0000000000000001";
    private const string Aws = $$"""{"name":"prod-aws","vendor":"aws","region":"eu-central-1","keyId":"AKIAIOSFODNN7EXAMPLE","secret":"{{Secret}}"}""";

    private ApiServer _server = null!;

    private AccountRegistry Registry => _server.Get<AccountRegistry>();

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task An_account_is_shown_without_its_secret_and_opened_with_it()
    {
        var made = await CreateAsync(Aws);
        var shown = await _server.GetAsync("/api/accounts/prod-aws");

        Assert.Equal((201, "/api/accounts/prod-aws", made.Headers["ETag"], made.Body), (made.Status, made.Headers["Location"], shown.Headers["ETag"], shown.Body));
        Assert.Equal(
            ["name", "vendor", "site", "region", "keyId", "secretChanged", "hasSession", "created", "updated"],
            shown.Json.AsObject().Select(member => member.Key));
        Assert.Equal(("aws", "aws", "eu-central-1", "AKIAIOSFODNN7EXAMPLE"), (Text(shown, "vendor"), Text(shown, "site"), Text(shown, "region"), Text(shown, "keyId")));
        Assert.Equal(304, (await _server.GetAsync("/api/accounts/prod-aws", null, ("If-None-Match", shown.Headers["ETag"]))).Status);
        using var opened = await Registry.OpenAsync("prod-aws", CancellationToken.None);
        Assert.Equal((Secret, false, "[account]"), (Ascii(opened.Secret), opened.SessionToken.HasValue, opened.ToString()));
    }

    [Theory]
    [InlineData("alibaba", "china", """{"name":"a","vendor":"alibaba","keyId":"LTAIEXAMPLEEXAMPLE000001","secret":"EXAMPLEaccessKeySecretNOTREAL01"}""")]
    [InlineData("alibaba, international, temporary", "international", """{"name":"a","vendor":"alibaba","site":"international","keyId":"STS.EXAMPLEEXAMPLE000002","secret":"EXAMPLEstsSecretNOTREAL02","sessionToken":"CAISEXAMPLE+token/with=reserved&chars~not-real=="}""")]
    [InlineData("aws, China", "aws-cn", """{"name":"a","vendor":"aws","site":"aws-cn","keyId":"AKIAIOSFODNN7EXAMPLE","secret":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}""")]
    [InlineData("azure", "public", """{"name":"a","vendor":"azure","tenant":"contoso.onmicrosoft.com","keyId":"00000000-0000-0000-0000-00000000000A","secret":"EXAMPLE~client.secret_not-real"}""")]
    [InlineData("huawei, Europe", "europe", """{"name":"a","vendor":"huawei","site":"europe","keyId":"HWAKEXAMPLE000000001","secret":"EXAMPLEsecretKeyNotReal0000000000000001"}""")]
    [InlineData("tencent", "china", """{"name":"a","vendor":"tencent","keyId":"AKIDEXAMPLEEXAMPLEEXAMPLEEXAMPLE0000","secret":"EXAMPLESECRETKEYNOTREAL0123456789"}""")]
    public async Task Every_vendor_has_its_own_form(string row, string site, string body)
    {
        Assert.NotEmpty(row);
        var made = await CreateAsync(body);

        Assert.Equal((201, site), (made.Status, Text(made, "site")));
        using var opened = await Registry.OpenAsync("a", CancellationToken.None);
        Assert.Equal((Text(body, "secret"), Text(body, "sessionToken")), (Ascii(opened.Secret), opened.SessionToken is { } token ? Ascii(token) : null));
    }

    [Theory]
    [InlineData("all at once", """{"name":"A","vendor":"aws","site":"china","region":"Paris","tenant":"x","keyId":"x","secret":"short","sessionToken":"a b","sessionExpires":"2001-01-01T00:00:00Z"}""", "/name /site /region /tenant /keyId /secret /sessionToken /sessionExpires")]
    [InlineData("azure without tenant, with a session", """{"name":"a","vendor":"azure","keyId":"x","secret":"EXAMPLE~client.secret","sessionToken":"token"}""", "/tenant /keyId /sessionToken")]
    [InlineData("azure, no tenant of that form", """{"name":"a","vendor":"azure","tenant":"a b","keyId":"00000000-0000-0000-0000-00000000000A","secret":"EXAMPLE~client.secret"}""", "/tenant")]
    [InlineData("a temporary key without its token", """{"name":"a","vendor":"aws","keyId":"ASIAIOSFODNN7EXAMPLE","secret":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}""", "/sessionToken")]
    [InlineData("an end without a session", """{"name":"a","vendor":"huawei","keyId":"HWAKEXAMPLE000000001","secret":"EXAMPLEsecretKeyNotReal","sessionExpires":"2999-01-01T00:00:00Z"}""", "/sessionExpires")]
    [InlineData("key id and secret changed over", """{"name":"a","vendor":"alibaba","keyId":"EXAMPLEaccessKeySecretNOTREAL01","secret":"LTAIEXAMPLEEXAMPLE000001"}""", "/keyId")]
    [InlineData("the key id twice", """{"name":"a","vendor":"tencent","keyId":"AKIDEXAMPLEEXAMPLE","secret":"AKIDEXAMPLEEXAMPLE"}""", "/secret")]
    [InlineData("a line break in the secret", """{"name":"a","vendor":"huawei","keyId":"HWAKEXAMPLE000000001","secret":"EXAMPLEsecretKeyNotReal\n"}""", "/secret")]
    public async Task Every_fault_is_told_at_its_place_and_nothing_is_stored(string row, string body, string places)
    {
        Assert.NotEmpty(row);
        var reply = await CreateAsync(body);

        Assert.Equal((422, "request.refused"), Code(reply));
        Assert.Equal(places, string.Join(' ', reply.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!)));
        Assert.DoesNotContain(Text(body, "secret")!, reply.Body, StringComparison.Ordinal);
        Assert.Empty(await VersionsAsync("a"));
        Assert.Empty((await _server.GetAsync("/api/accounts")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_name_is_given_once_unless_the_call_is_repeated()
    {
        var first = await _server.SendAsync("POST", "/api/accounts", Aws, null, ("Idempotency-Key", "k"));
        var again = await _server.SendAsync("POST", "/api/accounts", Aws, null, ("Idempotency-Key", "k"));

        Assert.Equal((201, 201, first.Body), (first.Status, again.Status, again.Body));
        Assert.Equal((409, "account.exists"), Code(await CreateAsync(Aws)));
        Assert.Single(await VersionsAsync("prod-aws"));
    }

    [Fact]
    public async Task A_new_secret_takes_the_place_of_the_former_one()
    {
        var etag = (await CreateAsync(Aws)).Headers["ETag"];
        var former = Assert.Single(await VersionsAsync("prod-aws")).Reference;
        const string change = """{"keyId":"ASIAIOSFODNN7EXAMPLE","secret":"another/secret+not-real=0000000000000002","sessionToken":"token","sessionExpires":"2999-01-01T00:00:00Z"}""";

        Assert.Equal((428, "precondition.required"), Code(await _server.SendAsync("PATCH", "/api/accounts/prod-aws", change)));
        var changed = await ChangeAsync(change, etag);
        Assert.Equal(
            (200, "eu-central-1", "ASIAIOSFODNN7EXAMPLE", true, "2999-01-01T00:00:00+00:00"),
            (changed.Status, Text(changed, "region"), Text(changed, "keyId"), (bool)changed.Json["hasSession"]!, Text(changed, "sessionExpires")));
        Assert.True((DateTimeOffset)changed.Json["secretChanged"]! >= (DateTimeOffset)changed.Json["created"]!);
        Assert.NotEqual(former, Assert.Single(await VersionsAsync("prod-aws")).Reference);
        using var opened = await Registry.OpenAsync("prod-aws", CancellationToken.None);
        Assert.Equal(("another/secret+not-real=0000000000000002", "token"), (Ascii(opened.Secret), Ascii(opened.SessionToken!.Value)));
        Assert.Equal((412, "precondition.failed"), Code(await ChangeAsync(change, etag)));
        // A lasting key again: the session goes with the key that it belonged to.
        var lasting = await ChangeAsync($$"""{"keyId":"AKIAIOSFODNN7EXAMPLE","secret":"{{Secret}}"}""");
        Assert.Equal((false, null), ((bool)lasting.Json["hasSession"]!, lasting.Json["sessionExpires"]));
    }

    [Fact]
    public async Task A_change_without_a_secret_leaves_the_vault_alone()
    {
        var made = await CreateAsync(Aws);
        var version = Assert.Single(await VersionsAsync("prod-aws")).Reference;

        var changed = await ChangeAsync("""{"region":""}""");

        Assert.Equal((200, null, Text(made, "secretChanged")), (changed.Status, changed.Json["region"], Text(changed, "secretChanged")));
        Assert.Equal(version, Assert.Single(await VersionsAsync("prod-aws")).Reference);
        var orphans = await ChangeAsync("""{"site":"china","keyId":"AKIAIOSFODNN7ANOTHER","sessionToken":"x","sessionExpires":"2999-01-01T00:00:00Z"}""");
        Assert.Equal((422, "request.refused"), Code(orphans));
        Assert.Equal("/keyId /sessionToken /sessionExpires /site", string.Join(' ', orphans.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!)));
        Assert.Equal((400, "body.invalid"), Code(await ChangeAsync("""{"vendor":"azure"}""")));
        Assert.Equal((404, "resource.unknown"), Code(await _server.SendAsync("PATCH", "/api/accounts/none", "{}", null, ("If-Match", "*"))));
    }

    [Fact]
    public async Task A_deleted_account_is_gone_with_its_secret()
    {
        await CreateAsync(Aws);

        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("DELETE", "/api/accounts/prod-aws")));
        Assert.Equal((412, "precondition.failed"), Code(await _server.SendAsync("DELETE", "/api/accounts/prod-aws?reason=x", null, null, ("If-Match", "\"0\""))));
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/accounts/prod-aws?reason=x")).Status);
        Assert.Equal((404, "resource.unknown"), Code(await _server.GetAsync("/api/accounts/prod-aws")));
        Assert.Empty(await VersionsAsync("prod-aws"));
        Assert.Equal("target.account", (await Assert.ThrowsAsync<Permanent>(() => Registry.OpenAsync("prod-aws", CancellationToken.None))).Code);
        Assert.Equal(201, (await CreateAsync(Aws)).Status);
    }

    [Fact]
    public async Task A_deletion_that_was_cut_off_is_ended_by_the_clean_up()
    {
        await CreateAsync(Aws);
        var account = (await Registry.ReadAsync("prod-aws", CancellationToken.None))!;
        await _server.Get<IRecordStore>().ReplaceAsync(account, account.Value with { Deleting = true }, CancellationToken.None);

        Assert.Equal((404, "resource.unknown"), Code(await _server.GetAsync("/api/accounts/prod-aws")));
        Assert.Empty((await _server.GetAsync("/api/accounts")).Json["items"]!.AsArray());
        Assert.Equal((409, "account.exists"), Code(await CreateAsync(Aws)));
        await _server.Get<Cleanup>().RunAsync(new DueHint(DueKind.Cleanup, account.Value.Created, "acc-prod-aws"), CancellationToken.None);

        Assert.Empty(await VersionsAsync("prod-aws"));
        Assert.Equal(201, (await CreateAsync(Aws)).Status);
    }

    [Fact]
    public async Task Accounts_are_listed_by_page_and_vendor_within_the_scope()
    {
        foreach (var name in new[] { "web-a", "web-b", "web-c", "app" })
            Assert.Equal(201, (await CreateAsync(Aws.Replace("prod-aws", name, StringComparison.Ordinal))).Status);
        Assert.Equal(201, (await CreateAsync("""{"name":"web-t","vendor":"tencent","keyId":"AKIDEXAMPLEEXAMPLE","secret":"EXAMPLESECRETKEYNOTREAL"}""")).Status);
        var scoped = await _server.TokenAsync(Role.Viewer, "web-*");

        var first = (await _server.GetAsync("/api/accounts?vendor=aws&limit=2", scoped)).Json;
        Assert.Equal(["web-a", "web-b"], Names(first));
        Assert.Equal(["web-c"], Names((await _server.GetAsync($"/api/accounts?vendor=aws&limit=2&after={first["next"]}", scoped)).Json));
        Assert.Equal(["web-t"], Names((await _server.GetAsync("/api/accounts?vendor=tencent")).Json));
        Assert.Equal((400, "query.invalid"), Code(await _server.GetAsync("/api/accounts?vendor=none")));
        Assert.Equal((403, "access.scope"), Code(await _server.GetAsync("/api/accounts/app", scoped)));
        var admin = await _server.TokenAsync(Role.Admin, "web-*");
        Assert.Equal((403, "access.scope"), Code(await _server.SendAsync("POST", "/api/accounts", Aws, admin)));
    }

    private Task<Reply> CreateAsync(string body) => _server.SendAsync("POST", "/api/accounts", body);

    private Task<Reply> ChangeAsync(string body, string etag = "*") => _server.SendAsync("PATCH", "/api/accounts/prod-aws", body, null, ("If-Match", etag));

    private async Task<IReadOnlyList<VaultVersion>> VersionsAsync(string account) =>
        await _server.Get<IVault>().VersionsAsync($"acc-{account}", CancellationToken.None).Where(static version => version.Enabled).ToListAsync();

    private static IEnumerable<string> Names(JsonNode page) => page["items"]!.AsArray().Select(item => (string)item!["name"]!);

    private static string? Text(Reply reply, string member) => (string?)reply.Json[member];

    private static string? Text(string body, string member) => (string?)JsonNode.Parse(body)![member];

    private static string Ascii(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);

    private static (int, string) Code(Reply reply) => (reply.Status, reply.Problem);
}
