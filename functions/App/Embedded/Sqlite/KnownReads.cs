using System.Diagnostics.CodeAnalysis;
using Certrelay.Records;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>What a read asks for: one row, or the first rows of a range.</summary>
internal readonly record struct KnownRead(string Table, string Partition, string From, string? Behind = null, string? Before = null, int Count = 0);

/// <summary>
/// Small reads that were made before, until the next commit of anybody. SQLite tells each connection whether another one, of this process or any other, has committed since it
/// looked last (sqlite.org/pragma.html, data_version); the first that hears of a commit begins with nothing known.
/// </summary>
/// <remarks>
/// Nothing old is ever seen: connections begin their snapshots one after the other, so that each sees at least what the one before it sees, and take what is known in the same
/// turn. If a commit lies between the snapshot that something was read in and a later one, whoever has the later one has heard of that commit, then or before, and has begun anew.
/// </remarks>
internal sealed class KnownReads
{
    // Some megabytes at most.
    private const int Most = 1024;
    private const int LongestBody = 8 * 1024;

    private readonly Lock _turn = new();
    private BoundedCache<KnownRead, object> _known = new(Most);

    /// <summary>What is known of the database as it is now, without a transaction; null where somebody has committed since the connection looked last.</summary>
    public Moment? Look(SqliteConnection connection)
    {
        lock (_turn)
            return connection["PRAGMA data_version"].Number() == connection.SeenVersion ? new Moment(connection, _known) : null;
    }

    /// <summary>Runs reads in one transaction, whose locks cost more than a row; they ask <see cref="Moment"/> first.</summary>
    public T Read<T>(SqliteConnection connection, Func<Moment, T> read)
    {
        connection["BEGIN"].Execute();
        try
        {
            return read(new Moment(connection, Begin(connection)));
        }
        finally
        {
            connection["COMMIT"].Execute();
        }
    }

    /// <summary>Begins the snapshot, which the transaction itself does not, and returns what is known of it.</summary>
    private BoundedCache<KnownRead, object> Begin(SqliteConnection connection)
    {
        lock (_turn)
        {
            var version = connection["PRAGMA data_version"].Number()!.Value;
            if (version != connection.SeenVersion)
                (connection.SeenVersion, _known) = (version, new BoundedCache<KnownRead, object>(Most));
            return _known;
        }
    }

    /// <summary>The database as one connection sees it within a transaction, and what is known of it.</summary>
    internal readonly struct Moment(SqliteConnection connection, BoundedCache<KnownRead, object> known)
    {
        // What was read and is not there.
        private static readonly object Absent = new();

        public SqliteConnection Connection => connection;

        /// <summary>True when the row was read before; null is one that is not there.</summary>
        public bool Knows(in KnownRead read, out StoredRecord? row)
        {
            row = null;
            if (!known.TryGet(read, out var value))
                return false;
            row = value as StoredRecord;
            return true;
        }

        /// <summary>True when the rows were read before.</summary>
        public bool Knows(in KnownRead read, [NotNullWhen(true)] out List<StoredRecord>? rows)
        {
            rows = known.TryGet(read, out var value) ? value as List<StoredRecord> : null;
            return rows is not null;
        }

        public void Note(in KnownRead read, StoredRecord? row)
        {
            if (row is null || row.Body.Length <= LongestBody)
                known.Set(read, row ?? Absent);
        }

        public void Note(in KnownRead read, List<StoredRecord> rows)
        {
            if (rows.Sum(static row => row.Body.Length) <= LongestBody)
                known.Set(read, rows);
        }
    }
}
