using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Tests.Alerts;

/// <summary>What becomes of alerts and messages that are over, and of hints that were lost.</summary>
public sealed class AlertRetentionTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(180);
    private HttpReceiver _receiver = null!;
    private AlertBench _bench = null!;

    [Fact]
    public async Task A_message_goes_with_its_alerts_some_time_after_the_last_was_resolved()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await _bench.Alerts.RaiseAsync(_bench.Alert("mail"), None);
        await _bench.CloseAsync();
        var hint = Assert.Single(await HintsAsync());
        Assert.StartsWith("told-", hint.Id, StringComparison.Ordinal);
        await _bench.Alerts.ResolveAsync(AlertKinds.CertificateExpiring, "shop", None);

        _bench.Time.Advance(Kept);
        await RunAsync();
        Assert.Equal(2, (await _bench.ListAsync()).Count);
        await _bench.Alerts.ResolveAsync(AlertKinds.CertificateExpiring, "mail", None);
        _bench.Time.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Equal(2, (await _bench.ListAsync()).Count);
        _bench.Time.Advance(Kept);
        await RunAsync();

        Assert.Empty(await _bench.ListAsync());
        Assert.Empty(await HintsAsync());
        Assert.Empty(await RowsAsync(Tables.Alerts));
        Assert.Empty(await RowsAsync(Tables.Notices));
        Assert.True(await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None));
        Assert.Single(await _bench.ListAsync());
    }

    [Fact]
    public async Task A_message_on_its_way_stays()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await _bench.CloseAsync();
        await _bench.Alerts.ResolveAsync(AlertKinds.CertificateExpiring, "shop", None);

        _bench.Time.Advance(Kept);
        await RunAsync();

        Assert.Single(await _bench.ListAsync());
        Assert.Equal(_bench.Time.GetUtcNow().AddDays(1), Assert.Single(await HintsAsync()).Moment);
    }

    [Fact]
    public async Task A_removal_that_a_crash_cut_short_is_ended()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await _bench.CloseAsync();
        await _bench.Alerts.ResolveAsync(AlertKinds.CertificateExpiring, "shop", None);
        var alert = Assert.Single(await RowsAsync(Tables.Alerts));
        await Store.WriteAsync([new RecordChange.Delete(alert.Key, null)], None);

        _bench.Time.Advance(Kept);
        await RunAsync();

        Assert.Empty(await RowsAsync(Tables.Notices));
    }

    [Fact]
    public async Task Lost_hints_are_written_again_by_the_weekly_walk()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await DropHintsAsync();
        await _bench.Get<Reindex>().RunAsync(None);
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = _receiver.Requests.Count == 1 ? 500 : 200;
            return Task.CompletedTask;
        };
        await _bench.CloseAsync();
        Assert.Equal(DeliveryState.Pending, (await _bench.DeliveryAsync()).State);

        await DropHintsAsync();
        await _bench.Get<Reindex>().RunAsync(None);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        await _bench.MoveAsync();

        Assert.Equal(DeliveryState.Sent, (await _bench.DeliveryAsync()).State);
        Assert.Single(await HintsAsync());
        Assert.Empty(await _bench.HintsAsync());
    }

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        _bench = new AlertBench(AlertBench.Options(("ops", new ChannelSettings { Kind = "webhook", Url = _receiver.Url, Secret = "a-secret-of-32-characters-length" })));
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private IRecordStore Store => _bench.Get<IRecordStore>();

    private async Task<IReadOnlyList<DueHint>> HintsAsync() => await _bench.Get<Due>().ReadAsync(DueKind.Cleanup, DateTimeOffset.MaxValue, 10, None).ToListAsync();

    private async Task RunAsync() => await _bench.Get<Cleanup>().RunAsync(Assert.Single(await HintsAsync()), None);

    private async Task<IReadOnlyList<StoredRecord>> RowsAsync(string table) => await Store.ScanAsync(table, null, None).ToListAsync();

    private async Task DropHintsAsync()
    {
        foreach (var row in await RowsAsync(Tables.Due))
            await Store.WriteAsync([new RecordChange.Delete(row.Key, null)], None);
    }
}
