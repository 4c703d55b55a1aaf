using System.Globalization;
using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Tests.Alerts;

/// <summary>From an alert that is raised to a message that was taken.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-32-characters-length";
    private static readonly CancellationToken None = CancellationToken.None;
    private HttpReceiver _receiver = null!;
    private AlertBench _bench = null!;

    [Fact]
    public async Task A_receiver_that_answers_500_twice_gets_each_alert_once_a_level_and_signed()
    {
        var taken = new List<Received>();
        _receiver.Answer = (request, response) =>
        {
            response.StatusCode = _receiver.Requests.Count % 3 == 0 ? 204 : 500;
            if (response.StatusCode == 204)
                taken.Add(request);
            return Task.CompletedTask;
        };
        foreach (var level in Enum.GetValues<AlertLevel>())
        {
            Assert.True(await _bench.Alerts.RaiseAsync(_bench.Alert("shop", level), None));
            Assert.False(await _bench.Alerts.RaiseAsync(_bench.Alert("shop", level), None));
            await _bench.CloseAsync();
            for (var i = 0; i < 5; i++)
            {
                _bench.Time.Advance(TimeSpan.FromMinutes(1));
                await _bench.MoveAsync();
                await _bench.Alerts.RaiseAsync(_bench.Alert("shop", level), None);
            }
        }

        Assert.Equal(9, _receiver.Requests.Count);
        Assert.All(_receiver.Requests, request => Assert.True(request.IsSignedWith(Secret)));
        Assert.Equal(["notice", "warning", "critical"], taken.Select(request => (string)request.Json["data"]!["alerts"]!.AsArray().Single()!["level"]!));
        Assert.Equal(3, taken.Select(request => (string)request.Json["id"]!).Distinct().Count());
        Assert.Empty(await _bench.HintsAsync());
    }

    [Fact]
    public async Task The_event_has_the_documented_shape()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop", AlertLevel.Critical, "web team"), None);
        await _bench.CloseAsync();

        var request = Assert.Single(_receiver.Requests);
        var notice = (string)request.Json["id"]!;
        Assert.Equal(("POST", "/hook", "application/cloudevents+json; charset=utf-8", notice), (request.Method, request.Path, request["Content-Type"], request["webhook-id"]));
        Assert.Equal(_bench.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), request["webhook-timestamp"]);
        Assert.Equal(
            $$$"""
            {"specversion":"1.0","id":"{{{notice}}}","source":"/certrelay","type":"dev.certrelay.alert","time":"2026-01-05T08:01:00+00:00","subject":"web team","datacontenttype":"application/json","data":{"level":"critical","owner":"web team","count":1,"alerts":[{"id":"{{{_bench.Alert("shop", AlertLevel.Critical).Id}}}","kind":"certificate.expiring","subject":"shop","level":"critical","ordinal":0,"owner":"web team","endpoints":["shop.example.test:443"],"cause":"The certificate shop expires in 7 days.","nextStep":"Upload the renewed certificate.","at":"2026-01-05T08:00:00+00:00"}]}}
            """,
            request.Text);
    }

    [Fact]
    public async Task A_crash_between_the_sending_and_its_record_repeats_the_same_event()
    {
        using var crash = new CancellationTokenSource();
        _receiver.Answer = (_, _) => crash.CancelAsync();
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        _bench.Time.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.MoveAsync(crash.Token));
        var before = await _bench.DeliveryAsync();
        await _bench.MoveAsync();
        Assert.Equal((DeliveryState.Pending, 1, 1), (before.State, before.Attempts, _receiver.Requests.Count));

        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        await _bench.MoveAsync();

        var (first, second) = (_receiver.Requests.First(), _receiver.Requests.Last());
        Assert.Equal(2, _receiver.Requests.Count);
        Assert.Equal((first.Text, first["webhook-id"]), (second.Text, second["webhook-id"]));
        Assert.NotEqual(first["webhook-signature"], second["webhook-signature"]);
        Assert.Equal((DeliveryState.Sent, 2), ((await _bench.DeliveryAsync()).State, (await _bench.DeliveryAsync()).Attempts));
    }

    [Fact]
    public async Task A_try_that_always_takes_the_process_down_is_given_up()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        _bench.Time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 8; i++)
        {
            using var crash = new CancellationTokenSource();
            _receiver.Answer = (_, _) => crash.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.MoveAsync(crash.Token));
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await _bench.MoveAsync();

        Assert.Equal(8, _receiver.Requests.Count);
        Assert.Equal((DeliveryState.Failed, "channel.exhausted"), ((await _bench.DeliveryAsync()).State, (await _bench.DeliveryAsync()).Code));
    }

    [Theory]
    [InlineData("in seconds", "3600")]
    [InlineData("as a date", "Mon, 05 Jan 2026 09:01:00 GMT")]
    public async Task The_delay_that_the_receiver_names_is_obeyed(string row, string retryAfter)
    {
        Assert.NotEmpty(row);
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = 429;
            response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        };
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await _bench.CloseAsync();

        var delivery = await _bench.DeliveryAsync();
        Assert.Equal((_bench.Time.GetUtcNow().AddHours(1), "channel.status", "The other side answered 429."), (delivery.Moment, delivery.Code, delivery.Message));
        _bench.Time.Advance(TimeSpan.FromMinutes(59));
        await _bench.MoveAsync();
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task After_eight_tries_a_delivery_has_failed_and_the_next_success_clears_the_channel()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        for (var i = 0; i < 20; i++)
        {
            _bench.Time.Advance(TimeSpan.FromHours(2));
            await _bench.MoveAsync();
        }

        var delivery = await _bench.DeliveryAsync();
        Assert.Equal((8, DeliveryState.Failed, 8, (DateTimeOffset?)null), (_receiver.Requests.Count, delivery.State, delivery.Attempts, delivery.Moment));
        Assert.NotNull(await FaultAsync());
        Assert.Empty(await _bench.HintsAsync());

        _receiver.Answer = static (_, _) => Task.CompletedTask;
        await _bench.Alerts.RaiseAsync(_bench.Alert("other"), None);
        await _bench.CloseAsync();
        Assert.Null(await FaultAsync());
    }

    [Theory]
    [InlineData("no such credentials", 401, null)]
    [InlineData("gone", 410, null)]
    [InlineData("a redirect, which is not followed", 302, "/elsewhere")]
    public async Task What_another_try_cannot_mend_fails_at_once(string row, int status, string? location)
    {
        Assert.NotEmpty(row);
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = status;
            response.Headers.Location = location;
            return Task.CompletedTask;
        };
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        await _bench.CloseAsync();

        Assert.Single(_receiver.Requests);
        Assert.Equal((DeliveryState.Failed, "channel.refused"), ((await _bench.DeliveryAsync()).State, (await _bench.DeliveryAsync()).Code));
    }

    [Fact]
    public async Task An_address_that_the_guard_forbids_is_not_connected_to()
    {
        await using var bench = new AlertBench(AlertBench.Options(("ops", Webhook())), allowLoopback: false);
        await bench.Alerts.RaiseAsync(bench.Alert("shop"), None);
        await bench.CloseAsync();

        Assert.Empty(_receiver.Requests);
        Assert.Equal((DeliveryState.Failed, "probe.forbidden"), ((await bench.DeliveryAsync()).State, (await bench.DeliveryAsync()).Code));
    }

    [Fact]
    public async Task A_channel_that_the_settings_no_longer_have_fails_and_is_not_at_fault_for_ever()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        var notice = (await _bench.ListAsync())[0].Record.Notice;
        await _bench.Get<NoticeRecords>().CloseAsync((await _bench.Get<NoticeRecords>().ReadAsync(notice, None))!, ["former"], None);
        await _bench.MoveAsync();

        Assert.Equal((DeliveryState.Failed, "channel.unknown"), ((await _bench.DeliveryAsync()).State, (await _bench.DeliveryAsync()).Code));
        Assert.Empty(await ChannelFaultRecord.AllAsync(_bench.Get<IRecordStore>(), None).ToListAsync());
    }

    [Fact]
    public async Task A_lost_nudge_is_made_up_for_by_the_timer()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        _bench.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(1, await _bench.Get<Reconcile>().RunAsync(None));

        var moved = Assert.Single(await _bench.HintsAsync());
        await _bench.Get<NoticeRunner>().MoveAsync(moved, None);
        await _bench.MoveAsync();
        Assert.Single(_receiver.Requests);
        Assert.Empty(await _bench.HintsAsync());
    }

    [Fact]
    public async Task A_message_for_what_is_done_writes_nothing()
    {
        await _bench.Alerts.RaiseAsync(_bench.Alert("shop"), None);
        var close = Assert.Single(await _bench.HintsAsync());
        await _bench.CloseAsync();
        var delivery = NoticeRecords.Hint(close.Id, "ops", _bench.Time.GetUtcNow());

        foreach (var hint in new[] { close, delivery, close with { Id = "nothing" }, delivery with { Id = "nothing.ops" } })
            await _bench.Get<NoticeRunner>().MoveAsync(hint, None);

        Assert.Single(_receiver.Requests);
        Assert.Equal(1, (await _bench.DeliveryAsync()).Attempts);
        Assert.Empty(await _bench.HintsAsync());
    }

    [Fact]
    public async Task A_dead_channel_leaves_the_others_alone()
    {
        await using var dead = await HttpReceiver.StartAsync();
        var (release, ended) = (new TaskCompletionSource(), 0);
        dead.Answer = async (_, _) =>
        {
            await release.Task;
            Interlocked.Increment(ref ended);
        };
        var options = AlertBench.Options(("dead", Webhook() with { Url = dead.Url }), ("ops", Webhook())) with { GroupSeconds = 0, SendSeconds = 60 };
        await using var bench = new AlertBench(options, time: TimeProvider.System);
        await bench.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => bench.Alerts.RaiseAsync(bench.Alert("shop", owner: $"owner-{i}", generation: $"{i}"), None)));

        for (var i = 0; i < 600 && _receiver.Requests.Count < 40; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, None);

        Assert.Equal((40, 0), (_receiver.Requests.Count, ended));
        Assert.InRange(dead.Requests.Count, 1, 8);
        release.SetResult();
    }

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        _bench = new AlertBench(AlertBench.Options(("ops", Webhook())));
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private ChannelSettings Webhook() => new() { Kind = "webhook", Url = $"{_receiver.Url}/hook", Secret = Secret };

    private Task<Stored<ChannelFaultRecord>?> FaultAsync() => _bench.Get<IRecordStore>().ReadAsync<ChannelFaultRecord>(ChannelFaultRecord.Key("ops"), None);
}
