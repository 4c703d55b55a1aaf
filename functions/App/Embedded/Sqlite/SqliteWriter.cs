namespace Certrelay.App.Embedded.Sqlite;

/// <summary>The writing connection within a transaction, with the sequence from which ETags, receipts and message numbers are drawn.</summary>
internal sealed class SqliteWriter(SqliteConnection connection) : IDisposable
{
    private long _sequence;
    private long _committed;

    /// <summary>The next number: no row of the file ever carried it.</summary>
    public long NextNumber() => ++_sequence;

    /// <summary>The prepared statement of this text.</summary>
    public SqliteStatement this[string sql] => connection[sql];

    internal void Begin()
    {
        connection["BEGIN IMMEDIATE"].Execute();
        _sequence = _committed = connection["SELECT last FROM sequence"].Number()!.Value;
    }

    internal void Commit()
    {
        if (_sequence != _committed)
            connection["UPDATE sequence SET last = $1"].Bind(_sequence).Execute();
        connection["COMMIT"].Execute();
    }

    internal void Rollback()
    {
        // A BEGIN that met a lock has begun nothing.
        if (connection.InTransaction)
            connection["ROLLBACK"].Execute();
    }

    public void Dispose() => connection.Dispose();
}
