using Certrelay.App.Embedded.Sqlite;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Moments;

namespace Certrelay.Tests.Watch;

public sealed class CertificateCheckTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Theory]
    [InlineData(90)]
    [InlineData(6)]
    public async Task A_life_passes_through_every_level_once(int days)
    {
        var life = TimeSpan.FromDays(days);
        using var leaf = _bench.Leaf(Now, Now + life, "shop.example.test");
        await _bench.UploadAsync("shop", leaf, owner: "web");

        await _bench.WalkAsync(life * 1.05, life / 100);

        var alerts = await _bench.AlertsAsync();
        Assert.Equal(
            [
                (AlertKinds.CertificateExpiring, AlertLevel.Notice), (AlertKinds.CertificateExpiring, AlertLevel.Warning), (AlertKinds.CertificateExpiring, AlertLevel.Warning),
                (AlertKinds.CertificateExpiring, AlertLevel.Critical), (AlertKinds.CertificateExpired, AlertLevel.Critical),
            ],
            alerts.Select(record => (record.Alert.Kind, record.Alert.Level)));
        Assert.All(alerts, record => Assert.Equal(("shop", "web"), (record.Alert.Subject, record.Alert.Owner)));
        // A tick later than its moment at the latest, and no earlier than the spread allows.
        Assert.All(alerts.Zip(ExpiryLevels.All), pair => Assert.InRange(
            pair.First.Alert.At, ExpiryLevels.Begins(pair.Second, Now - (life * 1.05), Now - (life * 0.05)) - (life * 0.03), Now));
        Assert.Empty(await HintsAsync());
    }

    [Fact]
    public async Task What_was_passed_before_the_upload_comes_up_once_with_its_last_level()
    {
        using var leaf = _bench.Leaf(Now.AddDays(-80), Now.AddDays(10), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);

        await _bench.TickAsync();

        Assert.Equal((int)ExpiryLevel.Warning, Assert.Single(await _bench.AlertsAsync()).Alert.Ordinal);
    }

    [Fact]
    public async Task A_stop_of_weeks_ends_with_one_alert()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);

        _bench.Time.Advance(TimeSpan.FromDays(89));
        await _bench.TickAsync();

        Assert.Equal((int)ExpiryLevel.Critical, Assert.Single(await _bench.AlertsAsync()).Alert.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_is_looked_at_by_its_new_version_alone()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        using var renewed = _bench.Leaf(Now, Now.AddDays(180), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        await _bench.UploadAsync("shop", renewed);

        await _bench.WalkAsync(TimeSpan.FromDays(100), TimeSpan.FromDays(1));

        Assert.Empty(await _bench.AlertsAsync());
        Assert.Equal("shop.000002", Assert.Single(await HintsAsync()).Id);
    }

    [Fact]
    public async Task Nobody_is_reminded_of_what_is_planned_to_end()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        var registry = _bench.Get<CertificateRegistry>();
        await registry.DescribeAsync((await registry.ReadAsync("shop", default))!, new LineageDetails(PlannedEnd: Now.AddDays(80)), default);

        await _bench.WalkAsync(TimeSpan.FromDays(95), TimeSpan.FromDays(1));

        Assert.Empty(await _bench.AlertsAsync());
    }

    [Fact]
    public async Task A_scan_reads_the_rows_that_are_due_and_no_others()
    {
        const int Later = 2000;
        var (due, store) = (_bench.Get<Due>(), (SqliteRecordStore)_bench.Get<IRecordStore>());
        await Parallel.ForAsync(0, Later, async (i, token) => await due.PutAsync(new DueHint(DueKind.Check, Now.AddDays(1), $"later-{i}.000001"), token));
        await Parallel.ForAsync(0, 100, async (i, token) => await due.PutAsync(new DueHint(DueKind.Check, Now, $"now-{i}.000001"), token));

        var before = store.RowsRead;
        Assert.Equal(100, await _bench.Get<DueNudges>().RunAsync(DueKind.Check, Now, default));

        Assert.Equal(100, store.RowsRead - before);
    }

    [Fact]
    public async Task A_lost_message_comes_again_and_a_repeated_one_changes_nothing()
    {
        using var leaf = _bench.Leaf(Now.AddDays(-80), Now.AddDays(10), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        var scan = _bench.Get<DueNudges>();
        Assert.Equal(1, await scan.RunAsync(DueKind.Check, Now, default));
        await _bench.TakeAsync(QueueNames.Check);
        Assert.Equal(0, await scan.RunAsync(DueKind.Check, Now, default));

        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await scan.RunAsync(DueKind.Check, Now, default));
        var message = Nudge.Read(Assert.Single(await _bench.TakeAsync(QueueNames.Check)), DueKind.Check);
        await _bench.Get<CertificateCheck>().RunAsync(message, default);
        var after = await CheckAsync();
        await _bench.Get<CertificateCheck>().RunAsync(message, default);

        Assert.Single(await _bench.AlertsAsync());
        Assert.Equal(after.ETag, (await CheckAsync()).ETag);
    }

    [Fact]
    public async Task A_renewal_that_is_not_served_within_a_day_is_told()
    {
        using var first = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        using var renewed = _bench.Leaf(Now, Now.AddDays(91), "shop.example.test");
        await _bench.UploadAsync("shop", first);
        await _bench.Get<Certrelay.Targets.TargetRegistry>().CreateAsync(
            new() { Name = "web-1", Kind = "directory", Settings = System.Text.Json.JsonElement.Parse("{}"), Certificate = "shop", Endpoints = [new Endpoint("127.0.0.1", 1)] }, default);
        await _bench.UploadAsync("shop", renewed);

        await _bench.WalkAsync(TimeSpan.FromHours(30), TimeSpan.FromHours(1));

        var alert = Assert.Single(await _bench.AlertsAsync()).Alert;
        Assert.Equal((AlertKinds.CertificateNotLive, "shop"), (alert.Kind, alert.Subject));
        Assert.Contains("web-1", alert.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_certificate_leaves_no_moment()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        var registry = _bench.Get<CertificateRegistry>();

        await registry.DeleteAsync((await registry.ReadAsync("shop", default))!, default);
        await _bench.WalkAsync(TimeSpan.FromDays(95), TimeSpan.FromDays(1));

        Assert.Empty(await _bench.AlertsAsync());
        Assert.Empty(await HintsAsync());
        Assert.Null(await _bench.Get<IRecordStore>().GetAsync(CheckRecord.Key("shop"), default));
    }

    [Fact]
    public async Task A_lost_row_is_drawn_anew_by_the_weekly_walk()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(90), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        var store = _bench.Get<IRecordStore>();
        await store.WriteAsync([new RecordChange.Delete(CheckRecord.Key("shop"), null)], default);
        foreach (var hint in await HintsAsync())
            await _bench.Get<Due>().RemoveAsync(hint, default);

        await _bench.Get<Reindex>().RunAsync(default);

        Assert.Equal((await CheckAsync()).Value.Hint, Assert.Single(await HintsAsync()));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    private async Task<Stored<CheckRecord>> CheckAsync() => (await _bench.Get<IRecordStore>().ReadAsync<CheckRecord>(CheckRecord.Key("shop"), default))!;

    private async Task<IReadOnlyList<DueHint>> HintsAsync() => await _bench.Get<Due>().ReadAsync(DueKind.Check, DateTimeOffset.MaxValue, 1000, default).ToListAsync();
}
