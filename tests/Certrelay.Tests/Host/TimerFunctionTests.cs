using System.Collections.Concurrent;
using Certrelay.App.Embedded.Host;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Host;

public sealed class TimerFunctionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 5, 8, 0, 30, TimeSpan.Zero));
    private readonly Runs _runs = new();

    [Fact]
    public async Task A_timer_runs_at_its_occurrence_and_saves_last_and_next()
    {
        await using var host = await StartAsync();

        await PassUntil(host, () => _runs.All.Count == 1);

        var timer = await Read(host);
        Assert.Equal(At(8, 5), timer.Last);
        Assert.Equal(At(8, 10), timer.Next);
        Assert.Null(timer.Owner);
        Assert.False(Assert.Single(_runs.All).IsPastDue);
    }

    [Fact]
    public async Task Occurrences_missed_while_no_process_was_there_are_made_up_for_by_one_run_that_is_past_due()
    {
        await using (var before = await StartAsync())
            await PassUntil(before, () => _runs.All.Count == 1);
        _time.Advance(TimeSpan.FromHours(2));

        await using var after = await StartAsync();

        await Eventually.HoldsAsync(() => _runs.All.Count == 2, "the missed run was made up for");
        var run = _runs.All.Last();
        Assert.True(run.IsPastDue);
        Assert.Equal(At(8, 5).UtcDateTime, run.ScheduleStatus!.Last);
        await Eventually.HoldsAsync(() => Read(after).Result.Next > _time.GetUtcNow(), "the next run lies ahead");
    }

    [Fact]
    public async Task Of_two_processes_one_runs_an_occurrence()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();

        for (var i = 1; i <= 10; i++)
            await PassUntil(one, () => _runs.All.Count >= i);

        Assert.Equal(_runs.All.Count, _runs.All.Select(run => run.ScheduleStatus!.Next).Distinct().Count());
    }

    [Fact]
    public async Task The_lease_of_a_dead_process_is_waited_for_and_then_taken()
    {
        await using var host = new HostedFunctions<Functions, Runs>(_folder.Path, _runs, _time);
        await host.Store.InsertAsync(
            TimerRecord.Key("tick"),
            new TimerRecord { Schedule = Functions.Every5Minutes, Next = At(8, 0), Owner = "dead", Until = _time.GetUtcNow() + TimeSpan.FromSeconds(10) },
            CancellationToken.None);
        await host.StartAsync();

        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        Assert.Empty(_runs.All);
        await PassUntil(host, () => _runs.All.Count == 1);
        Assert.True(_time.GetUtcNow() >= new DateTimeOffset(2026, 1, 5, 8, 0, 40, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_failing_run_does_not_stop_the_timer()
    {
        _runs.Fail = true;
        await using var host = await StartAsync();

        await PassUntil(host, () => _runs.All.Count == 3);
    }

    public void Dispose() => _folder.Dispose();

    private static DateTimeOffset At(int hour, int minute) => new(2026, 1, 5, hour, minute, 0, TimeSpan.Zero);

    private static async Task<TimerRecord> Read(HostedFunctions<Functions, Runs> host) =>
        (await host.Store.ReadAsync<TimerRecord>(TimerRecord.Key("tick"), CancellationToken.None))!.Value;

    private async Task<HostedFunctions<Functions, Runs>> StartAsync()
    {
        var host = new HostedFunctions<Functions, Runs>(_folder.Path, _runs, _time);
        await host.StartAsync();
        return host;
    }

    /// <summary>Moves the clock in small steps until the condition holds; after each, what is due gets the time to run, however busy the machine is.</summary>
    private async Task PassUntil(HostedFunctions<Functions, Runs> host, Func<bool> condition)
    {
        for (var step = 0; step < 2000 && !condition(); step++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            // Bounded, because a loop that looked at the clock just before it moved sleeps on until it moves again.
            for (var breath = 0; breath < 100 && await IsDueAsync(host); breath++)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }

        Assert.True(condition());
        await Eventually.HoldsAsync(() => Read(host).Result.Owner is null, "the lease was given back");
    }

    private async Task<bool> IsDueAsync(HostedFunctions<Functions, Runs> host) =>
        await host.Store.ReadAsync<TimerRecord>(TimerRecord.Key("tick"), CancellationToken.None) is not { Value: var timer }
        || (timer.Next <= _time.GetUtcNow() && (timer.Owner != "dead" || timer.Until <= _time.GetUtcNow()));

    public sealed class Runs
    {
        public ConcurrentQueue<TimerInfo> All { get; } = new();

        public bool Fail { get; set; }
    }

    public sealed class Functions(Runs runs)
    {
        public const string Every5Minutes = "0 */5 * * * *";

        [Function("tick")]
        public void Tick([TimerTrigger(Every5Minutes)] TimerInfo timer)
        {
            runs.All.Enqueue(timer);
            if (runs.Fail)
                throw new InvalidOperationException("fails");
        }
    }
}
