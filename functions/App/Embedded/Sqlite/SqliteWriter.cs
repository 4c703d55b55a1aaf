using Microsoft.Data.Sqlite;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>The writing connection within a transaction, with the sequence from which ETags and receipts are drawn.</summary>
internal sealed class SqliteWriter(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatements _statements = new(connection);
    private long _sequence;
    private long _committed;

    /// <summary>The next number: no row of the file ever carried it.</summary>
    public long NextNumber() => ++_sequence;

    /// <summary>A prepared statement with its parameters set.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object> values) => _statements[sql, values];

    internal void Begin()
    {
        Command("BEGIN IMMEDIATE").ExecuteNonQuery();
        _sequence = _committed = (long)Command("SELECT last FROM sequence").ExecuteScalar()!;
    }

    internal void Commit()
    {
        if (_sequence != _committed)
            Command("UPDATE sequence SET last = $1", _sequence).ExecuteNonQuery();
        Command("COMMIT").ExecuteNonQuery();
    }

    internal void Rollback()
    {
        // After a full disk or an input/output fault SQLite has rolled back by itself, and a BEGIN that met a lock has begun nothing.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            Command("ROLLBACK").ExecuteNonQuery();
    }

    public void Dispose() => _statements.Dispose();
}
