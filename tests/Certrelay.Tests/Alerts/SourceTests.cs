using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;

namespace Certrelay.Tests.Alerts;

/// <summary>What raises alerts by itself: rollouts, timers and messages.</summary>
public sealed class SourceTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("refused before a write", "blocked", AlertLevel.Warning)]
    [InlineData("a reload that fails", "rolled-back", AlertLevel.Warning)]
    public async Task A_step_that_does_not_bring_the_certificate_is_told_until_one_does(string row, string end, AlertLevel level)
    {
        Assert.NotEmpty(row);
        var authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
        await using var bench = new RolloutBench(_folder.Path);
        await bench.StartAsync();
        await using var site = new TlsFileSite(bench.Site("site-0", authority.IssueLeaf(RolloutBench.Host)));
        await bench.UploadAsync("shop", authority.IssueLeaf(RolloutBench.Host));
        await bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)], reload: end == "rolled-back" ? "fails" : null, test: end == "blocked" ? "fails" : null);

        var rollout = await bench.RollOutAsync("shop");
        var step = Assert.Single((await bench.SettledAsync(rollout)).Steps);
        var alert = await AlertAsync(bench);
        Assert.Equal(
            (AlertKinds.RolloutFailed, "site-0", level, $"{RolloutBench.Host}:{site.Port}"),
            (alert.Alert.Kind, alert.Alert.Subject, alert.Alert.Level, Assert.Single(alert.Alert.Endpoints)));
        Assert.Contains($"/api/rollouts/{rollout}/steps/site-0", alert.Alert.NextStep, StringComparison.Ordinal);
        Assert.Null(alert.Resolved);
        // A message that comes late, as after a crash, tells nothing twice.
        await bench.Get<StepRunner>().MoveAsync(step.Id, None);
        Assert.Single(await ListAsync(bench));

        var target = (await bench.Get<IRecordStore>().ReadAsync<TargetRecord>(TargetRecord.Key("site-0"), None))!;
        await bench.Get<IRecordStore>().ReplaceAsync(target, target.Value with { Settings = System.Text.Json.JsonSerializer.SerializeToElement(new { root = "sites", folder = "site-0", reload = "reload-site-0" }) }, None);
        Assert.Equal(RolloutState.Verified, (await bench.SettledAsync(await bench.RollOutAsync("shop"))).Rollout.State);
        Assert.NotNull((await AlertAsync(bench)).Resolved);
    }

    [Fact]
    public async Task A_late_timer_is_told_once_by_the_others_and_resolved_by_itself()
    {
        await using var bench = new AlertBench(new AlertOptions());
        var beats = bench.Get<Heartbeats>();
        await beats.RunAsync("Slow", TimeSpan.FromMinutes(1), static _ => Task.CompletedTask, None);
        bench.Time.Advance(TimeSpan.FromMinutes(3));
        for (var i = 0; i < 3; i++)
            await beats.RunAsync("Other", TimeSpan.FromMinutes(5), static _ => Task.CompletedTask, None);

        var alert = Assert.Single(await bench.ListAsync()).Record;
        Assert.Equal(("Slow", (DateTimeOffset?)null), (alert.Alert.Subject, alert.Resolved));
        Assert.Equal("The timer Slow should run every 00:01:00 and has not since 2026-01-05 08:00:00 UTC.", alert.Alert.Cause);

        await beats.RunAsync("Slow", TimeSpan.FromMinutes(1), static _ => Task.CompletedTask, None);
        Assert.NotNull(Assert.Single(await bench.ListAsync()).Record.Resolved);
        bench.Time.Advance(TimeSpan.FromMinutes(3));
        await beats.RunAsync("Other", TimeSpan.FromMinutes(5), static _ => Task.CompletedTask, None);
        Assert.Equal(2, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task A_message_that_was_given_up_is_told_unless_it_is_about_a_notice()
    {
        await using var bench = new AlertBench(new AlertOptions());
        var stuck = bench.Get<Stuck>();
        await stuck.RecordAsync("deploy", """{"v":1,"id":"x"}""", None);
        await stuck.RecordAsync("deploy", """{"v":1,"id":"x"}""", None);
        await stuck.RecordAsync("deploy", """{"v":9}""", None);
        await stuck.RecordAsync(QueueNames.Notify, """{"v":9}""", None);

        Assert.Equal(["deploy", "deploy"], (await bench.ListAsync()).Select(alert => alert.Record.Alert.Subject));
        Assert.Equal(3, await bench.Get<IRecordStore>().ScanAsync(Tables.Findings, null, None).CountAsync());
    }

    public void Dispose() => _folder.Dispose();

    // The first probe of a target may fall between two rollouts, and then tells of the leaf that the first did not replace.
    private static async Task<IReadOnlyList<ListedAlert>> ListAsync(RolloutBench bench) =>
        await bench.Get<AlertRecords>().ListAsync(after: null, None).Where(static listed => listed.Record.Alert.Kind != AlertKinds.TargetDrift).ToListAsync();

    private static async Task<AlertRecord> AlertAsync(RolloutBench bench) => Assert.Single(await ListAsync(bench)).Record;
}
