using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records.Lists;

/// <summary>An index row of a list: what it points at stands in its key.</summary>
public sealed partial record ListHint : IRecord<ListHint>
{
    public int Schema { get; init; } = 1;

    /// <summary>When the row was written.</summary>
    public required DateTimeOffset At { get; init; }

    public static JsonTypeInfo<ListHint> Json => ListHintJson.Default.ListHint;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(ListHint))]
    private sealed partial class ListHintJson : JsonSerializerContext;
}

/// <summary>Writes and drops the index rows of lists: those that a change brings before the truth, those that it takes away after.</summary>
public sealed class ListIndex(IRecordStore store, TimeProvider time)
{
    /// <summary>Begins a change of a certificate: writes the rows that it brings. What is returned is to be ended once the truth is written.</summary>
    public Task<ListChange> BeginAsync(LineageRecord? before, LineageRecord? after, CancellationToken cancellationToken) =>
        BeginAsync(ListRows.Of(before), ListRows.Of(after), cancellationToken);

    /// <summary>As for certificates.</summary>
    public Task<ListChange> BeginAsync(TargetRecord? before, TargetRecord? after, CancellationToken cancellationToken) =>
        BeginAsync(ListRows.Of(before), ListRows.Of(after), cancellationToken);

    /// <summary>Writes the rows that are missing; returns how many were.</summary>
    public async Task<int> EnsureAsync(IEnumerable<RecordKey> rows, CancellationToken cancellationToken)
    {
        var missing = new List<RecordKey>();
        foreach (var row in rows)
        {
            if (await store.GetAsync(row, cancellationToken) is null)
                missing.Add(row);
        }

        await PutAsync(missing, time.GetUtcNow(), cancellationToken);
        return missing.Count;
    }

    /// <summary>Drops a row that the truth contradicts, unless it was written so lately that its truth may still follow.</summary>
    internal async Task DropStaleAsync(StoredRecord row, CancellationToken cancellationToken)
    {
        if (WrittenAt(row) + CertificateIndex.Fresh <= time.GetUtcNow())
            await DropAsync(row, cancellationToken);
    }

    /// <summary>Drops rows that were written before a moment. A later one belongs to a change that began after it.</summary>
    internal async Task DropAsync(IEnumerable<RecordKey> rows, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await Task.WhenAll(rows.Select(async key =>
        {
            if (await store.GetAsync(key, cancellationToken) is { } row && WrittenAt(row) <= before)
                await DropAsync(row, cancellationToken);
        }));
    }

    private async Task<ListChange> BeginAsync(IEnumerable<RecordKey> before, IEnumerable<RecordKey> after, CancellationToken cancellationToken)
    {
        var (gone, added, now) = (before.ToHashSet(), after.ToHashSet(), time.GetUtcNow());
        var kept = gone.Intersect(added).ToList();
        gone.ExceptWith(kept);
        added.ExceptWith(kept);
        await PutAsync(added, now, cancellationToken);
        return new ListChange(this, gone, now);
    }

    private async Task PutAsync(IEnumerable<RecordKey> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = new ListHint { At = now }.ToBody();
        var batches = rows.GroupBy(static key => key.Partition, StringComparer.Ordinal).SelectMany(static rows => rows.Chunk(IRecordStore.LargestBatch));
        await Task.WhenAll(batches.Select(batch => store.WriteAsync([.. batch.Select(key => new RecordChange.Put(key, body))], cancellationToken)));
    }

    private async Task DropAsync(StoredRecord row, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync([new RecordChange.Delete(row.Key, row.ETag)], cancellationToken);
        }
        catch (RecordConflictException)
        {
            // Written anew, or gone already.
        }
    }

    /// <summary>When a row was written; a damaged one counts as old.</summary>
    private static DateTimeOffset WrittenAt(StoredRecord row)
    {
        try
        {
            return row.As<ListHint>().Value.At;
        }
        catch (Permanent)
        {
            return DateTimeOffset.MinValue;
        }
    }
}

/// <summary>A change whose new rows are written and whose old ones are not yet dropped. Left without its end it costs no more than stale rows.</summary>
public sealed class ListChange
{
    private readonly ListIndex _index;
    private readonly IReadOnlyCollection<RecordKey> _gone;
    private readonly DateTimeOffset _began;

    internal ListChange(ListIndex index, IReadOnlyCollection<RecordKey> gone, DateTimeOffset began) => (_index, _gone, _began) = (index, gone, began);

    /// <summary>Drops the rows that the truth no longer calls for.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => _index.DropAsync(_gone, _began, cancellationToken);
}
