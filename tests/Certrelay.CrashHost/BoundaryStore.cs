using Certrelay.Records;

namespace Certrelay.CrashHost;

/// <summary>A record store whose every write in the life of a step is a boundary.</summary>
internal sealed class BoundaryStore(IRecordStore inner, Boundaries boundaries) : IRecordStore
{
    public Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StoredRecord?>> GetAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken) => inner.GetAsync(keys, cancellationToken);

    public IAsyncEnumerable<StoredRecord> QueryAsync(string table, string partition, RowRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<StoredRecord> ScanAsync(string table, string? afterPartition, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, afterPartition, cancellationToken);

    public Task<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken) =>
        boundaries.PassAsync(PassageOf(changes), () => inner.WriteAsync(changes, cancellationToken));

    private Passage? PassageOf(IReadOnlyList<RecordChange> changes) => changes switch
    {
        [RecordChange.Replace { Key: { Table: Tables.Targets, Row: "s" } key, Body: var body }] => OfTarget(key.Partition, Read<TargetStateRecord>(key, body)),
        [RecordChange.Replace { Key: { Table: Tables.Rollouts, Row: "r" } key, Body: var body }] => OfRollout(Read<RolloutRecord>(key, body)),
        [RecordChange.Replace { Key: { Table: Tables.Rollouts } key, Body: var body }, ..] => OfStep(Read<StepRecord>(key, body), outcome: changes.Count > 1),
        // Two changes at once are a timer that moves a hint on.
        [{ Key.Table: Tables.Due } hint] => OfHint(hint),
        _ => null,
    };

    private Passage? OfTarget(string target, TargetStateRecord state) =>
        state.Lease is { } lease ? boundaries.LifeOf(target).LeaseWritten(lease) : boundaries.LifeOf(target).LeaseReleased();

    private Passage OfRollout(RolloutRecord rollout) => boundaries.LifeOf(rollout.Targets[0].Target).RolloutSaved(rollout.State);

    private Passage OfStep(StepRecord step, bool outcome) =>
        outcome ? boundaries.LifeOf(step.Target).Outcome(step.State) : boundaries.LifeOf(step.Target).Intent(step.State);

    private Passage? OfHint(RecordChange hint)
    {
        if (hint.Key.Row.Split('.', 3) is not [var kind, var moment, var id] || StepId.Parse(id.StartsWith("rb-", StringComparison.Ordinal) ? id[3..] : id) is not var (_, target))
            return null;
        var life = boundaries.LifeOf(target);
        return (kind, hint) switch
        {
            ("cleanup", RecordChange.Put) => life.CleanupHint(),
            ("step", RecordChange.Put) => life.Hint(KeyText.ParseTime(moment)),
            ("step", RecordChange.Delete) => life.HintDropped(KeyText.ParseTime(moment)),
            _ => null,
        };
    }

    private static T Read<T>(RecordKey key, ReadOnlyMemory<byte> body)
        where T : IRecord<T> => new StoredRecord(key, body, "").As<T>().Value;
}
