using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Rollouts;

/// <summary>
/// What shall be rolled out: a version (null: the current one) to the named targets (null: all that shall serve the certificate), at once or, with
/// <paramref name="InWindow"/>, in the maintenance windows of each.
/// </summary>
public sealed record RolloutRequest(
    string Certificate, int? Version, IReadOnlyList<string>? Targets, IReadOnlyList<string> Overrides, string Reason, bool InWindow = false)
{
    /// <summary>The ground of a plan that must still hold, as <see cref="RolloutPlan.Ground"/>; null: begun without a plan.</summary>
    public string? Plan { get; init; }
}

/// <summary>Begins rollouts.</summary>
public sealed class RolloutStart(IRecordStore store, CertificateIndex index, StepRecords steps, Due due, TimeProvider time)
{
    /// <summary>Every reason at once why a request cannot begin, as path and sentence; empty when it can.</summary>
    public async Task<IReadOnlyList<SettingsFault>> CheckAsync(RolloutRequest request, CancellationToken cancellationToken)
    {
        var faults = new List<SettingsFault>();
        if (await VersionAsync(request, cancellationToken) is not { } version)
            faults.Add(new SettingsFault(request.Version is null ? "certificate" : "version", "There is no such certificate or version."));
        else if (version.Key is null)
            faults.Add(new SettingsFault("version", "This version has no private key: it can be watched, not deployed.", FindingCodes.KeyMissing.Code));
        foreach (var unknown in request.Overrides.Except(PreFlight.Overridable, StringComparer.Ordinal))
            faults.Add(new SettingsFault("overrides", $"'{unknown}' cannot be overridden; {string.Join(", ", PreFlight.Overridable)} can."));
        var targets = await TargetsAsync(request, cancellationToken);
        if (targets.Count == 0)
            faults.Add(new SettingsFault("targets", "No target is named and none shall serve this certificate."));
        foreach (var name in targets)
        {
            if (!ResourceName.IsValid(name) || await store.ReadAsync<TargetRecord>(TargetRecord.Key(name), cancellationToken) is not { } target)
                faults.Add(new SettingsFault("targets", $"There is no target '{name}'."));
            else if (DeployTargets.Find(target.Value.Kind) is { Writes: false })
                faults.Add(new SettingsFault("targets", $"'{name}' is only watched, never written."));
        }

        return faults;
    }

    /// <summary>Every named target that cannot take the version's key; empty when all can, or when the request overrides it. A plan shows the same as a refusal of its target.</summary>
    public async Task<IReadOnlyList<SettingsFault>> CheckKeyAsync(RolloutRequest request, CancellationToken cancellationToken)
    {
        var faults = new List<SettingsFault>();
        if (request.Overrides.Contains(FindingCodes.TargetKeyType.Code) || await VersionAsync(request, cancellationToken) is not { } version)
            return faults;
        foreach (var name in (await TargetsAsync(request, cancellationToken)).Where(ResourceName.IsValid))
        {
            if (await store.ReadAsync<TargetRecord>(TargetRecord.Key(name), cancellationToken) is { } target && DeployTargets.Find(target.Value.Kind) is { Writes: true } kind
                && TargetKeys.WhyNot(target.Value, kind, version.KeyAlgorithm) is { } why)
            {
                faults.Add(new SettingsFault("targets", why, FindingCodes.TargetKeyType.Code));
            }
        }

        return faults;
    }

    /// <summary>Begins a checked request. Each target's generation rises, so that older steps give way; then the rollout is written, then its steps are nudged. With a plan, a step whose ground differs from it is blocked.</summary>
    public async Task<string> StartAsync(RolloutRequest request, string by, string correlation, CancellationToken cancellationToken, RolloutPlan? plan = null)
    {
        var version = await VersionAsync(request, cancellationToken) ?? throw new ArgumentException("The request was not checked.", nameof(request));
        var now = KeyText.Truncate(time.GetUtcNow());
        var id = RolloutId.New(now);
        var desired = new VersionId(version.Certificate, version.Sequence, version.Fingerprint);
        var targets = new List<RolloutTarget>();
        await index.RunAsync(version.Certificate, id, cancellationToken);
        foreach (var name in await TargetsAsync(request, cancellationToken))
        {
            await due.PutAsync(new DueHint(DueKind.Step, now, StepId.Of(id, name)), cancellationToken);
            var generation = await RaiseAsync(name, id, desired, cancellationToken);
            targets.Add(new RolloutTarget(name, generation) { Ground = plan?.Targets.FirstOrDefault(planned => planned.Target == name)?.Ground });
        }

        var rollout = new RolloutRecord
        {
            Id = id,
            Version = desired,
            Targets = targets,
            Overrides = request.Overrides,
            InWindow = request.InWindow,
            Reason = request.Reason,
            By = by,
            Correlation = correlation,
            Started = now,
        };
        var first = targets.ConvertAll(target => new StepRecord { Rollout = id, Target = target.Target, Generation = target.Generation, InWindow = request.InWindow, Moment = now });
        RecordChange head = new RecordChange.Insert(RolloutRecord.Key(id), rollout.ToBody());
        foreach (var batch in first.Select(step => (RecordChange)new RecordChange.Insert(StepRecord.Key(id, step.Target), step.ToBody())).Prepend(head).Chunk(IRecordStore.LargestBatch))
            await WriteAsync(batch, head, cancellationToken);
        foreach (var step in first)
            await steps.NudgeAsync(step, cancellationToken);
        return id;
    }

    /// <summary>The targets that a request means, each once.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(RolloutRequest request, CancellationToken cancellationToken) => request.Targets is { } named
        ? [.. named.Distinct(StringComparer.Ordinal)]
        : ResourceName.IsValid(request.Certificate)
            ? [.. (await index.UsersAsync(request.Certificate, cancellationToken)).Where(target => DeployTargets.Find(target.Kind) is { Writes: true }).Select(target => target.Name)]
            : [];

    private async Task WriteAsync(RecordChange[] batch, RecordChange head, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(batch, cancellationToken);
        }
        catch (RecordConflictException) when (batch[0] != head)
        {
            // A tick of the timer found a step that was not written yet and wrote it; it does so with the others of this batch too.
        }
    }

    private async Task<long> RaiseAsync(string target, string rollout, VersionId desired, CancellationToken cancellationToken)
    {
        await index.HoldAsync(desired.Certificate, target, cancellationToken);
        while (true)
        {
            var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken)
                ?? throw new Permanent("target.missing", $"The target {target} does not exist.");
            var generation = state.Value.Generation + 1;
            try
            {
                await store.ReplaceAsync(state, state.Value with { Desired = desired, Generation = generation, Rollout = rollout }, cancellationToken);
                return generation;
            }
            catch (RecordConflictException)
            {
                // A holder renewed its lease, or another rollout begins: look again.
            }
        }
    }

    /// <summary>The version that a request means; null when there is none.</summary>
    public async Task<VersionRecord?> VersionAsync(RolloutRequest request, CancellationToken cancellationToken)
    {
        if (!ResourceName.IsValid(request.Certificate) || await store.ReadAsync<LineageRecord>(LineageRecord.Key(request.Certificate), cancellationToken) is not { Value.Deleting: false } lineage)
            return null;
        var key = VersionRecord.RowKey(request.Certificate, request.Version ?? lineage.Value.Current);
        return (await store.ReadAsync<VersionRecord>(key, cancellationToken))?.Value;
    }
}
