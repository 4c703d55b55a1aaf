namespace Certrelay.App.Embedded.Sqlite;

/// <summary>A database as it is at one moment, in a file of its own, while others go on writing.</summary>
internal static class SqliteSnapshot
{
    /// <summary>Writes the snapshot, for its owner alone; throws <see cref="Transient"/> (<c>store.unavailable</c>) as SQLite reports it.</summary>
    /// <remarks>sqlite.org/lang_vacuum.html, "VACUUM with an INTO clause".</remarks>
    public static void Take(string database, string snapshot)
    {
        // SQLite takes an existing empty file, and its mode with it.
        AtomicFile.Create(snapshot, [], FileStamp.OwnerOnly);
        using var connection = SqliteConnection.Open(database);
        connection["VACUUM INTO $1"].Bind(snapshot).Execute();
    }
}
