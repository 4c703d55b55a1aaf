using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Watch.Moments;

/// <summary>What a probe comes to.</summary>
/// <param name="Record">What it showed, with the drift and the findings that follow from it.</param>
/// <param name="Desired">What the target shall serve; null when nothing is expected of it, or when a rollout works on it.</param>
/// <param name="DriftBegan">True when another leaf was not seen before.</param>
/// <param name="DriftEnded">True when the desired leaf is back.</param>
public sealed record Verdict(ProbeRecord Record, VersionId? Desired, bool DriftBegan, bool DriftEnded);

/// <summary>Holds what a probe showed against what the target shall serve.</summary>
public sealed class TargetVerdict(IRecordStore store, CertificateRegistry certificates)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    /// <summary>Judges the record of a probe that ended at its <see cref="ProbeRecord.At"/>; it still holds the drift of the one before.</summary>
    public async Task<Verdict> JudgeAsync(TargetRecord target, ProbeRecord seen, CancellationToken cancellationToken)
    {
        var now = seen.At!.Value;
        var lineage = target.Certificate is { } name ? await certificates.ReadAsync(name, cancellationToken) : null;
        var (desired, busy) = await DesiredAsync(target, lineage?.Value, cancellationToken);
        var served = seen.Sightings.Select(static sighting => sighting.Leaf).OfType<Fingerprint>().Distinct().ToList();
        var late = lineage?.Value.PlannedEnd <= now && desired is not null && served.Contains(desired.Fingerprint);
        var record = seen with
        {
            Findings = late ? [FindingCodes.TargetAfterEnd.At(target.Name, $"{lineage!.Value.Name} was to end at {lineage.Value.PlannedEnd:u} and is still served.")] : [],
        };
        // While a rollout works on it, and where nobody answers, nothing can be said.
        if (busy || served.Count == 0)
            return new Verdict(record, null, DriftBegan: false, DriftEnded: false);

        var others = desired is null ? [] : served.Where(leaf => leaf != desired.Fingerprint).ToList();
        if (others.Count == 0)
            return new Verdict(record with { Drift = null }, desired, DriftBegan: false, DriftEnded: seen.Drift is not null);
        if (seen.Drift is { } known && others.Contains(known.Leaf))
            return new Verdict(record, desired, DriftBegan: false, DriftEnded: false);
        var drifts = seen.Drifts.Where(since => since > now - Remembered).Append(now);
        return new Verdict(record with { Drift = new Drift(others[0], now), Drifts = [.. drifts] }, desired, DriftBegan: true, DriftEnded: false);
    }

    private async Task<(VersionId? Desired, bool Busy)> DesiredAsync(TargetRecord target, LineageRecord? lineage, CancellationToken cancellationToken)
    {
        if (DeployTargets.Find(target.Kind) is { Writes: true })
        {
            if (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target.Name), cancellationToken) is not { Value: { Rollout: { } rollout } state })
                return (null, false);
            var step = await store.ReadAsync<StepRecord>(StepRecord.Key(rollout, target.Name), cancellationToken);
            // A rollout that did not get there has its own alert, the first one too; what is bound is what can drift. One that is held until a maintenance window works
            // on nothing yet. If it is to bring another version, what is served meanwhile is that rollout's to mend.
            var held = step is { Value.IsHeld: true } && state.Binding == state.Desired;
            return (state.Binding, !held && step is { Value: { IsSettled: false } or { State: StepState.Partial } });
        }

        return lineage is not null && await certificates.ReadVersionAsync(lineage.Name, lineage.Current, cancellationToken) is { } version
            ? (new VersionId(version.Certificate, version.Sequence, version.Fingerprint), false)
            : (null, false);
    }
}
