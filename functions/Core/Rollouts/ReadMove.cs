using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Vault;

namespace Certrelay.Rollouts;

/// <summary><c>reading</c>: looks at the target and its endpoints, saves what a restore needs, and changes nothing.</summary>
internal sealed class ReadMove(TargetProbe probe, IVault vault, IRecordStore store, RolloutOptions options, TimeProvider time) : IStepMove
{
    private static readonly TimeSpan SearchedAgain = TimeSpan.FromSeconds(2);

    public async Task<StepOutcome> MoveAsync(StepContext context, CancellationToken cancellationToken)
    {
        await DemandSearchedAsync(context.Version, cancellationToken);
        var step = context.Step with { Account = context.Account };
        var probing = probe.ReadAsync(context.Target, cancellationToken);
        using var reading = await ReadTargetAsync(context, probing, cancellationToken);
        var baseline = await probing;
        var now = time.GetUtcNow();

        var round = VerificationRound.OfVersion(baseline, context.Leaf, context.Version.Chain, []);
        if (reading.State.Resources is { Count: > 0 } resources && resources.All(resource => resource.Fingerprint == context.Leaf))
        {
            var seen = step with { Code = null, Message = null, Previous = step.Previous ?? reading.State };
            if (context.Target.Endpoints.Count == 0)
                return (seen with { Findings = TargetKeys.Unseen(context.Target.Name, context.Version.KeyAlgorithm) }).Settles(StepState.Bound, now, "It was bound already.");
            if (round.Good)
            {
                return (seen with { Verification = new Verification(now, now, 1, 1, round.Sightings), Findings = round.Notices })
                    .Settles(StepState.Verified, now, "It was bound already and is seen at every address.");
            }
        }

        var ground = context.Rollout.Targets.FirstOrDefault(named => named.Target == step.Target)?.Ground;
        if (ground is not null && step.Previous is null && ground != RolloutPlanner.GroundOf(context.Target, context.Leaf, reading.State))
            return (step with { Baseline = VerificationRound.Baseline(baseline) }).IsBlocked([FindingCodes.TargetChanged.At(step.Target)], now);

        var refusals = PreFlight.Check(context, baseline, now).Concat(PreFlight.InPlace(context, reading.State)).Concat(reading.Refusals).ToList();
        if (refusals.Count > 0)
            return (step with { Baseline = VerificationRound.Baseline(baseline) }).IsBlocked(refusals, now);

        if (context.Kind.IsByHand)
            return AwaitHand(context, step with { Baseline = VerificationRound.Baseline(baseline) }, round, now);

        // Saved once: a retry after a failed restore must still know what was there before the first write.
        if (step.Previous is null)
        {
            step = step with
            {
                Previous = reading.State,
                PreviousBinding = context.State.Binding,
                Backup = await SaveAsync(step, reading.Backup, cancellationToken),
                Baseline = VerificationRound.Baseline(baseline),
            };
        }

        return (step with { Code = null, Message = null }).Goes(StepState.Deploying, KeyText.Truncate(now), "Read; what is there now is saved for a restore.");
    }

    /// <summary>Nothing is written from here: the step waits, watched, until a handshake shows that somebody has brought the certificate there.</summary>
    private StepOutcome AwaitHand(StepContext context, StepRecord step, VerificationRound round, DateTimeOffset now)
    {
        var verification = new Verification(now, now, 1, round.Good ? 1 : 0, round.Sightings);
        if (round.Good)
        {
            return (step with { Verification = verification, Findings = round.Notices, Code = null, Message = null })
                .Settles(StepState.Verified, now, "Somebody has brought it there: it is seen at every address.");
        }

        var byHand = string.Join(' ', context.Kind.PlanOnHost(context.Target.Settings, context.Version.Certificate).Select(static call => call.What));
        if (context.Target.Endpoints.Count == 0)
            return step.IsBlocked([FindingCodes.TargetByHand.At(step.Target, $"Nobody could tell when it is done: declare the endpoint where it shows. {byHand}")], now);
        return (step with { Verification = verification, Settled = KeyText.Truncate(now), Code = FindingCodes.TargetByHand.Code, Message = byHand })
            .Goes(StepState.Partial, KeyText.Truncate(now + options.PartialEvery), $"Waits for somebody. {byHand}");
    }

    /// <summary>A chain that is about to be completed is waited for: a server would be given one that clients refuse, and another one a moment later.</summary>
    private async Task DemandSearchedAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        if (PreFlight.Lacks(version) && await store.ReadAsync<ValidationRecord>(ValidationRecord.Key(version.Certificate), cancellationToken) is { Value: { IsFirst: true } search } && search.Sequence == version.Sequence)
            throw new Transient(FindingCodes.ChainAwaited.Code, "The intermediate of the certificate is being fetched.", SearchedAgain) { Waits = true };
    }

    private static async Task<TargetReading> ReadTargetAsync(StepContext context, Task probing, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Deploy.ReadAsync(cancellationToken);
        }
        catch
        {
            await probing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
    }

    private async Task<VaultReference?> SaveAsync(StepRecord step, TargetBackup? backup, CancellationToken cancellationToken)
    {
        if (backup is null)
            return null;
        var digest = Convert.ToHexStringLower(SHA256.HashData(backup.Bytes.Span));
        return await vault.PutAsync(
            $"rb-{step.Id}", backup.Bytes, new Dictionary<string, string>(StringComparer.Ordinal) { ["fingerprint"] = digest }, cancellationToken);
    }
}
