using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Rollouts;
using Certrelay.Targets.Accounts;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.VaultEvents;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch;

/// <summary>Writes again the hints and index rows that the truth of one partition calls for. Each may be done twice, or while others work on the same.</summary>
public sealed partial class Healing(
    IRecordStore store, CertificateRegistry certificates, CertificateIndex index, ListIndex lists, RsaModuli moduli, RolloutSummaries summaries, StepRecords steps, OwedRollouts owed, NoticeRecords notices, AccountUse accounts, Due due, KeepOptions keep,
    TimeProvider time, ILogger<Healing> logger)
{
    /// <summary>The claims of a certificate's fingerprints, its next check and its rows in lists; the rest of one that is deleted, or whose own row is gone.</summary>
    public async Task CertificateAsync(string name, CancellationToken cancellationToken)
    {
        var key = LineageRecord.Key(name);
        if (await store.ReadAsync<LineageRecord>(key, cancellationToken) is not { } lineage)
        {
            // Versions never come before their lineage. The mark keeps an upload of the same name out until they are gone.
            var now = time.GetUtcNow();
            var mark = new LineageRecord { Name = name, Current = 0, Last = 0, Created = now, Updated = now, Deleting = true };
            if (await store.TryInsertAsync(key, mark, cancellationToken) is not { } marked)
                return;
            Log.Orphan(logger, name);
            lineage = marked;
        }

        if (lineage.Value.Deleting)
        {
            await certificates.CleanUpAsync(name, cancellationToken);
            return;
        }

        // The moments of a certificate lie months apart: a changed policy shows within a round.
        lineage = await certificates.JudgeAsync(lineage, cancellationToken);
        await CheckAsync(lineage.Value, cancellationToken);
        VersionRecord? before = null;
        await foreach (var version in certificates.VersionsAsync(name, cancellationToken))
        {
            if (await index.HolderAsync(version.Fingerprint, cancellationToken) is null
                && await index.ClaimAsync(version.Fingerprint, name, cancellationToken) == name)
                Log.Healed(logger, "claim", $"{name} {version.Sequence}");
            await moduli.HealAsync(version, cancellationToken);
            // A version is superseded by the next one.
            if (before is not null && keep.HintOf(name, before.Sequence, version.Created) is { } hint)
                await due.PutAsync(hint, cancellationToken);
            before = version;
            if (version.Sequence == lineage.Value.Current)
            {
                await RevocationAsync(version, cancellationToken);
                if ((await store.ReadAsync<ValidationRecord>(ValidationRecord.Key(name), cancellationToken))?.Value.Hint is { } search)
                    await due.PutAsync(search, cancellationToken);
            }

            await owed.BeginAsync(version, cancellationToken);
            if (lineage.Value.Leaf is null && version.Sequence == lineage.Value.Current)
                lineage = await store.ReplaceAsync(lineage, lineage.Value with { Leaf = CurrentLeaf.Of(version) }, cancellationToken);
        }

        await ListAsync(ListRows.Of(lineage.Value), name, cancellationToken);
    }

    /// <summary>The note that a target uses its certificate, its next probe and its rows in lists.</summary>
    public async Task TargetAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<TargetRecord>(TargetRecord.Key(name), cancellationToken) is not { Value: var target })
            return;
        if (target.Certificate is { } certificate && !await index.IsUseNotedAsync(certificate, name, cancellationToken))
        {
            await index.UseAsync(certificate, name, cancellationToken);
            Log.Healed(logger, "use", name);
        }

        await accounts.NoteAsync(target, cancellationToken);
        if (target.Endpoints.Count > 0)
            await ProbeAsync(name, cancellationToken);
        await ListAsync(ListRows.Of(target), name, cancellationToken);
        var state = (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(name), cancellationToken))?.Value;
        foreach (var version in new[] { state?.Desired, state?.Binding }.OfType<VersionId>())
        {
            if (!await index.IsHoldNotedAsync(version.Certificate, name, cancellationToken))
                await index.HoldAsync(version.Certificate, name, cancellationToken);
        }
    }

    private async Task ProbeAsync(string target, CancellationToken cancellationToken)
    {
        var key = ProbeRecord.Key(target);
        var probe = await store.ReadAsync<ProbeRecord>(key, cancellationToken);
        if (probe is null)
            Log.Healed(logger, "probe", target);
        probe ??= await store.TryInsertAsync(key, ProbeRecord.First(target, time.GetUtcNow()), cancellationToken);
        if (probe is not null)
            await due.PutAsync(probe.Value.Hint, cancellationToken);
    }

    private async Task CheckAsync(LineageRecord lineage, CancellationToken cancellationToken)
    {
        var key = CheckRecord.Key(lineage.Name);
        var check = await store.ReadAsync<CheckRecord>(key, cancellationToken);
        if (check?.Value.Sequence != lineage.Current && await certificates.ReadVersionAsync(lineage.Name, lineage.Current, cancellationToken) is { } version)
        {
            var drawn = CheckRecord.Draw(version, time.GetUtcNow());
            check = check is null ? await store.TryInsertAsync(key, drawn, cancellationToken) : await store.ReplaceAsync(check, drawn, cancellationToken);
            Log.Healed(logger, "check", lineage.Name);
        }

        if (check?.Value.Hint is { } hint)
            await due.PutAsync(hint, cancellationToken);
    }

    private async Task RevocationAsync(VersionRecord current, CancellationToken cancellationToken)
    {
        var key = RevocationRecord.Key(current.Certificate);
        var saved = await store.ReadAsync<RevocationRecord>(key, cancellationToken);
        if (saved is null && RevocationRecord.First(current.Certificate, current.Sequence, CertificateRecord.Parse(current.Leaf), time.GetUtcNow()) is { } first)
            saved = await store.TryInsertAsync(key, first, cancellationToken);
        if (saved?.Value.Hint is { } hint)
            await due.PutAsync(hint, cancellationToken);
    }

    /// <summary>The hints of a rollout's steps, and its saved state.</summary>
    public async Task RolloutAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), cancellationToken) is not { } saved
            || await summaries.ReadAsync(id, cancellationToken) is not { } summary)
            return;
        foreach (var step in summary.Steps)
            await steps.HintAsync(step, cancellationToken);
        if (summary.Rollout.State is RolloutState.Running)
            await index.RunAsync(summary.Rollout.Version.Certificate, id, cancellationToken);
        await summaries.HintAsync(summary.Rollout, cancellationToken);
        if (saved.Value.State != summary.Rollout.State)
        {
            await summaries.RefreshAsync(id, cancellationToken);
            Log.Healed(logger, "state", id);
        }
    }

    /// <summary>The hints of a notice: its closing, its ways through the channels, its removal.</summary>
    public async Task NoticeAsync(string id, CancellationToken cancellationToken)
    {
        if (await notices.ReadAsync(id, cancellationToken) is { Value: var notice })
            await notices.HintAsync(notice, cancellationToken);
    }

    private async Task ListAsync(IEnumerable<RecordKey> rows, string name, CancellationToken cancellationToken)
    {
        if (await lists.EnsureAsync(rows, cancellationToken) > 0)
            Log.Healed(logger, "place in a list", name);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} of {Id} was missing and is written again")]
        public static partial void Healed(ILogger logger, string what, string id);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Versions of {Name} are left without their certificate and are removed")]
        public static partial void Orphan(ILogger logger, string name);
    }
}
