using Certrelay.Records;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Tests.Alerts;

/// <summary>Who is told what, and in how many messages.</summary>
public sealed class GroupingTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private HttpReceiver _receiver = null!;

    [Fact]
    public async Task Five_hundred_certificates_of_one_owner_make_one_message()
    {
        await using var bench = Bench();
        var sixteen = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, 500, sixteen, async (i, token) => await bench.Alerts.RaiseAsync(bench.Alert($"shop-{i}", owner: "web team"), token));
        await bench.Alerts.RaiseAsync(bench.Alert("mail", owner: "mail team"), None);
        await bench.CloseAsync();

        var messages = _receiver.Requests.OrderBy(request => (int)request.Json["data"]!["count"]!).ToList();
        Assert.Equal(["mail team", "web team"], messages.Select(message => (string)message.Json["data"]!["owner"]!));
        var alerts = messages[1].Json["data"]!["alerts"]!.AsArray();
        Assert.Equal(500, alerts.Select(alert => (string)alert!["subject"]!).Distinct().Count());
        Assert.All(alerts, alert => Assert.All(["owner", "endpoints", "cause", "level", "nextStep"], member => Assert.NotNull(alert![member])));
    }

    [Fact]
    public async Task Alerts_raised_while_notices_close_are_told_exactly_once()
    {
        await using var bench = Bench(group: 0);
        for (var burst = 0; burst < 10; burst++)
        {
            var first = burst * 30;
            var raising = Task.Run(() => Task.WhenAll(Enumerable.Range(first, 30).Select(i => bench.Alerts.RaiseAsync(bench.Alert($"shop-{i}"), None))));
            while (!raising.IsCompleted)
                await bench.MoveAsync();
            await raising;
        }

        await bench.MoveAsync();
        var told = _receiver.Requests.SelectMany(request => request.Json["data"]!["alerts"]!.AsArray().Select(alert => (string)alert!["subject"]!)).ToList();
        Assert.Equal((300, 300), (told.Count, told.Distinct().Count()));
        Assert.True(_receiver.Requests.Count > 1);
        Assert.Equal(300, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task An_alert_that_a_crash_kept_from_its_notice_joins_when_it_is_raised_again()
    {
        await using var bench = Bench();
        var alert = bench.Alert("shop");
        await bench.Alerts.RaiseAsync(alert, None);
        var notice = (await bench.Alerts.ReadAsync(alert.Id, None))!.Record.Notice;
        await bench.Get<IRecordStore>().WriteAsync([new RecordChange.Delete(NoticeAlertRecord.Key(notice, alert.Id), null)], None);

        Assert.False(await bench.Alerts.RaiseAsync(alert, None));
        await bench.CloseAsync();

        Assert.Single(_receiver.Requests);
    }

    [Theory]
    [InlineData("a route of its own", "Mail Team", "/mail")]
    [InlineData("a route by its beginning", "web-shop", "/web,/all")]
    [InlineData("the first route counts", "web-quiet", "")]
    [InlineData("no route", "dns team", "/all")]
    [InlineData("no owner", null, "/all")]
    public async Task An_owner_is_told_through_the_channels_of_the_first_route_that_fits(string row, string? owner, string paths)
    {
        Assert.NotEmpty(row);
        var options = AlertBench.Options(("mail", Webhook("/mail")), ("web", Webhook("/web")), ("all", Webhook("/all"))) with
        {
            Default = ["all"],
            Routes =
            [
                new AlertRoute { Owner = "mail team", Channels = ["mail"] },
                new AlertRoute { Owner = "web-quiet" },
                new AlertRoute { Owner = "web-*", Channels = ["web", "all"] },
            ],
        };
        await using var bench = new AlertBench(options);
        await bench.Alerts.RaiseAsync(bench.Alert("shop", owner: owner), None);
        await bench.CloseAsync();

        Assert.Equal(paths.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), _receiver.Requests.Select(request => request.Path).Order());
        Assert.Single(await bench.ListAsync());
    }

    [Fact]
    public async Task A_channel_gets_the_levels_that_it_is_for()
    {
        await using var bench = new AlertBench(AlertBench.Options(("all", Webhook("/all")), ("sms", Webhook("/sms") with { Level = "critical" })));
        await bench.Alerts.RaiseAsync(bench.Alert("shop", AlertLevel.Warning), None);
        await bench.Alerts.RaiseAsync(bench.Alert("mail", AlertLevel.Critical), None);
        await bench.CloseAsync();
        await bench.Alerts.RaiseAsync(bench.Alert("news", AlertLevel.Warning), None);
        await bench.CloseAsync();

        Assert.Equal(["/all mail,shop", "/all news", "/sms mail"], _receiver.Requests.Select(request => $"{request.Path} {Subjects(request)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_new_occurrence_of_what_was_resolved_is_told_again()
    {
        await using var bench = Bench();
        Alert Drift(string generation) => bench.Alert("web", kind: AlertKinds.TargetDrift, generation: generation);
        await bench.Alerts.RaiseAsync(Drift("1"), None);
        await bench.CloseAsync();

        Assert.Equal(1, await bench.Alerts.ResolveAsync(AlertKinds.TargetDrift, "web", None));
        Assert.Equal(0, await bench.Alerts.ResolveAsync(AlertKinds.TargetDrift, "web", None));
        Assert.False(await bench.Alerts.RaiseAsync(Drift("1"), None));
        Assert.True(await bench.Alerts.RaiseAsync(Drift("2"), None));
        await bench.CloseAsync();

        Assert.Equal(2, _receiver.Requests.Count);
        Assert.Equal([true, false], (await bench.ListAsync()).Select(alert => alert.Record.Resolved is null));
    }

    [Fact]
    public async Task A_window_that_nothing_joined_leaves_nothing()
    {
        await using var bench = Bench();
        await bench.Get<NoticeRecords>().OpenAsync("web team", None);
        await bench.CloseAsync();

        Assert.Empty(_receiver.Requests);
        Assert.Empty(await bench.HintsAsync());
        Assert.Empty(await bench.Get<IRecordStore>().ScanAsync(Tables.Notices, null, None).ToListAsync());
    }

    public async Task InitializeAsync() => _receiver = await HttpReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    private AlertBench Bench(int group = 60) => new(AlertBench.Options(("ops", Webhook("/hook"))) with { GroupSeconds = group });

    private ChannelSettings Webhook(string path) => new() { Kind = "webhook", Url = _receiver.Url + path, Secret = "a-secret-of-32-characters-length" };

    private static string Subjects(Received request) => string.Join(',', request.Json["data"]!["alerts"]!.AsArray().Select(alert => (string)alert!["subject"]!));
}
