using System.Net.Sockets;
using System.Text;
using Certrelay.App;
using Certrelay.Records;
using Certrelay.Tests.Certificates;
using Certrelay.Vault;

namespace Certrelay.Tests.Api;

public sealed class CertificateFunctionTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync(http: new HttpSettings { BodyTimeoutSeconds = 1 });
        Assert.Equal(201, (await _server.UploadAsync(Uploads.Good, "?name=shop")).Status);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_certificate_shows_its_version_and_its_targets()
    {
        await _server.TargetAsync("web-a", "shop");

        var reply = await _server.GetAsync("/api/certificates/shop");

        Assert.Equal((200, 1, "web-a"), (reply.Status, (int)reply.Json["current"]!["sequence"]!, (string)Assert.Single(reply.Json["targets"]!.AsArray())!));
        Assert.Equal(304, (await _server.GetAsync("/api/certificates/shop", null, ("If-None-Match", reply.Headers["ETag"]))).Status);
        await _server.TargetAsync("web-b", "shop");
        Assert.Equal(200, (await _server.GetAsync("/api/certificates/shop", null, ("If-None-Match", reply.Headers["ETag"]))).Status);
    }

    [Fact]
    public async Task A_version_shows_its_certificates_and_never_its_key()
    {
        var reply = await _server.GetAsync("/api/certificates/shop/versions/1");

        Assert.Equal((Uploads.Leaf.Pem, Uploads.Intermediate.Pem), ((string)reply.Json["leafPem"]!, (string)reply.Json["chainPem"]!));
        Assert.True((bool)reply.Json["hasKey"]!);
        Assert.DoesNotContain("PRIVATE", reply.Body, StringComparison.Ordinal);
        Assert.Equal(1, (int)Assert.Single((await _server.GetAsync("/api/certificates/shop/versions")).Json["items"]!.AsArray())!["sequence"]!);
    }

    [Theory]
    [InlineData("/api/certificates/none")]
    [InlineData("/api/certificates/No%20Name")]
    [InlineData("/api/certificates/none/versions")]
    [InlineData("/api/certificates/shop/versions/2")]
    [InlineData("/api/certificates/shop/versions/x")]
    public async Task What_is_not_there_is_unknown(string path) => Assert.Equal((404, "resource.unknown"), ((await _server.GetAsync(path)).Status, (await _server.GetAsync(path)).Problem));

    [Fact]
    public async Task Owner_and_tags_change_under_the_right_ETag()
    {
        var etag = (await _server.GetAsync("/api/certificates/shop")).Headers["ETag"];
        const string change = """{"owner":"web team","tags":{"env":"prod"}}""";

        Assert.Equal((428, "precondition.required"), (await Code(_server.SendAsync("PATCH", "/api/certificates/shop", change))));
        var changed = await _server.SendAsync("PATCH", "/api/certificates/shop", change, null, ("If-Match", etag));
        Assert.Equal((200, "web team", "prod"), (changed.Status, (string)changed.Json["owner"]!, (string)changed.Json["tags"]!["env"]!));
        Assert.Equal((412, "precondition.failed"), await Code(_server.SendAsync("PATCH", "/api/certificates/shop", change, null, ("If-Match", etag))));
        // The targets are no part of what If-Match guards.
        await _server.TargetAsync("web-a", "shop");
        var cleared = await _server.SendAsync("PATCH", "/api/certificates/shop", """{"owner":""}""", null, ("If-Match", changed.Headers["ETag"]));
        Assert.Equal((200, null, "prod"), (cleared.Status, cleared.Json["owner"], (string)cleared.Json["tags"]!["env"]!));
        Assert.Equal((400, "body.invalid"), await Code(_server.SendAsync("PATCH", "/api/certificates/shop", """{"owner":"a\nb"}""", null, ("If-Match", "*"))));
        Assert.Equal((415, "body.type"), await Code(_server.SendAsync("PATCH", "/api/certificates/shop", ApiServer.PemContent("x"), null, ("If-Match", "*"))));
    }

    [Fact]
    public async Task A_certificate_in_use_stays_and_names_who_uses_it()
    {
        await _server.TargetAsync("web-a", "shop");

        var reply = await _server.SendAsync("DELETE", "/api/certificates/shop?reason=old");

        Assert.Equal((409, "certificate.in-use", "web-a"), (reply.Status, reply.Problem, (string)Assert.Single(reply.Json["targets"]!.AsArray())!));
        Assert.Equal(200, (await _server.GetAsync("/api/certificates/shop")).Status);
    }

    [Fact]
    public async Task A_certificate_under_way_stays()
    {
        await _server.TargetAsync("web-a");
        await _server.SendAsync("PUT", "/api/freeze?reason=test");
        var rollout = await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop","targets":["web-a"],"reason":"test"}""");

        Assert.Equal(202, rollout.Status);
        var reply = await _server.SendAsync("DELETE", "/api/certificates/shop?reason=old");
        Assert.Equal((409, (string)rollout.Json["id"]!), (reply.Status, (string)Assert.Single(reply.Json["rollouts"]!.AsArray())!));
        Assert.Equal(200, (await _server.SendAsync("POST", $"/api/rollouts/{rollout.Json["id"]}/cancel?reason=test")).Status);
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/certificates/shop?reason=old")).Status);
    }

    [Fact]
    public async Task Deletion_leaves_neither_rows_nor_keys_and_frees_the_name()
    {
        Assert.Equal((400, "reason.required"), await Code(_server.SendAsync("DELETE", "/api/certificates/shop")));
        Assert.Equal((412, "precondition.failed"), await Code(_server.SendAsync("DELETE", "/api/certificates/shop?reason=old", null, null, ("If-Match", "\"x\""))));
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/certificates/shop?reason=old")).Status);

        Assert.Equal("", await _server.StoredAsync());
        Assert.Empty(await _server.Get<IVault>().NamesAsync("crt-", default).ToListAsync());
        Assert.Equal(404, (await _server.GetAsync("/api/certificates/shop")).Status);
        Assert.Equal((201, 1), await Version(_server.UploadAsync(Uploads.Good, "?name=shop")));
    }

    [Fact]
    public async Task An_upload_ends_a_deletion_that_a_crash_cut_short()
    {
        var registry = _server.Get<CertificateRegistry>();
        var lineage = (await registry.ReadAsync("shop", default))!;
        await _server.Get<IRecordStore>().ReplaceAsync(lineage, lineage.Value with { Deleting = true }, default);

        Assert.Equal(404, (await _server.GetAsync("/api/certificates/shop")).Status);
        Assert.Empty((await _server.GetAsync("/api/certificates")).Json["items"]!.AsArray());
        Assert.Equal((201, 1), await Version(_server.UploadAsync(Uploads.Good, "?name=shop")));
        Assert.Single(await _server.Get<IVault>().VersionsAsync("crt-shop", default).Where(static version => version.Enabled).ToListAsync());
    }

    [Fact]
    public async Task Listings_page_and_show_only_what_the_token_covers()
    {
        foreach (var name in new[] { "a-1", "a-2", "b-1" })
        {
            var leaf = Uploads.Intermediate.IssueLeaf($"{name}.example.test");
            await _server.UploadAsync(leaf.FullChainPem + leaf.KeyPem, $"?name={name}");
        }

        var first = await _server.GetAsync("/api/certificates?limit=3");
        var rest = await _server.GetAsync($"/api/certificates?limit=3&after={first.Json["next"]}");
        var scope = await _server.TokenAsync(Role.Operator, "a-*");

        Assert.Equal(["a-1", "a-2", "b-1", "shop"], first.Json["items"]!.AsArray().Concat(rest.Json["items"]!.AsArray()).Select(item => (string)item!["name"]!));
        Assert.Equal(["a-1", "a-2"], (await _server.GetAsync("/api/certificates", scope)).Json["items"]!.AsArray().Select(item => (string)item!["name"]!));
        Assert.Equal((403, "access.scope"), await Code(_server.GetAsync("/api/certificates/b-1", scope)));
        Assert.Equal((403, "access.scope"), await Code(_server.GetAsync("/api/certificates/none", scope)));
        Assert.Equal((403, "access.scope"), await Code(_server.SendAsync("PATCH", "/api/certificates/b-1", "{}", scope, ("If-Match", "*"))));
        Assert.Equal((400, "query.invalid"), await Code(_server.GetAsync("/api/certificates?limit=0")));
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_refused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/certificates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_server.Admin}\r\nContent-Type: application/x-pem-file\r\nContent-Length: 9000\r\n\r\n-----BEGIN"));
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync());
    }

    private static async Task<(int, string)> Code(Task<Http.Reply> reply) => ((await reply).Status, (await reply).Problem);

    private static async Task<(int, int)> Version(Task<Http.Reply> reply) => ((await reply).Status, (int)(await reply).Json["version"]!);
}
