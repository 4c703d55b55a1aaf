using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Host;
using Certrelay.Vault;
using Certrelay.Watch;

namespace Certrelay.Tests.Api;

public sealed class ReindexTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    private IRecordStore Store => _server.Get<IRecordStore>();

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop");
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Claims_and_uses_that_are_gone_are_written_again()
    {
        foreach (var row in await Store.ScanAsync(Tables.Index, null, default).ToListAsync())
            await Store.WriteAsync([new RecordChange.Delete(row.Key, null)], default);

        await RunAsync();

        Assert.Equal("shop", await _server.Get<CertificateIndex>().HolderAsync(Fingerprint.Of(Uploads.Leaf.Der), default));
        Assert.Equal("web-a", Assert.Single(await _server.Get<CertificateIndex>().UsersAsync("shop", default)).Name);
        Assert.Equal(422, (await _server.UploadAsync(Uploads.Good, "?name=other")).Status);
    }

    [Fact]
    public async Task Hints_of_waiting_steps_are_written_again_at_their_moment()
    {
        await _server.SendAsync("PUT", "/api/freeze?reason=x");
        var id = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=500ms", """{"certificate":"shop","reason":"x"}""")).Json["id"]!;
        await DropHintsAsync();
        await Store.WriteAsync([new RecordChange.Delete(new RecordKey(Tables.Index, "run.shop", id), null)], default);

        await RunAsync();

        var step = (await _server.Get<StepRecords>().ReadAsync(id, "web-a", default))!.Value;
        var hints = await _server.Get<Due>().ReadAsync(DueKind.Step, DateTimeOffset.MaxValue, 10, default).ToListAsync();
        Assert.Contains(hints, hint => hint.Id == step.Id && hint.Moment == step.Moment);
        Assert.Equal([id], await _server.Get<RolloutSummaries>().RunningAsync("shop", default));
    }

    [Fact]
    public async Task The_end_of_a_backup_is_due_again_and_a_state_that_was_not_saved_is()
    {
        var id = (string)(await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"shop","reason":"x"}""")).Json["id"]!;
        var step = (await _server.Get<StepRecords>().ReadAsync(id, "web-a", default))!.Value;
        var saved = (await Store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), default))!;
        await Store.ReplaceAsync(saved, saved.Value with { State = RolloutState.Running, Settled = null }, default);
        await DropHintsAsync();

        await RunAsync();

        var hints = await _server.Get<Due>().ReadAsync(DueKind.Cleanup, DateTimeOffset.MaxValue, 10, default).ToListAsync();
        Assert.Contains(hints, hint => hint.Id == $"done-{id}");
        var hint = Assert.Single(hints, static hint => hint.Id.StartsWith("rb-", StringComparison.Ordinal));
        Assert.Equal(($"rb-{step.Id}", KeyText.Truncate(step.Settled!.Value + TimeSpan.FromDays(7))), (hint.Id, hint.Moment));
        Assert.Equal(RolloutState.Bound, (await Store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), default))!.Value.State);
    }

    [Fact]
    public async Task What_is_left_of_a_certificate_goes_and_its_neighbours_stay()
    {
        await _server.UploadAsync(Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.KeyPem, "?name=rsa");
        await Store.WriteAsync([new RecordChange.Delete(LineageRecord.Key("rsa"), null)], default);

        await RunAsync();

        Assert.DoesNotContain("rsa", await _server.StoredAsync(), StringComparison.Ordinal);
        Assert.Equal(["crt-shop"], await _server.Get<IVault>().NamesAsync("crt-", default).ToListAsync());
        Assert.Equal(201, (await _server.UploadAsync(Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.KeyPem, "?name=new")).Status);
    }

    [Fact]
    public async Task A_round_goes_on_where_the_last_tick_ended_and_past_what_is_damaged()
    {
        await Store.WriteAsync([new RecordChange.Put(LineageRecord.Key("bad"), "{"u8.ToArray())], default);
        await _server.TargetAsync("web-b", "shop");
        await Store.WriteAsync([new RecordChange.Delete(new RecordKey(Tables.Index, "use.shop", "web-b"), null)], default);
        var reindex = _server.Get<Reindex>();

        Assert.Equal(3, await reindex.RunAsync(default, least: 3));
        Assert.Single(await _server.Get<CertificateIndex>().UsersAsync("shop", default));
        Assert.Equal(1, await reindex.RunAsync(default, least: 3));

        Assert.Equal(2, (await _server.Get<CertificateIndex>().UsersAsync("shop", default)).Count);
        Assert.Equal(4, (await Store.ReadAsync<ReindexCursor>(ReindexCursor.Key, default))!.Value.Total);
    }

    [Fact]
    public async Task Counts_are_published_when_a_walk_has_ended()
    {
        await _server.TargetAsync("web-b");
        var count = _server.Get<StatusCount>();
        await Eventually.HoldsAsync(() => Store.GetAsync(StatusRecord.Key, default).GetAwaiter().GetResult() is not null, "the first count");

        while (!await count.RunAsync(default, most: 1))
        {
        }

        var counts = (await _server.GetAsync("/api/status")).Json["counts"]!;
        Assert.Equal((1, 1, 2), ((int)counts["certificates"]!, (int)counts["versions"]!, (int)counts["targets"]!));
    }

    [Fact]
    public async Task Timers_leave_a_heartbeat()
    {
        await Eventually.HoldsAsync(() => Store.GetAsync(HeartbeatRecord.Key("Reconcile"), default).GetAwaiter().GetResult() is not null, "the first tick");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _server.Get<Heartbeats>().RunAsync("Broken", TimeSpan.FromMinutes(1), _ => throw new InvalidOperationException(), default));
        Assert.Null(await Store.GetAsync(HeartbeatRecord.Key("Broken"), default));
    }

    [Fact]
    public async Task A_kept_answer_is_due_for_removal_and_stays_until_then()
    {
        var body = """{"name":"web-c","kind":"endpoint-only"}""";
        await _server.SendAsync("POST", "/api/targets", body, null, ("Idempotency-Key", "k"));

        var hint = Assert.Single(await _server.Get<Due>().ReadAsync(DueKind.Cleanup, DateTimeOffset.MaxValue, 10, default).ToListAsync());
        Assert.StartsWith("idem-", hint.Id, StringComparison.Ordinal);
        await _server.Get<Cleanup>().RunAsync(hint with { Moment = hint.Moment.AddMinutes(-1) }, default);

        Assert.Equal("true", (await _server.SendAsync("POST", "/api/targets", body, null, ("Idempotency-Key", "k"))).Headers["Idempotency-Replayed"]);
        Assert.Equal(hint, Assert.Single(await _server.Get<Due>().ReadAsync(DueKind.Cleanup, DateTimeOffset.MaxValue, 10, default).ToListAsync()));
    }

    private Task<int> RunAsync() => _server.Get<Reindex>().RunAsync(default);

    private async Task DropHintsAsync()
    {
        foreach (var row in await Store.ScanAsync(Tables.Due, null, default).ToListAsync())
            await Store.WriteAsync([new RecordChange.Delete(row.Key, null)], default);
    }
}
