using System.Globalization;
using Certrelay.Records;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch;

/// <summary>Runs what timers do and notes it: a timer whose runs fail, or that does not run at all, turns late, and the others tell of it.</summary>
public sealed class Heartbeats(IRecordStore store, AlertRecords alerts, IWorkQueue queue, TimeProvider time)
{
    /// <summary>Does the work of a timer that runs each <paramref name="period"/>, then notes that it was done, and which other timers are late.</summary>
    public async Task RunAsync(string timer, TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await work(cancellationToken);
        await HeartbeatRecord.BeatAsync(store, timer, period, time, cancellationToken);
        await alerts.ResolveAsync(AlertKinds.TimerLate, timer, cancellationToken);
        await LateAsync(cancellationToken);
    }

    /// <summary>
    /// The timers that are late. The first who sees one late tells of it and sends somebody to do its work, once until it beats again: whoever wins the row does.
    /// </summary>
    public async Task<IReadOnlyList<string>> LateAsync(CancellationToken cancellationToken)
    {
        var late = await HeartbeatRecord.LateAsync(store, time, cancellationToken).ToListAsync(cancellationToken);
        foreach (var (timer, beat) in late)
        {
            if (beat.Value.Nudged)
                continue;
            await alerts.RaiseAsync(Describe(timer, beat.Value), cancellationToken);
            try
            {
                await store.ReplaceAsync(beat, beat.Value with { Nudged = true }, cancellationToken);
                await queue.SendAsync(QueueNames.Timer, Nudge.Write(timer), TimeSpan.Zero, cancellationToken);
            }
            catch (RecordConflictException)
            {
                // It beats again, or another was faster.
            }
        }

        return [.. late.Select(static one => one.Timer)];
    }

    private Alert Describe(string timer, HeartbeatRecord beat) => new()
    {
        Kind = AlertKinds.TimerLate,
        Subject = timer,
        Generation = KeyText.Time(beat.At),
        Level = AlertLevel.Critical,
        Cause = $"The timer {timer} should run every {TimeSpan.FromSeconds(beat.PeriodSeconds).ToString("c", CultureInfo.InvariantCulture)} and has not since {beat.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.",
        NextStep = "Look in the log for why its runs fail, and restart the host if they do not begin.",
        At = time.GetUtcNow(),
    };
}
