using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;

namespace Certrelay.Tests.Api;

public sealed class TargetFunctionTests : IAsyncLifetime
{
    private const string Web = """{"name":"web-a","kind":"directory","settings":{"root":"sites","folder":"web-a"}}""";

    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Kinds_show_their_schema()
    {
        var kinds = (await _server.GetAsync("/api/target-kinds")).Json["items"]!.AsArray().Select(kind => (string)kind!["kind"]!);

        Assert.Equal(DeployTargets.All.Select(kind => kind.Name), kinds);
        Assert.Equal("object", (string)(await _server.GetAsync("/api/target-kinds/directory")).Json["settings"]!["type"]!);
        Assert.Equal("resource.unknown", (await _server.GetAsync("/api/target-kinds/none")).Problem);
    }

    [Fact]
    public async Task Every_fault_of_a_target_is_told_at_its_place()
    {
        const string bad = """
            {"name":"Web","kind":"directory","settings":{"root":"none","colour":1},"certificate":"none","windowSeconds":0,"samples":99,"windows":["Sat 02:00-04:00 UTC","x 25:00-26:00 y"],
             "endpoints":[{"host":"a b","port":0,"serverName":"*.x","addresses":["y"]}]}
            """;

        var reply = await _server.SendAsync("POST", "/api/targets", bad);

        Assert.Equal((422, "request.refused"), (reply.Status, reply.Problem));
        Assert.Equal(
            ["/name", "/settings/colour", "/certificate", "/windowSeconds", "/samples", "/windows/1", "/windows/1", "/windows/1", "/endpoints/0", "/endpoints/0", "/endpoints/0", "/endpoints/0"],
            reply.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!));
        Assert.Empty((await _server.GetAsync("/api/targets")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_name_is_given_once_unless_the_call_is_repeated()
    {
        var first = await _server.SendAsync("POST", "/api/targets", Web, null, ("Idempotency-Key", "k"));
        var again = await _server.SendAsync("POST", "/api/targets", Web, null, ("Idempotency-Key", "k"));
        var taken = await _server.SendAsync("POST", "/api/targets", Web);

        Assert.Equal((201, 201, first.Body), (first.Status, again.Status, again.Body));
        Assert.Equal((409, "target.exists"), (taken.Status, taken.Problem));
    }

    [Fact]
    public async Task A_target_is_replaced_under_the_right_ETag()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.UploadAsync(Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.KeyPem, "?name=rsa");
        await _server.TargetAsync("web-a", "shop");
        var etag = (await _server.GetAsync("/api/targets/web-a")).Headers["ETag"];
        const string change = """{"kind":"directory","settings":{"root":"sites","folder":"web-a"},"certificate":"rsa","windowSeconds":45,"onPartial":"restore"}""";

        Assert.Equal("precondition.required", (await _server.SendAsync("PUT", "/api/targets/web-a", change)).Problem);
        var changed = await _server.SendAsync("PUT", "/api/targets/web-a", change, null, ("If-Match", etag));
        Assert.Equal((200, "rsa", 45, "restore"), (changed.Status, (string)changed.Json["certificate"]!, (int)changed.Json["windowSeconds"]!, (string)changed.Json["onPartial"]!));
        Assert.Equal((412, "precondition.failed"), Code(await _server.SendAsync("PUT", "/api/targets/web-a", change, null, ("If-Match", etag))));
        Assert.Equal((422, "request.refused"), Code(await _server.SendAsync("PUT", "/api/targets/web-a", """{"kind":"none"}""", null, ("If-Match", "*"))));
        Assert.Equal((404, "resource.unknown"), Code(await _server.SendAsync("PUT", "/api/targets/none", change, null, ("If-Match", "*"))));
        Assert.Empty((await _server.GetAsync("/api/certificates/shop")).Json["targets"]!.AsArray());
        Assert.Equal("web-a", (string)Assert.Single((await _server.GetAsync("/api/certificates/rsa")).Json["targets"]!.AsArray())!);
    }

    [Fact]
    public async Task A_target_shows_its_windows_and_an_order_may_ask_for_them()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop");
        // Closed now and for hours.
        var closed = TimeProvider.System.GetUtcNow().Hour is >= 2 and < 14 ? "18:00-20:00 UTC" : "06:00-08:00 UTC";
        var change = $$$"""{"kind":"directory","settings":{"root":"sites","folder":"web-a"},"certificate":"shop","onDrift":"rollout","windows":["{{{closed}}}"]}""";

        var changed = await _server.SendAsync("PUT", "/api/targets/web-a", change, null, ("If-Match", "*"));
        var rollout = await _server.SendAsync("POST", "/api/rollouts?wait=1s", """{"certificate":"shop","reason":"renewal","inWindow":true}""");

        Assert.Equal((200, closed), (changed.Status, (string)Assert.Single(changed.Json["windows"]!.AsArray())!));
        Assert.Equal((202, true), (rollout.Status, (bool)rollout.Json["inWindow"]!));
        Assert.Equal(200, (await _server.SendAsync("PUT", "/api/targets/web-a", change, null, ("If-Match", "*"))).Status);
        Assert.Equal(409, (await _server.SendAsync("DELETE", "/api/targets/web-a?reason=test")).Status);
        Assert.Equal(200, (await _server.SendAsync("POST", $"/api/rollouts/{rollout.Json["id"]}/cancel?reason=test")).Status);
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/targets/web-a?reason=test")).Status);
    }

    [Fact]
    public async Task A_target_that_a_rollout_works_on_is_busy()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop");
        await _server.SendAsync("PUT", "/api/freeze?reason=test");
        await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop","reason":"test"}""");

        Assert.Equal((409, "target.busy"), Code(await _server.SendAsync("DELETE", "/api/targets/web-a?reason=test")));
        Assert.Equal((409, "target.busy"), Code(await _server.SendAsync("PUT", "/api/targets/web-a", """{"kind":"endpoint-only"}""", null, ("If-Match", "*"))));
    }

    [Fact]
    public async Task A_deleted_target_is_gone()
    {
        await _server.TargetAsync("web-a");

        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("DELETE", "/api/targets/web-a")));
        Assert.Equal((412, "precondition.failed"), Code(await _server.SendAsync("DELETE", "/api/targets/web-a?reason=x", null, null, ("If-Match", "\"0\""))));
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/targets/web-a?reason=x")).Status);
        Assert.Equal((404, "resource.unknown"), Code(await _server.GetAsync("/api/targets/web-a")));
    }

    [Fact]
    public async Task A_token_reaches_as_far_as_its_scope()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a");
        await _server.TargetAsync("app-a");
        var scoped = await _server.TokenAsync(Role.Operator, "web-*");

        Assert.Equal("web-a", (string)Assert.Single((await _server.GetAsync("/api/targets", scoped)).Json["items"]!.AsArray())!["name"]!);
        Assert.Equal("access.scope", (await _server.GetAsync("/api/targets/app-a", scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("POST", "/api/targets", """{"name":"app-b","kind":"endpoint-only"}""", scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("POST", "/api/targets", """{"name":"web-b","kind":"endpoint-only","certificate":"shop"}""", scoped)).Problem);
        Assert.Equal(201, (await _server.SendAsync("POST", "/api/targets", """{"name":"web-b","kind":"endpoint-only"}""", scoped)).Status);
    }

    private static (int, string) Code(Reply reply) => (reply.Status, reply.Problem);
}
