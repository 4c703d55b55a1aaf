using System.Globalization;
using System.Runtime.CompilerServices;
using Certrelay.Records;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>Records in one table ordered by its primary key.</summary>
public sealed class SqliteRecordStore(SqliteFile file) : IRecordStore
{
    private const int PageSize = 1000;

    // Pages grow, so that a caller who wants the first rows does not pay for a thousand.
    private const int FirstPage = 32;

    private long _rowsRead;

    /// <summary>How many rows this store has read, single ones and those of ranges.</summary>
    public long RowsRead => Interlocked.Read(ref _rowsRead);

    public Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(file.ReadKnown(moment => moment.Knows(ReadOf(key), out StoredRecord? row) ? row : null, moment => Get(moment, key)));
    }

    public Task<IReadOnlyList<StoredRecord?>> GetAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<StoredRecord?>>(file.ReadKnown(
            moment =>
            {
                var rows = new StoredRecord?[keys.Count];
                for (var i = 0; i < rows.Length; i++)
                {
                    if (!moment.Knows(ReadOf(keys[i]), out rows[i]))
                        return null;
                }

                return rows;
            },
            moment => [.. keys.Select(key => Get(moment, key))])!);
    }

    public async IAsyncEnumerable<StoredRecord> QueryAsync(
        string table, string partition, RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (from, after, size) = (range.From ?? "", "", FirstPage);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (lower, strictly, count) = (after.Length > 0 ? after : from, after, size);
            var page = Page(new KnownRead(table, partition, lower, strictly, range.Before, count), connection => ReadAll(
                table, partition,
                connection["SELECT row, etag, body FROM record WHERE tbl = $1 AND part = $2 AND row >= $3 AND row <> $4 AND row < $5 ORDER BY row LIMIT $6"]
                    .Bind(table).Bind(partition).Bind(lower).Bind(strictly).Bind(range.Before ?? "\x7f").Bind(count)));
            foreach (var record in page)
                yield return record;
            if (page.Count < size)
                yield break;
            (after, size) = (page[^1].Key.Row, Math.Min(size * 4, PageSize));
        }
    }

    public async IAsyncEnumerable<StoredRecord> ScanAsync(string table, string? afterPartition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Past every row of the partition: keys are printable ASCII, so 0x7f sorts behind all of them.
        // Most scans look for the next partition only.
        var (part, row, size) = (afterPartition ?? "", "\x7f", 1);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (afterPart, afterRow, count) = (part, row, size);
            var page = Page(new KnownRead(table, afterPart, afterRow, Count: count), connection => ReadAll(
                table, partition: null,
                connection["SELECT row, etag, body, part FROM record WHERE tbl = $1 AND (part, row) > ($2, $3) ORDER BY part, row LIMIT $4"]
                    .Bind(table).Bind(afterPart).Bind(afterRow).Bind(count)));
            foreach (var record in page)
                yield return record;
            if (page.Count < size)
                yield break;
            (part, row, size) = (page[^1].Key.Partition, page[^1].Key.Row, Math.Min(size * 16, PageSize));
        }
    }

    public Task<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken)
    {
        RecordBatch.Check(changes);
        return file.WriteAsync<IReadOnlyList<string?>>(writer => Apply(writer, changes), cancellationToken);
    }

    /// <summary>A page of a range; a first one may be known, and is noted.</summary>
    private List<StoredRecord> Page(KnownRead read, Func<SqliteConnection, List<StoredRecord>> select)
    {
        if (read.Count > FirstPage)
            return file.Read(select);
        return file.ReadKnown(
            moment => moment.Knows(read, out List<StoredRecord>? known) ? known : null,
            moment =>
            {
                var page = select(moment.Connection);
                moment.Note(read, page);
                return page;
            })!;
    }

    private StoredRecord? Get(KnownReads.Moment moment, RecordKey key)
    {
        var read = ReadOf(key);
        if (moment.Knows(read, out StoredRecord? row))
            return row;
        row = Get(moment.Connection, key);
        moment.Note(read, row);
        return row;
    }

    private static KnownRead ReadOf(in RecordKey key) => new(key.Table, key.Partition, key.Row);

    private StoredRecord? Get(SqliteConnection connection, RecordKey key)
    {
        using var rows = connection["SELECT etag, body FROM record WHERE tbl = $1 AND part = $2 AND row = $3"]
            .Bind(key.Table).Bind(key.Partition).Bind(key.Row).Query();
        if (!rows.Read())
            return null;
        Interlocked.Increment(ref _rowsRead);
        return new StoredRecord(key, rows.Bytes(1), ETagText(rows.Number(0)));
    }

    private static string?[] Apply(SqliteWriter writer, IReadOnlyList<RecordChange> changes)
    {
        // Every condition is checked before the first write, because a conflict must leave nothing of its batch in the shared transaction.
        foreach (var change in changes)
            CheckCondition(writer, change);
        var etags = new string?[changes.Count];
        for (var i = 0; i < changes.Count; i++)
            etags[i] = Write(writer, changes[i]);
        return etags;
    }

    private static void CheckCondition(SqliteWriter writer, RecordChange change)
    {
        if (change is RecordChange.Put or RecordChange.Delete { ETag: null })
            return;
        var key = change.Key;
        var current = writer["SELECT etag FROM record WHERE tbl = $1 AND part = $2 AND row = $3"].Bind(key.Table).Bind(key.Partition).Bind(key.Row).Number();
        switch (change)
        {
            case RecordChange.Insert when current is not null:
                throw new RecordConflictException(key, "the row exists");
            case RecordChange.Replace or RecordChange.Delete when current is null:
                throw new RecordConflictException(key, "the row is gone");
            case RecordChange.Replace replace when ETagText(current!.Value) != replace.ETag:
            case RecordChange.Delete delete when ETagText(current!.Value) != delete.ETag:
                throw new RecordConflictException(key, "the row has changed");
        }
    }

    private static string? Write(SqliteWriter writer, RecordChange change)
    {
        var key = change.Key;
        switch (change)
        {
            case RecordChange.Insert { Body: var body }:
                return Put(writer, key, body);
            case RecordChange.Replace { Body: var body }:
                return Put(writer, key, body);
            case RecordChange.Put { Body: var body }:
                return Put(writer, key, body);
            default:
                writer["DELETE FROM record WHERE tbl = $1 AND part = $2 AND row = $3"].Bind(key.Table).Bind(key.Partition).Bind(key.Row).Execute();
                return null;
        }
    }

    private static string Put(SqliteWriter writer, RecordKey key, ReadOnlyMemory<byte> body)
    {
        var etag = writer.NextNumber();
        writer["INSERT INTO record VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET etag = excluded.etag, body = excluded.body"]
            .Bind(key.Table).Bind(key.Partition).Bind(key.Row).Bind(etag).Bind(body.Span).Execute();
        return ETagText(etag);
    }

    private List<StoredRecord> ReadAll(string table, string? partition, SqliteStatement statement)
    {
        var page = new List<StoredRecord>();
        using var rows = statement.Query();
        while (rows.Read())
        {
            var key = new RecordKey(table, partition ?? rows.Text(3), rows.Text(0));
            page.Add(new StoredRecord(key, rows.Bytes(2), ETagText(rows.Number(1))));
        }

        Interlocked.Add(ref _rowsRead, page.Count);
        return page;
    }

    private static string ETagText(long number) => number.ToString(CultureInfo.InvariantCulture);
}
