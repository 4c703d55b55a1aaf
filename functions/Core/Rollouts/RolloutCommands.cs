using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>What a command came to: the targets whose step it changed, and those that it could not change, each with the reason.</summary>
public sealed record CommandResult(IReadOnlyList<string> Changed, IReadOnlyDictionary<string, string> Refused);

/// <summary>What people may do with the steps of a rollout.</summary>
public sealed class RolloutCommands(
    IRecordStore store, CertificateIndex index, StepRecords steps, RolloutSummaries summaries, TimeProvider time)
{
    /// <summary>The code of a step whose restore somebody asked for.</summary>
    public const string ByHand = "rollout.restored";

    /// <summary>Calls off the steps that have written nothing yet.</summary>
    public Task<CommandResult> CancelAsync(string rollout, IReadOnlyList<string>? targets, CancellationToken cancellationToken) =>
        ChangeAsync(rollout, targets, static (step, _, now) => step switch
        {
            { IsSettled: true } => Refused("The step has settled."),
            { Written: true } => Refused("The step has begun to write; it goes on to its end. Restore it afterwards."),
            _ => Changed(step.Settles(StepState.Cancelled, now, "Called off by hand.")),
        }, cancellationToken);

    /// <summary>Begins settled steps anew that did not reach their aim.</summary>
    public Task<CommandResult> RetryAsync(string rollout, IReadOnlyList<string>? targets, CancellationToken cancellationToken) =>
        ChangeAsync(rollout, targets, static (step, state, now) => step.State switch
        {
            _ when !step.IsSettled => Refused("The step still runs."),
            StepState.Verified or StepState.Bound => Refused("The step has reached its aim."),
            _ when state.Generation != step.Generation => Refused("A later rollout took the target over."),
            // What was there before the first write is known only from then, unless it is proven to be back.
            StepState.Partial or StepState.RollbackFailed => Changed(Again(step) with { Previous = step.Previous, Baseline = step.Baseline, Backup = step.Backup, Written = true }, now),
            _ => Changed(Again(step), now),
        }, cancellationToken);

    /// <summary>Brings back what was there before, on steps that have written.</summary>
    public async Task<CommandResult> RestoreAsync(string rollout, IReadOnlyList<string>? targets, CancellationToken cancellationToken)
    {
        var result = await ChangeAsync(rollout, targets, static (step, state, now) => step switch
        {
            { IsSettled: false } => Refused("The step still runs."),
            { State: StepState.RolledBack } => Refused("What was there before is back already."),
            { Written: false } or { Previous: null } => Refused("The step has written nothing."),
            _ when state.Generation != step.Generation => Refused("A later rollout took the target over."),
            _ => Changed((step with { Restored = false, Verification = null, Settled = null, Code = ByHand, Message = "Restored by hand." })
                .Goes(StepState.Restoring, now, "A restore was asked for by hand.")),
        }, cancellationToken);
        foreach (var target in result.Changed)
            await DesireAsync(rollout, target, cancellationToken);
        return result;
    }

    private static StepRecord Again(StepRecord step) => new()
    {
        Rollout = step.Rollout,
        Target = step.Target,
        Generation = step.Generation,
        Moment = null,
        Journal = step.Journal,
        Fence = step.Fence,
        PreviousBinding = step.PreviousBinding,
    };

    private static Decision Changed(StepRecord step, DateTimeOffset now) => Changed(step.Goes(StepState.Waiting, now, "Begun anew by hand."));

    private static Decision Changed(StepOutcome outcome) => new(outcome, null);

    private static Decision Refused(string reason) => new(null, reason);

    private async Task<CommandResult> ChangeAsync(
        string rollout, IReadOnlyList<string>? targets, Func<StepRecord, TargetStateRecord, DateTimeOffset, Decision> decide, CancellationToken cancellationToken)
    {
        var summary = await summaries.ReadAsync(rollout, cancellationToken);
        var changed = new List<string>();
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        // A rollout that had settled may run again.
        if (summary is not null)
            await index.RunAsync(summary.Rollout.Version.Certificate, rollout, cancellationToken);
        foreach (var target in targets?.Distinct(StringComparer.Ordinal) ?? [.. summary?.Rollout.Targets.Select(named => named.Target) ?? []])
        {
            if (await ChangeAsync(rollout, target, decide, cancellationToken) is { } reason)
                refused[target] = reason;
            else
                changed.Add(target);
        }

        if (changed.Count > 0)
            await summaries.RefreshAsync(rollout, cancellationToken);
        return new CommandResult(changed, refused);
    }

    private async Task<string?> ChangeAsync(
        string rollout, string target, Func<StepRecord, TargetStateRecord, DateTimeOffset, Decision> decide, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await steps.ReadAsync(rollout, target, cancellationToken) is not { } step)
                return "The rollout has no such target.";
            if (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken) is not { } state)
                return "The target does not exist any more.";
            var decision = decide(step.Value, state.Value, KeyText.Truncate(time.GetUtcNow()));
            if (decision.Outcome is null)
                return decision.Refusal;
            try
            {
                // The hint that stood before stays: should this end here, it has the rollout's state saved; else the next tick drops it.
                await steps.NudgeAsync((await steps.EndAsync(step, decision.Outcome, cancellationToken)).Value, cancellationToken);
                return null;
            }
            catch (RecordConflictException)
            {
                // The step moved meanwhile: decide again.
            }
        }
    }

    /// <summary>After a restore by hand the former version is what the target shall serve; else it would count as drift.</summary>
    private async Task DesireAsync(string rollout, string target, CancellationToken cancellationToken)
    {
        var step = await steps.ReadAsync(rollout, target, cancellationToken);
        while (step is not null && await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken) is { } state)
        {
            try
            {
                if (state.Value.Generation == step.Value.Generation)
                    await store.ReplaceAsync(state, state.Value with { Desired = step.Value.PreviousBinding }, cancellationToken);
                return;
            }
            catch (RecordConflictException)
            {
                // The restore has begun and took the lease: look again.
            }
        }
    }

    private sealed record Decision(StepOutcome? Outcome, string? Refusal);
}
