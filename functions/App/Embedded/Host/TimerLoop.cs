using Certrelay.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Certrelay.App.Embedded.Host;

/// <summary>
/// Runs one timer function at its occurrences, in one process at a time: a run takes the lease on the timer's record first. Occurrences that no process was there for
/// are made up for by one run, marked as past due.
/// </summary>
internal sealed partial class TimerLoop(
    DeclaredFunction function, string schedule, FunctionInvoker invoker, IRecordStore store, string process, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    // Later than this the run is told that it is past due; less is the ordinary delay of a poll or a busy host.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // How long a change that another process made to the record may go unseen.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    private readonly CrontabSchedule _schedule = CrontabSchedule.Parse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true });
    private readonly RecordKey _key = TimerRecord.Key(function.Name);

    /// <summary>Runs the timer until <paramref name="stopping"/>, then lets a run end; <paramref name="aborting"/> cancels it.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var atOnce = ((TimerTriggerAttribute)function.Trigger).RunOnStartup;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var timer = await ReadAsync(stopping);
                var now = time.GetUtcNow();
                var wait = atOnce ? TimeSpan.Zero : timer.Value.Next - now;
                if (timer.Value.Until is { } until && until > now)
                    wait = Max(wait, until - now);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait < LongestSleep ? wait : LongestSleep, time, stopping);
                else if (await TryRunAsync(timer, aborting))
                    atOnce = false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Failure fault)
            {
                Log.StoreFailed(logger, function.Name, fault);
                await Task.Delay(Tolerance, time, stopping).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private async Task<Stored<TimerRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var timer = await store.ReadAsync<TimerRecord>(_key, cancellationToken);
        if (timer is null)
        {
            var first = new TimerRecord { Schedule = schedule, Next = NextAfter(time.GetUtcNow()) };
            timer = await store.TryInsertAsync(_key, first, cancellationToken) ?? await store.ReadAsync<TimerRecord>(_key, cancellationToken);
        }

        // A schedule that a new version changed begins anew after the last run.
        return timer!.Value.Schedule == schedule
            ? timer
            : timer with { Value = timer.Value with { Schedule = schedule, Next = NextAfter(timer.Value.Last ?? time.GetUtcNow()) } };
    }

    private async Task<bool> TryRunAsync(Stored<TimerRecord> timer, CancellationToken aborting)
    {
        var now = time.GetUtcNow();
        Stored<TimerRecord> lease;
        try
        {
            lease = await store.ReplaceAsync(timer, timer.Value with { Owner = process, Until = now + Lease }, aborting);
        }
        catch (RecordConflictException)
        {
            return false;
        }

        using var run = CancellationTokenSource.CreateLinkedTokenSource(aborting);
        var renewing = RenewAsync(lease, run);
        await RunOnceAsync(timer.Value, now, run.Token);
        await run.CancelAsync();
        lease = await renewing;
        var ended = time.GetUtcNow();
        try
        {
            await store.ReplaceAsync(
                lease, lease.Value with { Owner = null, Until = null, Last = now, Next = NextAfter(ended), Updated = ended }, CancellationToken.None);
        }
        catch (RecordConflictException)
        {
            Log.Overtaken(logger, function.Name);
        }

        return true;
    }

    private async Task RunOnceAsync(TimerRecord timer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var info = new TimerInfo
        {
            IsPastDue = now - timer.Next > Tolerance,
            ScheduleStatus = new ScheduleStatus
            {
                Last = timer.Last?.UtcDateTime ?? default,
                Next = NextAfter(now).UtcDateTime,
                LastUpdated = timer.Updated.UtcDateTime,
            },
        };
        try
        {
            await invoker.InvokeAsync(function, parameter => parameter switch
            {
                _ when parameter == function.TriggerParameter => info,
                { ParameterType: var type } when type == typeof(CancellationToken) => cancellationToken,
                _ => throw new InvalidOperationException($"{function.Name}: nothing to give the parameter {parameter.Name}."),
            });
        }
#pragma warning disable CA1031 // The edge of a function: whatever it throws is its failed run; the next occurrence tries again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.RunFailed(logger, function.Name, fault);
        }
    }

    private async Task<Stored<TimerRecord>> RenewAsync(Stored<TimerRecord> lease, CancellationTokenSource run)
    {
        using var timer = new PeriodicTimer(Lease / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(run.Token))
                lease = await store.ReplaceAsync(lease, lease.Value with { Until = time.GetUtcNow() + Lease }, run.Token);
        }
        catch (OperationCanceledException) when (run.IsCancellationRequested)
        {
            // The run has ended.
        }
        catch (RecordConflictException)
        {
            Log.Overtaken(logger, function.Name);
            await run.CancelAsync();
        }
        catch (Transient fault)
        {
            Log.StoreFailed(logger, function.Name, fault);
        }

        return lease;
    }

    private DateTimeOffset NextAfter(DateTimeOffset moment) => new(_schedule.GetNextOccurrence(moment.UtcDateTime), TimeSpan.Zero);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed")]
        public static partial void RunFailed(ILogger logger, string function, Exception fault);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function}: another process took the timer while it ran")]
        public static partial void Overtaken(ILogger logger, string function);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not answer for timer {Function}")]
        public static partial void StoreFailed(ILogger logger, string function, Exception fault);
    }
}
