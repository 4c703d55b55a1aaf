using Certrelay.App.Triggers;
using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private EdgeServer _server = null!;

    public async Task InitializeAsync() => _server = await EdgeServer.StartAsync([typeof(Health)], _time);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_host_without_faults_is_healthy_for_everyone()
    {
        await HeartbeatRecord.BeatAsync(_server.Store, "Reconcile", TimeSpan.FromMinutes(1), _time, default);

        var reply = await _server.GetAsync("/healthz");

        Assert.Equal((200, """{"healthy":true,"reasons":[]}"""), (reply.Status, reply.Body));
        Assert.Equal((200, ""), await HeadAsync());
    }

    [Fact]
    public async Task A_timer_is_late_after_a_period_and_half_a_minute()
    {
        await HeartbeatRecord.BeatAsync(_server.Store, "Reconcile", TimeSpan.FromMinutes(1), _time, default);
        await HeartbeatRecord.BeatAsync(_server.Store, "Reindex", TimeSpan.FromHours(1), _time, default);

        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(200, (await _server.GetAsync("/healthz")).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        var late = await _server.GetAsync("/healthz");

        Assert.Equal((503, """{"healthy":false,"reasons":["The timer Reconcile is late."]}"""), (late.Status, late.Body));
        Assert.Equal(503, (await _server.GetAsync("/healthz")).Status);
        Assert.Equal(1, await _server.Queue.CountAsync(QueueNames.Timer, default));

        await HeartbeatRecord.BeatAsync(_server.Store, "Reconcile", TimeSpan.FromMinutes(1), _time, default);
        Assert.Equal(503, (await _server.GetAsync("/healthz")).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _server.GetAsync("/healthz")).Status);
    }

    [Fact]
    public async Task A_damaged_heartbeat_is_a_reason_and_no_fault_of_the_call()
    {
        await _server.Store.WriteAsync([new RecordChange.Put(HeartbeatRecord.Key("Reconcile"), "x"u8.ToArray())], default);

        var reply = await _server.GetAsync("/healthz");

        Assert.Equal((503, "A timer's record cannot be read."), (reply.Status, (string?)reply.Json["reasons"]![0]));
    }

    [Fact]
    public async Task The_status_shows_what_the_timer_counted_and_the_freeze()
    {
        var token = await _server.TokenAsync(Role.Viewer);
        var before = await _server.GetAsync("/api/status", token);
        _time.Advance(TimeSpan.FromSeconds(90));
        var status = new StatusRecord { At = _time.GetUtcNow(), Counts = new Dictionary<string, long>(StringComparer.Ordinal) { ["certificates"] = 3 } };
        await _server.Store.InsertAsync(StatusRecord.Key, status, default);
        await _server.Store.InsertAsync(FreezeRecord.Key, new FreezeRecord { Since = _time.GetUtcNow(), By = "me", Reason = "audit" }, default);
        var after = await _server.GetAsync("/api/status", token);

        Assert.Equal("""{"version":"0.1.0","edition":"embedded","uptimeSeconds":0,"frozen":false}""", before.Body);
        Assert.Equal("""{"version":"0.1.0","edition":"embedded","uptimeSeconds":90,"frozen":true,"countedAt":"2026-01-05T08:01:30+00:00","counts":{"certificates":3}}""", after.Body);
    }

    private async Task<(int, string)> HeadAsync()
    {
        var reply = await _server.SendAsync("HEAD", "/healthz");
        return (reply.Status, reply.Body);
    }
}
