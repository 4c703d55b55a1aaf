using System.Diagnostics.CodeAnalysis;
using Certrelay.Records;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>What a read asks for: one row, or the first rows of a range.</summary>
internal readonly record struct KnownRead(string Table, string Partition, string From, string? Behind = null, string? Before = null, int Count = 0);

/// <summary>
/// Small reads that were made before, until the next commit of anybody, of this process or any other (<see cref="WalIndex"/>). What is known belongs to one commit: it is taken
/// while that is the last one, and noted from a snapshot of just that one.
/// </summary>
internal sealed class KnownReads
{
    // Some megabytes at most.
    private const int Most = 1024;
    private const int LongestBody = 8 * 1024;

    private volatile Commit? _last;

    /// <summary>What is known of the database as it is now, without a transaction; null where nothing is.</summary>
    public Moment? Look(SqliteConnection connection) =>
        connection.Index is { } index && _last is { } last && last.Mark == index.Mark ? new Moment(connection, last.Reads) : null;

    /// <summary>Runs reads in one transaction, whose locks cost more than a row; they ask <see cref="Moment"/> first.</summary>
    public T Read<T>(SqliteConnection connection, Func<Moment, T> read)
    {
        var before = connection.Index?.Mark;
        connection["BEGIN"].Execute();
        try
        {
            // The transaction itself begins no snapshot, its first read does.
            connection["PRAGMA data_version"].Execute();
            return read(new Moment(connection, before is { } mark && connection.Index!.Mark == mark ? Of(mark) : null));
        }
        finally
        {
            connection["COMMIT"].Execute();
        }
    }

    /// <summary>What is known of a commit. Of two that begin with one at once the later stays, and of an old one nothing is taken any more.</summary>
    private BoundedCache<KnownRead, object> Of(CommitMark mark)
    {
        if (_last is not { } last || last.Mark != mark)
            _last = last = new Commit(mark);
        return last.Reads;
    }

    /// <summary>The database as one connection sees it within a transaction, and what is known of it; null where somebody committed as it began.</summary>
    internal readonly struct Moment(SqliteConnection connection, BoundedCache<KnownRead, object>? known)
    {
        // What was read and is not there.
        private static readonly object Absent = new();

        public SqliteConnection Connection => connection;

        /// <summary>True when the row was read before; null is one that is not there.</summary>
        public bool Knows(in KnownRead read, out StoredRecord? row)
        {
            row = null;
            if (known is null || !known.TryGet(read, out var value))
                return false;
            row = value as StoredRecord;
            return true;
        }

        /// <summary>True when the rows were read before.</summary>
        public bool Knows(in KnownRead read, [NotNullWhen(true)] out List<StoredRecord>? rows)
        {
            rows = known is not null && known.TryGet(read, out var value) ? value as List<StoredRecord> : null;
            return rows is not null;
        }

        public void Note(in KnownRead read, StoredRecord? row)
        {
            if (row is null || row.Body.Length <= LongestBody)
                known?.Set(read, row ?? Absent);
        }

        public void Note(in KnownRead read, List<StoredRecord> rows)
        {
            if (rows.Sum(static row => row.Body.Length) <= LongestBody)
                known?.Set(read, rows);
        }
    }

    private sealed record Commit(CommitMark Mark)
    {
        public BoundedCache<KnownRead, object> Reads { get; } = new(Most);
    }
}
