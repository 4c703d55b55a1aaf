using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;

namespace Certrelay.Tests.Watch;

public sealed class TimerWorkTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();

    private TimerWork Work => _bench.Get<TimerWork>();

    [Fact]
    public async Task A_frozen_timer_is_seen_within_a_period_and_its_work_is_done_by_one_nudge()
    {
        await Work.RunAsync("ScanExpiry", default);
        var sent = new List<string>();
        var lateAfter = TimeSpan.MaxValue;
        for (var passed = TimeSpan.FromSeconds(30); passed <= TimeSpan.FromMinutes(5); passed += TimeSpan.FromSeconds(30))
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(30));
            await Work.RunAsync("Reconcile", default);
            if ((await _bench.Get<Heartbeats>().LateAsync(default)).Contains("ScanExpiry") && passed < lateAfter)
                lateAfter = passed;
            sent.AddRange(await _bench.TakeAsync(QueueNames.Timer));
        }

        // Due a minute after its last run, red within another.
        Assert.InRange(lateAfter, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        Assert.Equal("ScanExpiry", Nudge.Read(Assert.Single(sent)));
        Assert.Equal((AlertKinds.TimerLate, "ScanExpiry"), Assert.Single(await _bench.AlertsAsync()).Alert is var alert ? (alert.Kind, alert.Subject) : default);

        await Work.RunAsync(Nudge.Read(sent[0]), default);
        Assert.Empty(await _bench.Get<Heartbeats>().LateAsync(default));
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
    }

    [Theory]
    [InlineData("Reconcile")]
    [InlineData("ScanExpiry")]
    [InlineData("ProbeTargets")]
    [InlineData("CountStatus")]
    [InlineData("SealAudit")]
    [InlineData("CompareKeys")]
    [InlineData("Reindex")]
    public async Task Every_timer_has_its_work(string timer)
    {
        await Work.RunAsync(timer, default);

        Assert.NotNull(await _bench.Get<IRecordStore>().GetAsync(HeartbeatRecord.Key(timer), default));
    }

    [Fact]
    public async Task A_name_that_is_no_timer_is_refused() => await Assert.ThrowsAsync<ArgumentException>(() => Work.RunAsync("Nothing", default));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();
}
