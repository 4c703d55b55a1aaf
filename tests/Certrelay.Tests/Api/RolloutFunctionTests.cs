using Certrelay.Records;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;

namespace Certrelay.Tests.Api;

public sealed class RolloutFunctionTests : IAsyncLifetime
{
    private const string Order = """{"certificate":"shop","reason":"test"}""";

    private ApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop");
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_rollout_is_followed_by_its_id()
    {
        var started = await _server.SendAsync("POST", "/api/rollouts", Order);
        Assert.Equal((202, $"/api/rollouts/{started.Json["id"]}"), (started.Status, started.Headers["Location"]));

        var settled = await _server.GetAsync($"{started.Headers["Location"]}?wait=30s");
        Assert.Equal("bound", (string)settled.Json["state"]!);
        Assert.Equal(304, (await _server.GetAsync(started.Headers["Location"], null, ("If-None-Match", settled.Headers["ETag"]))).Status);
        Assert.Equal(Uploads.Leaf.FullChainPem, await File.ReadAllTextAsync(Path.Combine(_server.Sites, "web-a", "fullchain.pem")));
        var step = await _server.GetAsync($"{started.Headers["Location"]}/steps/web-a");
        Assert.Equal(2, step.Json["journal"]!.AsArray().Count);
        Assert.Equal("resource.unknown", (await _server.GetAsync($"{started.Headers["Location"]}/steps/none")).Problem);
        Assert.Equal((string)started.Json["id"]!, (string)(await _server.GetAsync("/api/targets/web-a")).Json["state"]!["rollout"]!);
    }

