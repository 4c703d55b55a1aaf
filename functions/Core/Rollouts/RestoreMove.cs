using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Vault;

namespace Certrelay.Rollouts;

/// <summary><c>restoring</c>: first brings back what was there before, then looks for it by handshakes.</summary>
internal sealed class RestoreMove(TargetProbe probe, IVault vault, VersionKeys keys, IRecordStore store, TimeProvider time) : IStepMove
{
    public Task<StepOutcome> MoveAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Step.Restored ? ProveAsync(context, cancellationToken) : RestoreAsync(context, cancellationToken);

    private async Task<StepOutcome> RestoreAsync(StepContext context, CancellationToken cancellationToken)
    {
        var step = context.Step;
        var result = context.Kind.Cloud is { InPlace: true } ? await DeployFormerAsync(context, cancellationToken) : await BringBackAsync(context, cancellationToken);
        var now = KeyText.Truncate(time.GetUtcNow());
        if (result is DeployResult.Pending(var job, var pollAfter))
            return (step with { Job = job }).Goes(StepState.Restoring, KeyText.Truncate(now + pollAfter), $"The target works on the restore: {job.Id}.");

        var fault = ((DeployResult.Bound)result).Outcomes.FirstOrDefault(outcome => !outcome.Succeeded);
        var restored = step with { Job = null, Restored = true };
        if (step.Baseline.Any(before => before.Leaf is not null))
        {
            return (restored with { Verification = new Verification(now, now + context.Window, 0, 0, []) })
                .Goes(StepState.Restoring, now, fault is null ? "Brought back; handshakes follow." : $"Brought back, with a fault: {fault.Message} Handshakes follow.");
        }

        return fault is null
            ? restored.Settles(StepState.RolledBack, now, "Brought back; nothing was served before that could be looked for.")
            : (restored with { Code = fault.Code, Message = fault.Message }).Settles(StepState.RollbackFailed, now, $"The restore failed: {fault.Message}");
    }

    private async Task<DeployResult> BringBackAsync(StepContext context, CancellationToken cancellationToken)
    {
        using var backup = await OpenBackupAsync(context.Step, cancellationToken);
        return await context.Deploy.RestoreAsync(context.Step.Previous ?? new TargetState([]), backup, context.Step.Job, cancellationToken);
    }

    /// <summary>Where an id stays and its content was replaced, the former version is deployed again from our own vault.</summary>
    private async Task<DeployResult> DeployFormerAsync(StepContext context, CancellationToken cancellationToken)
    {
        var former = context.Step.PreviousBinding is { } binding
            ? await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(binding.Certificate, binding.Sequence), cancellationToken)
            : null;
        // The id was new: there is nothing to bring back, and nothing uses it yet.
        if (former is null && context.Step.Previous is { } previous && previous.Resources.All(static resource => resource.Bound is null))
            return DeployResult.Of([]);
        if (former is null)
            throw new Permanent(FindingCodes.TargetInPlace.Code, FindingCodes.TargetInPlace.Meaning);
        using var bundle = await keys.OpenAsync(former.Value, cancellationToken);
        return await context.Deploy.DeployAsync(bundle, context.Step.Job, cancellationToken);
    }

    private async Task<StepOutcome> ProveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var step = context.Step;
        var round = VerificationRound.OfBaseline(await probe.ReadAsync(context.Target, cancellationToken), step.Baseline);
        var now = KeyText.Truncate(time.GetUtcNow());
        var verification = VerifyMove.Next(step.Verification!, round);
        step = step with { Verification = verification };
        if (verification.GoodRounds >= 2)
            return step.Settles(StepState.RolledBack, now, "What was there before is served again at every address.");
        if (VerifyMove.NextRound(verification, round.Good, now) is { } next)
            return step.Goes(StepState.Restoring, next, round.Good ? "The former leaf is seen; once more." : $"Not yet: {round.Fault!.Message}");
        return (step with { Code = round.Fault!.Code, Message = round.Fault.Message })
            .Settles(StepState.RollbackFailed, now, $"What was there before is not served again: {round.Fault.Message}");
    }

    private async Task<TargetBackup?> OpenBackupAsync(StepRecord step, CancellationToken cancellationToken)
    {
        if (step.Backup is not { } reference)
            return null;
        using var secret = await vault.GetAsync(reference, cancellationToken)
            ?? throw new Permanent("restore.backup-gone", $"The material for the restore is no longer in the vault: {reference.Name}.");
        return new TargetBackup(secret.Bytes.ToArray());
    }
}
