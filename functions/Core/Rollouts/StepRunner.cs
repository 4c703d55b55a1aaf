using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Vault;
using Microsoft.Extensions.Logging;

namespace Certrelay.Rollouts;

/// <summary>
/// One move of one step (DESIGN section 5): read, lease the target, read again, write the intent, act, write the outcome, give the lease back, nudge.
/// Called too early, twice or for nothing, it changes nothing. It alone decides about another try.
/// </summary>
public sealed partial class StepRunner(
    IRecordStore store, StepRecords steps, TargetLeases leases, RolloutSummaries summaries, TargetProbe probe, VersionKeys keys, IVault vault,
    RolloutOptions options, Freeze freeze, ISettledSteps settledSteps, AccountTurns turns, CloudSessions sessions, IWorkQueue queue, IServiceProvider services, TimeProvider time, ILogger<StepRunner> logger)
{
    private readonly WindowHold _hold = new(store, options, time);
    private readonly ReadMove _read = new(probe, vault, store, options, time);
    private readonly DeployMove _deploy = new(keys, time);
    private readonly VerifyMove _verify = new(probe, options, time);
    private readonly RestoreMove _restore = new(probe, vault, keys, store, time);

    /// <summary>Makes the step's next move when it is due. Faults of the target end in the step; only the store's own are thrown.</summary>
    public async Task MoveAsync(string id, CancellationToken cancellationToken)
    {
        if (StepId.Parse(id) is not var (rollout, target))
        {
            Log.NoSuchStep(logger, id);
            return;
        }

        Stored<StepRecord>? step;
        try
        {
            step = await steps.ReadAsync(rollout, target, cancellationToken);
        }
        catch (Permanent unreadable)
        {
            // The rollout's summary shows it as failed; it cannot be moved, and its neighbours go on.
            Log.Unreadable(logger, id, unreadable);
            await RefreshAsync(rollout, cancellationToken);
            return;
        }

        if (step is { Value: { IsSettled: true, Moment: null } settled })
            await FinishAsync(settled, cancellationToken);
        if (step is null || !step.Value.IsDue(time.GetUtcNow()))
            return;
        try
        {
            if (await AccountOfAsync(step.Value, cancellationToken) is { } account)
                await TakeTurnAndMoveAsync(step, account, cancellationToken);
            else
                await LeaseAndMoveAsync(step, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // Somebody else has moved the step: theirs stands.
            Log.Overtaken(logger, id);
        }
    }

    private async Task TakeTurnAndMoveAsync(Stored<StepRecord> step, string account, CancellationToken cancellationToken)
    {
        if (await turns.TryTakeAsync(account, step.Value, cancellationToken) is not { } turn)
            return;
        await using (turn)
            await LeaseAndMoveAsync(step, cancellationToken);
    }

    private async Task LeaseAndMoveAsync(Stored<StepRecord> step, CancellationToken cancellationToken)
    {
        var heldUntil = default(DateTimeOffset);
        HeldLease? lease;
        try
        {
            lease = await leases.TryTakeAsync(step.Value.Target, until => heldUntil = until, cancellationToken);
        }
        catch (Permanent fault)
        {
            var after = await steps.EndAsync(step, step.Value.GivesUp(fault.Code, fault.Message, time.GetUtcNow()), cancellationToken);
            await FollowUpAsync(after.Value, [step.Value.Moment], cancellationToken);
            return;
        }

        if (lease is null)
        {
            await steps.NudgeAsync(step.Value, heldUntil, cancellationToken);
            return;
        }

        await using (lease)
        {
            var again = await store.ReadAsync<StepRecord>(step.Key, cancellationToken);
            if (again is null || !again.Value.IsDue(time.GetUtcNow()))
            {
                await lease.ReleaseAsync(static state => state, cancellationToken);
                return;
            }

            var after = await MoveAsync(again, lease, cancellationToken);
            if (after is null)
                return;
            await lease.ReleaseAsync(state => WithBinding(state, after), cancellationToken);
            await FollowUpAsync(after, [again.Value.Moment, lease.Until], cancellationToken);
        }
    }

    /// <summary>Writes what a crash may have kept from being written once the step had settled: the binding, the end of the lease, the rollout's state.</summary>
    private async Task FinishAsync(StepRecord step, CancellationToken cancellationToken)
    {
        try
        {
            await leases.ReleaseAsync(step.Target, step.Fence, state => WithBinding(state, step), cancellationToken);
        }
        catch (Permanent unreadable)
        {
            Log.Unreadable(logger, step.Id, unreadable);
        }

        await SettleAsync(step, cancellationToken);
    }

    /// <summary>The move itself; null when the lease was lost and somebody else decides.</summary>
    private async Task<StepRecord?> MoveAsync(Stored<StepRecord> step, HeldLease lease, CancellationToken cancellationToken)
    {
        if (lease.Taken.Generation != step.Value.Generation)
        {
            var superseded = step.Value.Settles(StepState.Superseded, time.GetUtcNow(), "A later rollout took the target over.");
            return (await steps.EndAsync(step, superseded, cancellationToken)).Value;
        }

        if (step.Value.State == StepState.Waiting && await freeze.IsOnAsync(cancellationToken))
        {
            var later = step.Value with { Moment = KeyText.Truncate(time.GetUtcNow() + Freeze.LookAgain), Code = Freeze.Code };
            return (await steps.EndAsync(step, new StepOutcome(later, step.Value.Code == Freeze.Code ? null : "Deployments are frozen."), cancellationToken)).Value;
        }

        if (await _hold.OutcomeAsync(step.Value, cancellationToken) is { } held)
            return (await steps.EndAsync(step, held, cancellationToken)).Value;

        var exhausted = step.Value.Attempts >= options.Attempts;
        step = await steps.BeginAsync(step, lease, cancellationToken);
        StepOutcome outcome;
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost))
        {
            try
            {
                outcome = exhausted
                    ? step.Value.GivesUp(step.Value.Code ?? "step.exhausted", $"Given up after {options.Attempts} tries. {step.Value.Message}", time.GetUtcNow())
                    : await ActAsync(step.Value, lease.Taken, either.Token);
            }
            catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
            {
                Log.LeaseLost(logger, step.Value.Id);
                return null;
            }
        }

        return (await steps.EndAsync(step, outcome, cancellationToken)).Value;
    }

    private async Task<StepOutcome> ActAsync(StepRecord step, TargetStateRecord state, CancellationToken cancellationToken)
    {
        try
        {
            using var context = await OpenAsync(step, state, cancellationToken);
            using var scope = Log.Step(logger, context.Rollout.Correlation, step.Id);
            return await MoveFor(step.State).MoveAsync(context, cancellationToken);
        }
        catch (Transient fault)
        {
            Log.Later(logger, step.Id, fault);
            return step.Attempts >= options.Attempts && !fault.Waits ? step.GivesUp(fault.Code, fault.Message, time.GetUtcNow()) : step.ComesBack(fault, time.GetUtcNow());
        }
        catch (Permanent fault)
        {
            Log.GivenUp(logger, step.Id, fault);
            return step.GivesUp(fault.Code, fault.Message, time.GetUtcNow());
        }
#pragma warning disable CA1031 // A fault of an adapter must not take its neighbours along; it is counted like any failure, and the log has its cause.
        catch (Exception fault) when (fault is not (OperationCanceledException or RecordConflictException))
#pragma warning restore CA1031
        {
            Log.Fault(logger, step.Id, fault);
            return step.ComesBack(Unexpected(fault), time.GetUtcNow());
        }
    }

    /// <summary>What is told of a fault that no adapter expected.</summary>
    internal static Transient Unexpected(Exception fault) => new("step.fault", $"An unexpected fault ({fault.GetType().Name}); the log has the details.");

    private IStepMove MoveFor(StepState state) => state switch
    {
        StepState.Reading => _read,
        StepState.Deploying or StepState.Pending => _deploy,
        StepState.Verifying or StepState.Partial => _verify,
        StepState.Restoring => _restore,
        _ => throw new InvalidOperationException($"A {state} step has no move."),
    };

    private async Task<StepContext> OpenAsync(StepRecord step, TargetStateRecord state, CancellationToken cancellationToken)
    {
        var rollout = await Required<RolloutRecord>(RolloutRecord.Key(step.Rollout), cancellationToken);
        var target = await Required<TargetRecord>(TargetRecord.Key(step.Target), cancellationToken);
        var version = await Required<VersionRecord>(VersionRecord.RowKey(rollout.Version.Certificate, rollout.Version.Sequence), cancellationToken);
        var kind = DeployTargets.Find(target.Kind) ?? throw new Permanent("target.kind", $"There is no kind of target {target.Kind}.");
        var context = new StepContext(step, rollout, target, state, version, kind);
        if (!TouchesTarget(step))
            return context;
        if (kind.Cloud is not { } cloud)
            return context with { Deploy = kind.Create(target.Settings, new TargetContext(services) { Names = version.Names, IsSm2 = TargetKeys.IsSm2(version.KeyAlgorithm) }) };
        var account = kind.AccountOf(target.Settings) ?? throw new Permanent(FindingCodes.TargetSettings.Code, FindingCodes.TargetSettings.Meaning);
        var session = await sessions.OpenAsync(account, cloud, plan: null, cancellationToken);
        var opened = new TargetContext(services) { Cloud = session, Names = version.Names, IsSm2 = TargetKeys.IsSm2(version.KeyAlgorithm) };
        return context with { Account = account, Session = session, Deploy = kind.Create(target.Settings, opened) };
    }

    /// <summary>The account whose vendor the step's next move calls; null when it calls none.</summary>
    private async Task<string?> AccountOfAsync(StepRecord step, CancellationToken cancellationToken)
    {
        if (!TouchesTarget(step))
            return null;
        try
        {
            var target = await store.ReadAsync<TargetRecord>(TargetRecord.Key(step.Target), cancellationToken);
            return target is null ? null : DeployTargets.Find(target.Value.Kind)?.AccountOf(target.Value.Settings);
        }
        catch (Permanent)
        {
            // A damaged definition: the move itself says so in the step.
            return null;
        }
    }

    /// <summary>False for moves that make handshakes only.</summary>
    private static bool TouchesTarget(StepRecord step) => step.State is not (StepState.Verifying or StepState.Partial) && !(step.State == StepState.Restoring && step.Restored);

    private async Task<T> Required<T>(RecordKey key, CancellationToken cancellationToken)
        where T : class, IRecord<T> =>
        (await store.ReadAsync<T>(key, cancellationToken))?.Value ?? throw new Permanent("record.missing", $"The record {key} does not exist.");

    /// <summary>The hints that the move came from go only now: until then they bring a settled step back, so that nothing that follows from its outcome is lost.</summary>
    private async Task FollowUpAsync(StepRecord step, IEnumerable<DateTimeOffset?> hints, CancellationToken cancellationToken)
    {
        if (step.IsSettled)
            await SettleAsync(step, cancellationToken);
        foreach (var hint in hints.Where(hint => hint != step.Moment))
            await steps.DropHintAsync(step, hint, cancellationToken);
        await steps.NudgeAsync(step, cancellationToken);
    }

    private async Task SettleAsync(StepRecord step, CancellationToken cancellationToken)
    {
        await settledSteps.SettledAsync(step, cancellationToken);
        if (StepRecords.RetirementOf(step) is { } retirement)
            await queue.SendAsync(QueueNames.Cleanup, Nudge.Write(retirement), TimeSpan.Zero, cancellationToken);
        // Last of all: who waits for the rollout finds everything else done.
        await RefreshAsync(step.Rollout, cancellationToken);
    }

    private async Task RefreshAsync(string rollout, CancellationToken cancellationToken)
    {
        try
        {
            await summaries.RefreshAsync(rollout, cancellationToken);
        }
        catch (Permanent unreadable)
        {
            Log.Unreadable(logger, rollout, unreadable);
        }
    }

    private TargetStateRecord WithBinding(TargetStateRecord state, StepRecord step) => step.State switch
    {
        // Only while no later rollout has changed what is desired.
        StepState.Verified or StepState.Bound when state.Generation == step.Generation => state with { Binding = state.Desired, BoundAt = time.GetUtcNow() },
        StepState.RolledBack => state with { Binding = step.PreviousBinding },
        _ => state,
    };

    private static partial class Log
    {
        public static readonly Func<ILogger, string, string, IDisposable?> Step = LoggerMessage.DefineScope<string, string>("{Correlation} step {Step}");

        [LoggerMessage(Level = LogLevel.Warning, Message = "A message names {Step}, which is no step")]
        public static partial void NoSuchStep(ILogger logger, string step);

        [LoggerMessage(Level = LogLevel.Error, Message = "The record of {Step} cannot be read")]
        public static partial void Unreadable(ILogger logger, string step, Exception fault);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Step {Step} was moved by somebody else")]
        public static partial void Overtaken(ILogger logger, string step);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Step}: the lease was lost while it ran")]
        public static partial void LeaseLost(ILogger logger, string step);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Step} comes back later")]
        public static partial void Later(ILogger logger, string step, Exception fault);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Step} gives up")]
        public static partial void GivenUp(ILogger logger, string step, Exception fault);

        [LoggerMessage(Level = LogLevel.Error, Message = "Step {Step} met an unexpected fault")]
        public static partial void Fault(ILogger logger, string step, Exception fault);
    }
}
