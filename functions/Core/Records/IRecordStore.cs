namespace Certrelay.Records;

/// <summary>One stored row. The ETag changes with every write and is never used twice for a row, also not after a deletion.</summary>
public sealed record StoredRecord(RecordKey Key, ReadOnlyMemory<byte> Body, string ETag);

/// <summary>Rows of one partition from <paramref name="From"/> (inclusive) to <paramref name="Before"/> (exclusive), in ordinal order; null is open.</summary>
public readonly record struct RowRange(string? From, string? Before)
{
    public static RowRange All => default;

    /// <summary>Every row that begins with <paramref name="prefix"/>.</summary>
    public static RowRange StartingWith(string prefix) => new(prefix, prefix[..^1] + (char)(prefix[^1] + 1));
}

/// <summary>One change of a batch.</summary>
public abstract record RecordChange(RecordKey Key)
{
    /// <summary>Adds a row that must not exist.</summary>
    public sealed record Insert(RecordKey Key, ReadOnlyMemory<byte> Body) : RecordChange(Key);

    /// <summary>Replaces a row that must still carry <paramref name="ETag"/>.</summary>
    public sealed record Replace(RecordKey Key, ReadOnlyMemory<byte> Body, string ETag) : RecordChange(Key);

    /// <summary>Writes a row whatever was there.</summary>
    public sealed record Put(RecordKey Key, ReadOnlyMemory<byte> Body) : RecordChange(Key);

    /// <summary>Removes a row that must still carry <paramref name="ETag"/>; without one, a row that may be gone already.</summary>
    public sealed record Delete(RecordKey Key, string? ETag) : RecordChange(Key);
}

/// <summary>
/// Ordered rows addressed by table, partition and row, each with an ETag: what Azure Tables gives, and no more.
/// Every method throws <see cref="Transient"/> (<c>store.unavailable</c>) when the store cannot be reached.
/// </summary>
public interface IRecordStore
{
    /// <summary>The longest body, in bytes: what fits an Azure Tables entity in binary properties of 64 KB beside its keys.</summary>
    const int LongestBody = 900 * 1024;

    /// <summary>The most changes of one batch (Azure Tables).</summary>
    const int LargestBatch = 100;

    /// <summary>The most bytes of all bodies of a batch together (Azure Tables takes 4 MiB, in which they are Base64).</summary>
    const int LongestBatch = 2800 * 1024;

    /// <summary>One row; null when there is none.</summary>
    Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>Many rows in the order of their keys, null where there is none: in one round, not one after the other. Each is as it was at some moment of the call.</summary>
    Task<IReadOnlyList<StoredRecord?>> GetAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>The rows of a range in order, read page by page: rows written meanwhile may or may not be seen, none is seen twice.</summary>
    IAsyncEnumerable<StoredRecord> QueryAsync(string table, string partition, RowRange range, CancellationToken cancellationToken);

    /// <summary>Every row of a table in the order of partition and row, beginning after a partition (null: at the first). For listings by page and for <c>Reindex</c>.</summary>
    IAsyncEnumerable<StoredRecord> ScanAsync(string table, string? afterPartition, CancellationToken cancellationToken);

    /// <summary>
    /// Applies all changes or none, durably, and returns the new ETag of each (null for a deletion). All lie in one table and partition, each key once.
    /// Throws <see cref="RecordConflictException"/> when a condition does not hold and <see cref="ArgumentException"/> when the batch is not well formed.
    /// </summary>
    Task<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken);
}

/// <summary>A write whose condition did not hold: somebody else was faster. Nothing of its batch was written.</summary>
public sealed class RecordConflictException(RecordKey key, string reason) : Exception($"{key}: {reason}")
{
    public RecordKey Key { get; } = key;
}
