using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Vault;

namespace Certrelay.Watch;

/// <summary>Removes superseded versions and settled rollouts after their time, never one in use; what is still needed is looked at again a day later.</summary>
public sealed class Retention(
    IRecordStore store, IVault vault, CertificateRegistry certificates, CertificateIndex index, RsaModuli moduli, RolloutSummaries rollouts, Due due, RolloutOptions options,
    KeepOptions keep, TimeProvider time)
{
    private static readonly TimeSpan Again = TimeSpan.FromDays(1);

    /// <summary>
    /// Removes a version with its key, unless it is current, its time has not come, or a target has, awaits or may be restored to it; called twice it changes nothing.
    /// Throws <see cref="RecordConflictException"/> when somebody else changed it meanwhile.
    /// </summary>
    public async Task VersionAsync(string certificate, int sequence, CancellationToken cancellationToken)
    {
        if (await certificates.ReadAsync(certificate, cancellationToken) is not { } lineage || lineage.Value.Current == sequence
            || await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(certificate, sequence), cancellationToken) is not { } version
            || await certificates.VersionsAsync(certificate, sequence, cancellationToken).FirstOrDefaultAsync(cancellationToken) is not { } next)
            return;
        if (keep.HintOf(certificate, sequence, next.Created) is not { } hint)
            return;
        if (hint.Moment > time.GetUtcNow())
        {
            await due.PutAsync(hint, cancellationToken);
            return;
        }

        if (!version.Value.Removing)
        {
            if (await IsNeededAsync(certificate, sequence, cancellationToken))
            {
                await LaterAsync(hint, cancellationToken);
                return;
            }

            version = await store.ReplaceAsync(version, version.Value with { Removing = true }, cancellationToken);
        }

        // A rollout that read the version before the mark has noted itself by now.
        if (await IsNeededAsync(certificate, sequence, cancellationToken))
        {
            await store.ReplaceAsync(version, version.Value with { Removing = false }, cancellationToken);
            await LaterAsync(hint, cancellationToken);
            return;
        }

        await index.ReleaseAsync(version.Value.Fingerprint, certificate, cancellationToken);
        await moduli.ForgetAsync(version.Value, cancellationToken);
        foreach (var key in version.Value.Keys())
            await vault.RemoveVersionAsync(key, cancellationToken);
        await store.DeleteAsync(version, cancellationToken);
    }

    /// <summary>Removes a rollout with its steps and their journals, unless it runs, its time has not come, or it is the last of a target; called twice it changes nothing.</summary>
    public async Task RolloutAsync(string id, CancellationToken cancellationToken)
    {
        if (await rollouts.ReadAsync(id, cancellationToken) is { } summary)
        {
            if (keep.HintOf(summary.Rollout) is not { } hint)
                return;
            if (hint.Moment > time.GetUtcNow())
            {
                await due.PutAsync(hint, cancellationToken);
                return;
            }

            if (await IsLastOfAnyAsync(summary.Rollout, cancellationToken))
            {
                await LaterAsync(hint, cancellationToken);
                return;
            }

            // First, because a rollout writes missing steps of its own again.
            await index.DropAsync(RolloutRecord.Key(id), summary.ETag, cancellationToken);
        }

        if (await store.GetAsync(RolloutRecord.Key(id), cancellationToken) is not null)
            return;
        var rest = await store.QueryAsync(Tables.Rollouts, id, RowRange.All, cancellationToken).Select(static row => row.Key).ToListAsync(cancellationToken);
        foreach (var batch in rest.Chunk(IRecordStore.LargestBatch))
            await store.WriteAsync([.. batch.Select(static key => new RecordChange.Delete(key, null))], cancellationToken);
    }

    private Task LaterAsync(DueHint hint, CancellationToken cancellationToken) =>
        due.PutAsync(hint with { Moment = KeyText.Truncate(time.GetUtcNow() + Again) }, cancellationToken);

    private async Task<bool> IsNeededAsync(string certificate, int sequence, CancellationToken cancellationToken)
    {
        foreach (var id in await rollouts.RunningAsync(certificate, cancellationToken))
        {
            // One that is only just noted may bring any version.
            if (await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), cancellationToken) is not { } rollout || rollout.Value.Version.Sequence == sequence)
                return true;
        }

        await foreach (var note in index.HoldersAsync(certificate, cancellationToken))
        {
            if (await HeldAsync(note.Value.Name, certificate, cancellationToken) is not { Count: > 0 } held)
            {
                if (!index.IsFresh(note.Value))
                    await index.DropAsync(note.Key, note.ETag, cancellationToken);
            }
            else if (held.Contains(sequence))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The versions of a certificate that a target has, awaits, or may be restored to.</summary>
    private async Task<HashSet<int>> HeldAsync(string target, string certificate, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken) is not { Value: var state })
            return [];
        var versions = new List<VersionId?> { state.Desired, state.Binding };
        if (state.Rollout is { } rollout && await store.ReadAsync<StepRecord>(StepRecord.Key(rollout, target), cancellationToken) is { Value: var step }
            && (!step.IsSettled || step.Settled + options.KeepBackup > time.GetUtcNow()))
            versions.Add(step.PreviousBinding);
        return [.. versions.Where(version => version?.Certificate == certificate).Select(static version => version!.Sequence)];
    }

    private async Task<bool> IsLastOfAnyAsync(RolloutRecord rollout, CancellationToken cancellationToken)
    {
        foreach (var target in rollout.Targets)
        {
            if (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target.Target), cancellationToken) is { Value.Rollout: var last } && last == rollout.Id)
                return true;
        }

        return false;
    }
}
