using System.Net;
using System.Net.Sockets;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Watch.Alerts;

namespace Certrelay.Tests.Watch;

public sealed class TargetWatchTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _sites = [];

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Fact]
    public async Task A_new_target_is_probed_at_once_and_then_every_hour()
    {
        using var leaf = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        await _bench.WatchAsync("web-1", null, Serve("a", leaf));

        await _bench.TickAsync();
        var first = await SeenAsync("web-1");
        await _bench.WalkAsync(TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(10));
        var between = await SeenAsync("web-1");
        await _bench.WalkAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(10));

        Assert.Equal(leaf.Fingerprint, Assert.Single(first.Leaves).Fingerprint);
        Assert.Null(Assert.Single(first.Sightings).Code);
        Assert.Equal(first.At, between.At);
        Assert.True((await SeenAsync("web-1")).At > first.At);
    }

    [Fact]
    public async Task Drift_is_told_once_and_over_when_the_desired_leaf_is_back()
    {
        using var desired = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        using var other = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        await _bench.UploadAsync("shop", desired);
        await _bench.WatchAsync("web-1", "shop", Serve("a", desired));
        await _bench.TickAsync();
        Assert.Null((await SeenAsync("web-1")).Drift);

        Swap("a", other);
        await _bench.WalkAsync(TimeSpan.FromHours(5), TimeSpan.FromMinutes(30));
        var alert = Assert.Single(await _bench.AlertsAsync());
        Assert.Equal((AlertKinds.TargetDrift, "web-1", "web"), (alert.Alert.Kind, alert.Alert.Subject, alert.Alert.Owner));
        Assert.Contains(other.Fingerprint.Hex, alert.Alert.Cause, StringComparison.Ordinal);
        Assert.Equal(other.Fingerprint, (await SeenAsync("web-1")).Drift!.Leaf);

        Swap("a", desired);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(30));
        Assert.Null((await SeenAsync("web-1")).Drift);
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
    }

    [Fact]
    public async Task Two_that_take_turns_make_four_alerts_a_day_at_most()
    {
        using var desired = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        using var other = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        await _bench.UploadAsync("shop", desired);
        await _bench.WatchAsync("web-1", "shop", Serve("a", desired));

        for (var turn = 0; turn < 16; turn++)
        {
            Swap("a", turn % 2 == 0 ? other : desired);
            await _bench.WalkAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30));
        }

        var alerts = await _bench.AlertsAsync();
        Assert.Equal(4, alerts.Count);
        Assert.Equal(AlertLevel.Critical, alerts[^1].Alert.Level);
    }

    [Fact]
    public async Task A_leaf_that_is_not_kept_here_is_watched_to_its_end()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(6), "shop.example.test");
        await _bench.WatchAsync("web-1", null, Serve("a", leaf));

        await _bench.WalkAsync(TimeSpan.FromDays(6.2), TimeSpan.FromHours(1));

        Assert.Equal([0, 1, 2, 3, 4], (await _bench.AlertsAsync()).Select(record => record.Alert.Ordinal));
    }

    [Fact]
    public async Task What_is_served_after_its_planned_end_is_a_finding()
    {
        using var leaf = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        var registry = _bench.Get<CertificateRegistry>();
        await registry.DescribeAsync((await registry.ReadAsync("shop", default))!, new LineageDetails(PlannedEnd: Now.AddHours(3)), default);
        await _bench.WatchAsync("web-1", "shop", Serve("a", leaf));

        await _bench.TickAsync();
        var before = await SeenAsync("web-1");
        await _bench.WalkAsync(TimeSpan.FromHours(5), TimeSpan.FromHours(1));

        Assert.Empty(before.Findings);
        Assert.Equal("target.after-end", Assert.Single((await SeenAsync("web-1")).Findings).Code);
    }

    [Fact]
    public async Task A_silent_target_gets_its_full_time_at_a_second_look()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await _bench.WatchAsync("web-1", null, new Endpoint("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port));

        var began = Now;
        await PassAsync(_bench.TickAsync());
        var first = await SeenAsync("web-1");
        var glance = Now - began;
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        began = Now;
        await PassAsync(_bench.TickAsync());
        var second = await SeenAsync("web-1");

        Assert.Equal((true, null), (first.SecondLook, first.At));
        Assert.InRange(glance, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.Equal((false, "probe.timeout"), (second.SecondLook, Assert.Single(second.Sightings).Code));
        Assert.InRange(second.At!.Value - began, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_refusal_is_seen_and_is_no_drift()
    {
        using var desired = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        await _bench.UploadAsync("shop", desired);
        await _bench.WatchAsync("web-1", "shop", new Endpoint("127.0.0.1", 1));

        await _bench.TickAsync();

        var seen = await SeenAsync("web-1");
        Assert.Equal(("probe.refused", null), (Assert.Single(seen.Sightings).Code, seen.Drift));
        Assert.Empty(await _bench.AlertsAsync());
    }

    [Fact]
    public async Task A_target_without_endpoints_and_a_deleted_one_have_no_probe()
    {
        await _bench.WatchAsync("web-1", null);
        var other = await _bench.WatchAsync("web-2", null, new Endpoint("127.0.0.1", 1));
        await _bench.Get<Certrelay.Targets.TargetRegistry>().DeleteAsync(other, default);

        Assert.Null(await _bench.Get<IRecordStore>().GetAsync(ProbeRecord.Key("web-1"), default));
        Assert.Null(await _bench.Get<IRecordStore>().GetAsync(ProbeRecord.Key("web-2"), default));
        await _bench.TickAsync();
        Assert.Empty(await _bench.Get<Due>().ReadAsync(DueKind.Probe, DateTimeOffset.MaxValue, 10, default).ToListAsync());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var site in _sites)
            await site.DisposeAsync();
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Lets the clock run until the work is done.</summary>
    private async Task PassAsync(Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None)) != work)
            _bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        await work;
    }

    private async Task<ProbeRecord> SeenAsync(string target) => (await _bench.Get<IRecordStore>().ReadAsync<ProbeRecord>(ProbeRecord.Key(target), default))!.Value;

    private Endpoint Serve(string name, TestCertificate leaf)
    {
        Swap(name, leaf);
        var site = new TlsFileSite(_folder[name]);
        _sites.Add(site);
        return new Endpoint("shop.example.test", site.Port) { Addresses = ["127.0.0.1"] };
    }

    private void Swap(string name, TestCertificate leaf)
    {
        var folder = Directory.CreateDirectory(_folder[name]).FullName;
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), leaf.FullChainPem);
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), leaf.KeyPem);
        File.AppendAllText(Path.Combine(folder, "reloads"), "swapped\n");
    }
}
