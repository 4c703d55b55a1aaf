using Certrelay.Records;
using Certrelay.Rollouts;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch;

/// <summary>
/// Goes through what is due until the next tick: nudges it for its moment, so that a lost message costs no more than the moment itself, and moves its hint on; or drops a
/// hint that the truth contradicts. It reads nothing but Due and the rows that Due names: what has settled costs nothing.
/// </summary>
public sealed partial class Reconcile(
    IRecordStore store, Due due, DueNudges nudges, StepRecords steps, RolloutOptions options, TimeProvider time, ILogger<Reconcile> logger)
{
    /// <summary>The time between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // A process that died may have taken nudges with it whose hints were moved on: the first tick of each process looks as far as those.
    private TimeSpan _ahead = Period + DueNudges.Again;

    /// <summary>One tick; returns how many nudges were sent.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var nudged = 0;
        // Side by side, so that their writes share commits.
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due.ReadAsync(DueKind.Step, now + _ahead, DueNudges.Most, cancellationToken), sideBySide, async (hint, token) =>
        {
            if (await StepAsync(hint, now, token))
                Interlocked.Increment(ref nudged);
        });
        nudged += await nudges.RunAsync(DueKind.Notice, now, cancellationToken);
        nudged += await nudges.RunAsync(DueKind.Cleanup, now, cancellationToken);

        _ahead = Period;
        return nudged;
    }

    private async Task<bool> StepAsync(DueHint hint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (StepId.Parse(hint.Id) is not var (rollout, target)
                || await steps.ReadAsync(rollout, target, cancellationToken) is not { } step)
            {
                await due.RemoveAsync(hint, cancellationToken);
                return false;
            }

            if (!step.Value.IsDue(now + _ahead))
            {
                // A settled step with a hint left has met a crash: one last nudge has what follows from its outcome written.
                var finish = step.Value is { IsSettled: true, Moment: null };
                if (finish)
                    await steps.NudgeAsync(step.Value, now, cancellationToken);
                await due.RemoveAsync(hint, cancellationToken);
                return finish;
            }

            // A running step is due again when its lease ends, however often that was renewed.
            var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken);
            var free = state?.Value.Lease is { } lease ? lease.Until + options.ClockSkew : now;
            var at = free > step.Value.Moment ? free : step.Value.Moment!.Value;
            await steps.NudgeAsync(step.Value, at, cancellationToken);
            await due.MoveAsync(hint, KeyText.Truncate(at > now ? at : now) + DueNudges.Again, cancellationToken);
            return true;
        }
        catch (Permanent unreadable)
        {
            // The step's rollout shows it as failed; here it would come up for ever.
            Log.Unreadable(logger, hint.Id, unreadable);
            await due.RemoveAsync(hint, cancellationToken);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "What is due cannot be read: {Id}")]
        public static partial void Unreadable(ILogger logger, string id, Exception fault);
    }
}
