using System.Text.Json;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Local;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Watch;

namespace Certrelay.Tests.Watch;

/// <summary>A drift found on a Monday, on a target that may be changed on Saturday nights.</summary>
public sealed class HeldRepairTests : IAsyncLifetime
{
    private const string Window = "Sat 02:00-04:00 Europe/Berlin";

    private static readonly DateTimeOffset Begins = new(2026, 1, 10, 1, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private WatchBench _bench = null!;
    private TestCertificate _desired = null!;
    private TestCertificate _other = null!;
    private TlsFileSite _site = null!;

    [Fact]
    public async Task A_repair_waits_for_a_moment_in_the_window_and_then_is_done()
    {
        await LiveAsync(Window);
        var step = await DriftAsync();

        Assert.Equal((StepState.Waiting, "rollout.window", 0), (step.State, step.Code, step.Attempts));
        Assert.InRange(step.Moment!.Value, Begins, Begins.AddHours(1));
        Assert.Contains(Window, Assert.Single(await _bench.AlertsAsync()).Alert.NextStep, StringComparison.Ordinal);
        Assert.Equal(_other.FullChainPem, await File.ReadAllTextAsync(_folder["sites/web-1/fullchain.pem"]));

        // The moment is saved: neither a tick nor a message that comes twice draws another, or begins early.
        await _bench.WalkAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(12));
        await _bench.Get<StepRunner>().MoveAsync(step.Id, default);
        Assert.Equal(step.Moment, (await StepAsync()).Moment);
        Assert.Single(await JournalAsync(step));

        _bench.Time.Advance(step.Moment.Value - _bench.Time.GetUtcNow());
        await _bench.Get<Reconcile>().RunAsync(default);
        Assert.Equal(StepState.Verified, (await WorkOffAsync()).State);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromHours(1));
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
    }

    [Fact]
    public async Task A_step_that_missed_its_window_waits_for_the_next()
    {
        await LiveAsync(Window);
        var step = await DriftAsync();

        _bench.Time.Advance(Begins.AddHours(5) - _bench.Time.GetUtcNow());
        await _bench.Get<StepRunner>().MoveAsync(step.Id, default);

        Assert.InRange((await StepAsync()).Moment!.Value, Begins.AddDays(7), Begins.AddDays(7).AddHours(1));
    }

    [Fact]
    public async Task A_step_that_a_crash_kept_from_being_written_is_held_as_well()
    {
        await LiveAsync(Window);
        var step = await DriftAsync();
        await _bench.Get<IRecordStore>().WriteAsync(
            [new RecordChange.Delete(StepRecord.Key(step.Rollout, "web-1"), null), new RecordChange.Delete(JournalRecord.Key(step.Rollout, "web-1", 1), null)], default);

        await _bench.Get<StepRunner>().MoveAsync(step.Id, default);

        Assert.InRange((await StepAsync()).Moment!.Value, Begins, Begins.AddHours(1));
    }

    [Fact]
    public async Task What_a_person_orders_begins_at_once_and_takes_the_repair_over()
    {
        await LiveAsync(Window);
        var held = await DriftAsync();

        await _bench.Get<RolloutStart>().StartAsync(new RolloutRequest("shop", null, ["web-1"], [], "now"), "tester", "c", default);
        Assert.Equal(StepState.Verified, (await WorkOffAsync()).State);

        _bench.Time.Advance(held.Moment!.Value - _bench.Time.GetUtcNow());
        await _bench.Get<StepRunner>().MoveAsync(held.Id, default);
        Assert.Equal(StepState.Superseded, (await _bench.Get<IRecordStore>().ReadAsync<StepRecord>(StepRecord.Key(held.Rollout, "web-1"), default))!.Value.State);
    }

    [Fact]
    public async Task A_drift_that_ends_by_itself_is_over_while_its_repair_waits()
    {
        await LiveAsync(Window);
        await DriftAsync();

        Swap(_desired);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromHours(1));

        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
        Assert.True((await StepAsync()).IsHeld);
    }

    [Fact]
    public async Task The_definition_of_a_target_whose_repair_waits_can_be_changed_and_counts_when_it_begins()
    {
        await LiveAsync(Window);
        var step = await DriftAsync();
        var registry = _bench.Get<TargetRegistry>();

        Assert.False(await registry.IsBusyAsync("web-1", default));
        var target = (await registry.ReadAsync("web-1", default))!;
        Assert.False(await registry.DeleteAsync(target, default));
        await _bench.Get<IRecordStore>().ReplaceAsync(target, target.Value with { Windows = ["Sat 10:00-12:00 UTC"] }, default);
        _bench.Time.Advance(step.Moment!.Value - _bench.Time.GetUtcNow());
        await _bench.Get<StepRunner>().MoveAsync(step.Id, default);

        Assert.InRange((await StepAsync()).Moment!.Value, Begins.AddHours(9), Begins.AddHours(10));
    }

    [Fact]
    public async Task The_windows_of_the_host_count_where_a_target_has_none_and_an_empty_list_is_any_time()
    {
        await _bench.DisposeAsync();
        _bench = new WatchBench(configure: settings => Local(settings) with { Rollouts = new() { Windows = [Window] } });
        await LiveAsync(null);
        Assert.True((await DriftAsync()).IsHeld);

        var target = (await _bench.Get<TargetRegistry>().ReadAsync("web-1", default))!;
        await _bench.Get<IRecordStore>().ReplaceAsync(target, target.Value with { Windows = [] }, default);
        await _bench.Get<RolloutStart>().StartAsync(new RolloutRequest("shop", null, ["web-1"], [], "renewal", InWindow: true), "watch", "c", default);
        Assert.Equal(StepState.Verified, (await WorkOffAsync()).State);
    }

    [Fact]
    public async Task A_window_that_the_host_does_not_understand_any_more_ends_the_step()
    {
        await LiveAsync("Sat 02:00-04:00 Europe/Atlantis");

        var step = await DriftAsync();

        Assert.Equal((StepState.Failed, "target.windows", false), (step.State, step.Code, step.Written));
    }

    public Task InitializeAsync()
    {
        _bench = new WatchBench(configure: Local);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        await _bench.DisposeAsync();
        _desired.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private Certrelay.App.Settings Local(Certrelay.App.Settings settings) => settings with
    {
        Local = new LocalOptions
        {
            Roots = new Dictionary<string, string> { ["sites"] = Directory.CreateDirectory(_folder["sites"]).FullName },
            Commands = new Dictionary<string, LocalCommand> { ["reload"] = new() { Argv = ["/bin/sh", "-c", $"echo reloaded >> {_folder["sites"]}/web-1/reloads"] } },
        },
    };

    /// <summary>A target that serves what it shall.</summary>
    private async Task LiveAsync(string? window)
    {
        var now = _bench.Time.GetUtcNow();
        _desired = _bench.Leaf(now.AddDays(-1), now.AddDays(400), "shop.example.test");
        _other = _bench.Leaf(now.AddDays(-1), now.AddDays(400), "shop.example.test");
        Swap(_other);
        _site = new TlsFileSite(_folder["sites/web-1"]);
        await _bench.UploadAsync("shop", _desired);
        var target = new TargetDescription
        {
            Name = "web-1",
            Kind = "directory",
            Settings = JsonElement.Parse("""{"root":"sites","folder":"web-1","reload":"reload"}"""),
            Certificate = "shop",
            Endpoints = [new Endpoint("shop.example.test", _site.Port) { Addresses = ["127.0.0.1"] }],
            OnDrift = OnDrift.Rollout,
            Windows = window is null ? null : [window],
        };
        await _bench.Get<TargetRegistry>().CreateAsync(target, default);
        await _bench.Get<RolloutStart>().StartAsync(new RolloutRequest("shop", null, ["web-1"], [], "first"), "tester", "c", default);
        Assert.Equal(StepState.Verified, (await WorkOffAsync()).State);
    }

    /// <summary>Somebody else writes there; what becomes of the repair by itself.</summary>
    private async Task<StepRecord> DriftAsync()
    {
        Swap(_other);
        await _bench.WalkAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        return await WorkOffAsync();
    }

    /// <summary>Works off the queues of the steps until nothing more is near; the step of the last rollout.</summary>
    private async Task<StepRecord> WorkOffAsync()
    {
        for (var second = 0; second < 60; second++)
        {
            foreach (var queue in new[] { QueueNames.Deploy, QueueNames.Verify })
            {
                foreach (var message in await _bench.TakeAsync(queue))
                    await _bench.Get<StepRunner>().MoveAsync(Nudge.Read(message), default);
            }

            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        return await StepAsync();
    }

    private async Task<StepRecord> StepAsync()
    {
        var state = (await _bench.Get<TargetRegistry>().ReadStateAsync("web-1", default))!;
        return (await _bench.Get<IRecordStore>().ReadAsync<StepRecord>(StepRecord.Key(state.Rollout!, "web-1"), default))!.Value;
    }

    private async Task<IReadOnlyList<JournalRecord>> JournalAsync(StepRecord step) =>
        await _bench.Get<StepRecords>().JournalAsync(step.Rollout, step.Target, default).ToListAsync();

    private void Swap(TestCertificate leaf)
    {
        var folder = Directory.CreateDirectory(_folder["sites/web-1"]).FullName;
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), leaf.FullChainPem);
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), leaf.KeyPem);
        File.SetUnixFileMode(Path.Combine(folder, "privkey.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(Path.Combine(folder, "reloads"), "swapped\n");
    }
}