    [Fact]
    public async Task A_caller_who_waits_gets_the_end()
    {
        var reply = await _server.SendAsync("POST", "/api/rollouts?wait=30s", Order, null, ("Idempotency-Key", "k"));
        var again = await _server.SendAsync("POST", "/api/rollouts?wait=30s", Order, null, ("Idempotency-Key", "k"));

        Assert.Equal((200, "bound", reply.Body), (reply.Status, (string)reply.Json["state"]!, again.Body));
        Assert.Single((await _server.GetAsync("/api/rollouts")).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("30")]
    [InlineData("6m")]
    [InlineData("-1s")]
    [InlineData("1h")]
    [InlineData("999999m")]
    public async Task A_wait_is_a_short_time(string wait)
    {
        Assert.Equal((400, "query.invalid"), Code(await _server.SendAsync("POST", $"/api/rollouts?wait={wait}", Order)));
        Assert.Empty((await _server.GetAsync("/api/rollouts")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Every_fault_of_an_order_is_told_at_once()
    {
        await _server.SendAsync("POST", "/api/targets", """{"name":"watched","kind":"endpoint-only"}""");

        var reply = await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"none","targets":["watched","gone","Bad Name"],"overrides":["key.missing"],"reason":"x"}""");

        Assert.Equal((422, "request.refused"), Code(reply));
        Assert.Equal(["/certificate", "/overrides", "/targets", "/targets", "/targets"], reply.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!));
        var version = await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop","version":7,"reason":"x"}""");
        Assert.Equal((422, "/version"), (version.Status, (string)version.Json["faults"]![0]!["at"]!));
        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop"}""")));
        Assert.Equal((400, "body.invalid"), Code(await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop","reason":"x","target":"web-a"}""")));
        Assert.Equal((400, "body.missing"), Code(await _server.SendAsync("POST", "/api/rollouts?reason=x")));
    }

    [Fact]
    public async Task A_waiting_rollout_is_cancelled_and_begun_anew()
    {
        await _server.SendAsync("PUT", "/api/freeze", """{"reason":"quiet"}""");
        var id = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=300ms", Order)).Json["id"]!;

        Assert.Equal((409, "rollout.unchanged"), Code(await _server.SendAsync("POST", $"/api/rollouts/{id}/retry?reason=x")));
        var cancelled = await _server.SendAsync("POST", $"/api/rollouts/{id}/cancel", """{"targets":["web-a","none"],"reason":"x"}""");
        Assert.Equal((200, "web-a", "The rollout has no such target."), (cancelled.Status, (string)cancelled.Json["changed"]![0]!, (string)cancelled.Json["refused"]!["none"]!));
        Assert.Equal("cancelled", (string)(await _server.GetAsync($"/api/rollouts/{id}")).Json["state"]!);
        var twice = await _server.SendAsync("POST", $"/api/rollouts/{id}/cancel?reason=x");
        Assert.Equal((409, "rollout.unchanged", "The step has settled."), (twice.Status, twice.Problem, (string)twice.Json["refused"]!["web-a"]!));

        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/freeze?reason=done")).Status);
        Assert.Equal(200, (await _server.SendAsync("POST", $"/api/rollouts/{id}/retry?reason=x")).Status);
        Assert.Equal("bound", (string)(await _server.GetAsync($"/api/rollouts/{id}?wait=60s")).Json["state"]!);
    }

    [Fact]
    public async Task What_was_there_before_comes_back_by_hand()
    {
        var id = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=30s", Order)).Json["id"]!;

        Assert.Equal(200, (await _server.SendAsync("POST", $"/api/rollouts/{id}/restore", """{"reason":"x"}""")).Status);
        Assert.Equal("rolled-back", (string)(await _server.GetAsync($"/api/rollouts/{id}?wait=30s")).Json["state"]!);
        Assert.False(File.Exists(Path.Combine(_server.Sites, "web-a", "fullchain.pem")));
        Assert.Equal((409, "rollout.unchanged"), Code(await _server.SendAsync("POST", $"/api/rollouts/{id}/restore?reason=x")));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("retry")]
    [InlineData("restore")]
    public async Task A_command_needs_a_rollout_a_reason_and_names(string command)
    {
        var id = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=30s", Order)).Json["id"]!;

        Assert.Equal((404, "resource.unknown"), Code(await _server.SendAsync("POST", $"/api/rollouts/nothing/{command}?reason=x")));
        Assert.Equal((404, "resource.unknown"), Code(await _server.SendAsync("POST", $"/api/rollouts/{new string('0', 26)}/{command}?reason=x")));
        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("POST", $"/api/rollouts/{id}/{command}")));
        Assert.Equal((400, "body.invalid"), Code(await _server.SendAsync("POST", $"/api/rollouts/{id}/{command}", """{"targets":["A B"],"reason":"x"}""")));
    }

    [Fact]
    public async Task Rollouts_are_listed_newest_first_within_the_scope()
    {
        await _server.TargetAsync("app-a", "shop");
        var first = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"shop","targets":["web-a"],"reason":"1"}""")).Json["id"]!;
        var second = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"shop","targets":["app-a"],"reason":"2"}""")).Json["id"]!;
        var scoped = await _server.TokenAsync(Role.Deployer, "shop", "web-*");

        Assert.Equal([second, first], await IdsAsync("/api/rollouts"));
        Assert.Equal([first], await IdsAsync("/api/rollouts?target=web-a"));
        Assert.Equal([first], await IdsAsync("/api/rollouts", scoped));
        Assert.Equal("access.scope", (await _server.GetAsync($"/api/rollouts/{second}", scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("POST", $"/api/rollouts/{second}/cancel?reason=x", null, scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("POST", "/api/rollouts", Order, scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("PUT", "/api/freeze?reason=x", null, scoped)).Problem);
        Assert.Equal("access.scope", (await _server.SendAsync("DELETE", "/api/freeze?reason=x", null, scoped)).Problem);
    }

    [Fact]
    public async Task The_freeze_tells_who_and_why()
    {
        Assert.False((bool)(await _server.GetAsync("/api/freeze")).Json["frozen"]!);
        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("PUT", "/api/freeze")));
        Assert.Equal((400, "reason.required"), Code(await _server.SendAsync("DELETE", "/api/freeze")));
        Assert.Equal((400, "body.invalid"), Code(await _server.SendAsync("PUT", "/api/freeze?reason=x", """{"until":"x"}""")));
        await _server.SendAsync("PUT", "/api/freeze", """{"reason":"audit week"}""");

        var frozen = (await _server.GetAsync("/api/freeze")).Json;
        Assert.Equal((true, "audit week", "admin"), ((bool)frozen["frozen"]!, (string)frozen["reason"]!, (string)frozen["by"]!));
        Assert.True((bool)(await _server.GetAsync("/api/status")).Json["frozen"]!);
    }

    private async Task<IEnumerable<string>> IdsAsync(string path, string? token = null) =>
        (await _server.GetAsync(path, token)).Json["items"]!.AsArray().Select(item => (string)item!["id"]!);

    private static (int, string) Code(Reply reply) => (reply.Status, reply.Problem);
}
