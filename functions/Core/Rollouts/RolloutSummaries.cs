using System.Runtime.CompilerServices;
using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>A rollout with its steps. A step whose record is damaged stands among them as failed with <c>record.unreadable</c>.</summary>
public sealed record RolloutSummary(RolloutRecord Rollout, string ETag, IReadOnlyList<StepRecord> Steps);

/// <summary>Reads rollouts, their state derived from the steps at each look.</summary>
public sealed class RolloutSummaries(IRecordStore store, CertificateIndex index, Due due, KeepOptions keep, TimeProvider time)
{
    /// <summary>The rollout with its steps; null when there is none.</summary>
    public async Task<RolloutSummary?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var rollout = await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), cancellationToken);
        return rollout is null ? null : await DeriveAsync(rollout, cancellationToken);
    }

    /// <summary>The rollouts as they were last saved, the newest first, beginning after one.</summary>
    public async IAsyncEnumerable<RolloutRecord> ListAsync(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // From one partition to the next, past the steps and journals.
        await foreach (var id in store.PartitionsAsync(Tables.Rollouts, after, cancellationToken))
        {
            if (await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), cancellationToken) is { } rollout)
                yield return rollout.Value;
        }
    }

    /// <summary>The ids of the rollouts that still bring a certificate to targets.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync(string certificate, CancellationToken cancellationToken)
    {
        var running = new List<string>();
        await foreach (var row in index.RunsAsync(certificate, cancellationToken))
        {
            var summary = await ReadAsync(row.Value.Name, cancellationToken);
            if (summary?.Rollout.State == RolloutState.Running || (summary is null && index.IsFresh(row.Value)))
                running.Add(row.Value.Name);
            else
                await index.DropAsync(row.Key, row.ETag, cancellationToken);
        }

        return running;
    }

    /// <summary>Saves the derived state for listings, unless it is saved already. Of two who do so at once, the later has seen both steps.</summary>
    public async Task RefreshAsync(string id, CancellationToken cancellationToken)
    {
        while (await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(id), cancellationToken) is { } saved)
        {
            var rollout = (await DeriveAsync(saved, cancellationToken)).Rollout;
            if ((rollout.State, rollout.Settled) == (saved.Value.State, saved.Value.Settled))
                return;
            await HintAsync(rollout, cancellationToken);
            try
            {
                await store.ReplaceAsync(saved, rollout, cancellationToken);
                return;
            }
            catch (RecordConflictException)
            {
                // Another step of the same rollout settled: look again.
            }
        }
    }

    /// <summary>Writes when a settled rollout has been kept long enough.</summary>
    public async Task HintAsync(RolloutRecord rollout, CancellationToken cancellationToken)
    {
        if (keep.HintOf(rollout) is { } hint)
            await due.PutAsync(hint, cancellationToken);
    }

    private async Task<RolloutSummary> DeriveAsync(Stored<RolloutRecord> rollout, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, StepRecord>(StringComparer.Ordinal);
        await foreach (var row in store.QueryAsync(Tables.Rollouts, rollout.Value.Id, RowRange.StartingWith("s."), cancellationToken))
            found[row.Key.Row[2..]] = Read(row, rollout.Value);
        var steps = rollout.Value.Targets.Select(named => found.GetValueOrDefault(named.Target) ?? NotYet(rollout.Value, named)).ToList();
        var state = RolloutStates.Of(steps.Select(step => step.State));
        var settled = state == RolloutState.Running ? null : steps.Max(step => step.Settled) ?? rollout.Value.Settled;
        return new RolloutSummary(rollout.Value with { State = state, Settled = settled }, rollout.ETag, steps);
    }

    private StepRecord Read(StoredRecord row, RolloutRecord rollout)
    {
        try
        {
            return row.As<StepRecord>().Value;
        }
        catch (Permanent unreadable)
        {
            return NotYet(rollout, rollout.Targets.First(named => $"s.{named.Target}" == row.Key.Row)) with
            {
                State = StepState.Failed,
                Moment = null,
                Code = unreadable.Code,
                Message = unreadable.Message,
                Findings = [FindingCodes.RecordUnreadable.At(row.Key.ToString())],
                Settled = rollout.Settled ?? time.GetUtcNow(),
            };
        }
    }

    private static StepRecord NotYet(RolloutRecord rollout, RolloutTarget named) =>
        new() { Rollout = rollout.Id, Target = named.Target, Generation = named.Generation, Moment = rollout.Started };
}
