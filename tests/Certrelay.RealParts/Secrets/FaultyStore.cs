using Certrelay.Records;

namespace Certrelay.RealParts.Secrets;

/// <summary>A record store that does wrong where it is told to.</summary>
internal sealed class FaultyStore(IRecordStore inner) : IRecordStore
{
    private volatile bool _begun;

    /// <summary>The target whose description is damaged from the moment that its rollout has begun.</summary>
    public string? Damaged { get; set; }

    /// <summary>The certificate whose rows cannot be written, for a reason that nobody foresaw.</summary>
    public string? Unwritable { get; set; }

    public async Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var row = await inner.GetAsync(key, cancellationToken);
        return _begun && Damaged is { } target && key == TargetRecord.Key(target) ? row! with { Body = row.Body[..(row.Body.Length / 2)], ETag = $"{row.ETag}-damaged" } : row;
    }

    public async Task<IReadOnlyList<StoredRecord?>> GetAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken) =>
        await Task.WhenAll(keys.Select(key => GetAsync(key, cancellationToken)));

    public IAsyncEnumerable<StoredRecord> QueryAsync(string table, string partition, RowRange range, CancellationToken cancellationToken) =>
        inner.QueryAsync(table, partition, range, cancellationToken);

    public IAsyncEnumerable<StoredRecord> ScanAsync(string table, string? afterPartition, CancellationToken cancellationToken) =>
        inner.ScanAsync(table, afterPartition, cancellationToken);

    public Task<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken)
    {
        if (changes[0].Key.Table == Tables.Certificates && changes[0].Key.Partition == Unwritable)
            throw new InvalidOperationException("The disk is on fire.");
        _begun |= Damaged is not null && changes[0] is RecordChange.Insert { Key.Table: Tables.Rollouts };
        return inner.WriteAsync(changes, cancellationToken);
    }
}
