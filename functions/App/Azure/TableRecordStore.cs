using System.Collections.Concurrent;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Certrelay.Records;

namespace Certrelay.App.Azure;

/// <summary>Records in Azure Tables: a table for each of ours, a body in binary properties of 64 KB. Tables are made when they are first used.</summary>
/// <remarks>Microsoft Learn, "Understanding the Table service data model" and "Performing entity group transactions".</remarks>
public sealed class TableRecordStore(Func<string, TableClient> open) : IRecordStore
{
    // A name has at least three characters there, and the account may hold tables of others.
    private const string Prefix = "Certrelay";

    private const int PropertySize = 64 * 1024;
    private const int LargestPage = 1000;

    // Pages grow, so that a caller who wants the first rows does not pay for a thousand.
    private const int FirstPage = 32;

    private const int ReadsAtOnce = 32;

    private readonly ConcurrentDictionary<string, Task<TableClient>> _tables = new(StringComparer.Ordinal);

    public Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        StorageFault.RunAsync(
            async () =>
            {
                var table = await TableAsync(key.Table, cancellationToken);
                var found = await table.GetEntityIfExistsAsync<TableEntity>(key.Partition, key.Row, select: null, cancellationToken);
                return found.HasValue ? Read(key.Table, found.Value!) : null;
            },
            cancellationToken);

    public async Task<IReadOnlyList<StoredRecord?>> GetAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        var rows = new StoredRecord?[keys.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, keys.Count, options, async (i, token) => rows[i] = await GetAsync(keys[i], token));
        return rows;
    }

    public IAsyncEnumerable<StoredRecord> QueryAsync(string table, string partition, RowRange range, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        if (range.From is { } from)
            filter += TableClient.CreateQueryFilter($" and RowKey ge {from}");
        if (range.Before is { } before)
            filter += TableClient.CreateQueryFilter($" and RowKey lt {before}");
        return RowsAsync(table, filter, FirstPage, cancellationToken);
    }

    // Most scans look for the next partition only.
    public IAsyncEnumerable<StoredRecord> ScanAsync(string table, string? afterPartition, CancellationToken cancellationToken) =>
        RowsAsync(table, afterPartition is null ? null : TableClient.CreateQueryFilter($"PartitionKey gt {afterPartition}"), firstPage: 1, cancellationToken);

    public async Task<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken)
    {
        RecordBatch.Check(changes);
        var table = await StorageFault.RunAsync(() => TableAsync(changes[0].Key.Table, cancellationToken), cancellationToken);
        var etags = new string?[changes.Count];
        var left = Enumerable.Range(0, changes.Count).ToList();
        while (left.Count > 0)
        {
            var (answers, fault) = await StorageFault.RunAsync(() => SubmitAsync(table, [.. left.Select(i => ActionOf(changes[i]))], cancellationToken), cancellationToken);
            if (fault is null)
            {
                foreach (var (i, answer) in left.Zip(answers!))
                    etags[i] = changes[i] is RecordChange.Delete ? null : answer.Headers.ETag.ToString();
                break;
            }

            var at = fault.FailedTransactionActionIndex ?? 0;
            var failed = changes[left[at]];
            if (failed is not RecordChange.Delete { ETag: null })
                throw new RecordConflictException(failed.Key, ReasonOf(fault.Status));
            // It may be gone already, which the service takes for a fault of the whole batch.
            left.RemoveAt(at);
        }

        return etags;
    }

    private static async Task<(IReadOnlyList<Response>? Answers, TableTransactionFailedException? Fault)> SubmitAsync(
        TableClient table, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        try
        {
            return ((await table.SubmitTransactionAsync(actions, cancellationToken)).Value, null);
        }
        catch (TableTransactionFailedException unmet) when (unmet.Status is 404 or 409 or 412)
        {
            return (null, unmet);
        }
    }

    private static string ReasonOf(int status) => status switch
    {
        409 => "the row exists",
        404 => "the row is gone",
        _ => "the row has changed",
    };

    private static TableTransactionAction ActionOf(RecordChange change) => change switch
    {
        RecordChange.Insert insert => new(TableTransactionActionType.Add, Entity(insert.Key, insert.Body)),
        RecordChange.Replace replace => new(TableTransactionActionType.UpdateReplace, Entity(replace.Key, replace.Body), new ETag(replace.ETag)),
        RecordChange.Put put => new(TableTransactionActionType.UpsertReplace, Entity(put.Key, put.Body)),
        RecordChange.Delete delete => new(
            TableTransactionActionType.Delete, new TableEntity(delete.Key.Partition, delete.Key.Row), delete.ETag is { } etag ? new ETag(etag) : ETag.All),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private static TableEntity Entity(RecordKey key, ReadOnlyMemory<byte> body)
    {
        var entity = new TableEntity(key.Partition, key.Row);
        for (var at = 0; at < body.Length; at += PropertySize)
            entity[NameOf(at / PropertySize)] = body.Slice(at, Math.Min(PropertySize, body.Length - at)).ToArray();
        return entity;
    }

    private static StoredRecord Read(string table, TableEntity entity)
    {
        var parts = new List<byte[]>();
        while (entity.TryGetValue(NameOf(parts.Count), out var part))
            parts.Add((byte[])part);
        var body = parts.Count == 1 ? parts[0] : [.. parts.SelectMany(static part => part)];
        return new StoredRecord(new RecordKey(table, entity.PartitionKey, entity.RowKey), body, entity.ETag.ToString());
    }

    private static string NameOf(int part) => string.Create(CultureInfo.InvariantCulture, $"B{part:00}");

    private async IAsyncEnumerable<StoredRecord> RowsAsync(
        string name, string? filter, int firstPage, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = await StorageFault.RunAsync(() => TableAsync(name, cancellationToken), cancellationToken);
        string? continuation = null;
        var size = firstPage;
        do
        {
            var (asked, most) = (continuation, size);
            var page = await StorageFault.RunAsync(
                () => table.QueryAsync<TableEntity>(filter, most, select: null, cancellationToken).AsPages(asked).FirstOrDefaultAsync(cancellationToken).AsTask(), cancellationToken);
            foreach (var entity in page?.Values ?? [])
                yield return Read(name, entity);
            (continuation, size) = (page?.ContinuationToken, Math.Min(size * 4, LargestPage));
        }
        while (!string.IsNullOrEmpty(continuation));
    }

    private async Task<TableClient> TableAsync(string name, CancellationToken cancellationToken)
    {
        // Not with the caller's token: others wait for the same table.
        var making = _tables.GetOrAdd(name, MakeAsync);
        try
        {
            return await making.WaitAsync(cancellationToken);
        }
        catch when (making.IsFaulted)
        {
            _tables.TryRemove(new(name, making));
            throw;
        }
    }

    private async Task<TableClient> MakeAsync(string name)
    {
        var table = open(Prefix + name);
        await table.CreateIfNotExistsAsync(CancellationToken.None);
        return table;
    }
}
