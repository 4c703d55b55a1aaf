using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>
/// The order in which a step's records are written: the hint in Due before the truth, step and journal in one batch, old hints dropped last of all.
/// Each method throws <see cref="RecordConflictException"/> when somebody else moved the step meanwhile.
/// </summary>
public sealed class StepRecords(IRecordStore store, Due due, IWorkQueue queue, RolloutOptions options, TimeProvider time)
{
    /// <summary>
    /// The step; null when there is none. A step whose rollout names it but which a crash kept from being written is written now.
    /// Throws <see cref="Permanent"/> (<c>record.unreadable</c>).
    /// </summary>
    public async Task<Stored<StepRecord>?> ReadAsync(string rollout, string target, CancellationToken cancellationToken)
    {
        var key = StepRecord.Key(rollout, target);
        if (await store.ReadAsync<StepRecord>(key, cancellationToken) is { } step)
            return step;
        var parent = await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(rollout), cancellationToken);
        if (parent?.Value.Targets.FirstOrDefault(named => named.Target == target) is not { } missing)
            return null;
        var first = new StepRecord { Rollout = rollout, Target = target, Generation = missing.Generation, InWindow = parent.Value.InWindow, Moment = parent.Value.Started };
        return await store.TryInsertAsync(key, first, cancellationToken) ?? await store.ReadAsync<StepRecord>(key, cancellationToken);
    }

    /// <summary>The journal of a step, oldest line first.</summary>
    public IAsyncEnumerable<JournalRecord> JournalAsync(string rollout, string target, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<JournalRecord>(Tables.Rollouts, rollout, RowRange.StartingWith($"j.{target}."), cancellationToken)
            .Select(static line => line.Value);

    /// <summary>Writes the intent of a move: who is at it, until when, and that a try has begun.</summary>
    public async Task<Stored<StepRecord>> BeginAsync(Stored<StepRecord> step, HeldLease lease, CancellationToken cancellationToken)
    {
        await due.PutAsync(Hint(step.Value, lease.Until), cancellationToken);
        var state = step.Value.State == StepState.Waiting ? StepState.Reading : step.Value.State;
        return await store.ReplaceAsync(
            step,
            step.Value with
            {
                State = state,
                Moment = lease.Until,
                Fence = lease.Fence,
                Attempts = step.Value.Attempts + 1,
                Written = step.Value.Written || state == StepState.Deploying,
            },
            cancellationToken);
    }

    /// <summary>Writes an outcome with its line in the journal. The hints that the move came from stay until the caller has written what follows from it.</summary>
    public async Task<Stored<StepRecord>> EndAsync(Stored<StepRecord> step, StepOutcome outcome, CancellationToken cancellationToken)
    {
        var before = step.Value;
        var after = outcome.Step with { Journal = before.Journal + (outcome.What is null ? 0 : 1) };
        if (after.Moment is { } moment && moment != before.Moment)
            await due.PutAsync(Hint(after, moment), cancellationToken);
        if (!before.IsSettled && CleanupOf(after) is { } cleanup)
            await due.PutAsync(cleanup, cancellationToken);
        if (!before.IsSettled && RetirementOf(after) is { } retirement)
            await due.PutAsync(retirement, cancellationToken);
        var etags = await store.WriteAsync(
            [new RecordChange.Replace(step.Key, after.ToBody(), step.ETag), .. Line(before, after, outcome.What)], cancellationToken);
        if (!before.IsSettled && after.IsSettled)
            ProductMeter.StepsSettled.Add(1, new KeyValuePair<string, object?>("state", after.State));
        return new Stored<StepRecord>(step.Key, after, etags[0]!);
    }

    /// <summary>Writes the hints again that a step should have: for its next moment, and for the end of its backup while that lies ahead.</summary>
    public async Task HintAsync(StepRecord step, CancellationToken cancellationToken)
    {
        if (step.Moment is { } moment)
            await due.PutAsync(Hint(step, moment), cancellationToken);
        if (CleanupOf(step) is { } cleanup && cleanup.Moment > time.GetUtcNow())
            await due.PutAsync(cleanup, cancellationToken);
    }

    /// <summary>Sends the nudge for a step's next move; one that is far off is left to Due.</summary>
    public async Task NudgeAsync(StepRecord step, CancellationToken cancellationToken)
    {
        if (step.Moment is { } moment && moment - time.GetUtcNow() < TimeSpan.FromMinutes(10))
            await NudgeAsync(step, moment, cancellationToken);
    }

    /// <summary>Sends a nudge that arrives at a moment, or at once when it has passed.</summary>
    public async Task NudgeAsync(StepRecord step, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var delay = moment - time.GetUtcNow();
        var name = step.State is StepState.Verifying or StepState.Partial ? QueueNames.Verify : QueueNames.Deploy;
        await queue.SendAsync(name, Nudge.Write(step.Id), delay > TimeSpan.Zero ? delay : TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Drops the hint that a move began with, or came from, once it is over.</summary>
    public Task DropHintAsync(StepRecord step, DateTimeOffset? moment, CancellationToken cancellationToken) =>
        moment is { } past ? due.RemoveAsync(Hint(step, past), cancellationToken) : Task.CompletedTask;

    private IEnumerable<RecordChange> Line(StepRecord before, StepRecord after, string? what)
    {
        if (what is null)
            yield break;
        var line = new JournalRecord
        {
            At = time.GetUtcNow(),
            State = after.State,
            What = what,
            Code = after.Code,
            Attempt = before.Attempts,
            Fence = before.Fence,
        };
        yield return new RecordChange.Insert(JournalRecord.Key(after.Rollout, after.Target, after.Journal), line.ToBody());
    }

    private DueHint? CleanupOf(StepRecord step) => step is { IsSettled: true, Backup: not null, Settled: { } settled }
        ? new DueHint(DueKind.Cleanup, KeyText.Truncate(settled + options.KeepBackup), $"rb-{step.Id}")
        : null;

    /// <summary>When what a step superseded at its vendor is to be removed: once it is proven; null when there is nothing.</summary>
    public static DueHint? RetirementOf(StepRecord step) => step is { State: StepState.Verified or StepState.Bound, Written: true, Account: not null, Settled: { } settled }
        ? new DueHint(DueKind.Cleanup, KeyText.Truncate(settled), $"up-{step.Id}")
        : null;

    private static DueHint Hint(StepRecord step, DateTimeOffset moment) => new(DueKind.Step, moment, step.Id);
}
