using System.Collections.Concurrent;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>
/// The database file of one data folder: write-ahead log, every commit synced (<c>synchronous=FULL</c>), readers beside one writer a process.
/// Throws <see cref="Transient"/> (<c>store.unavailable</c>) when it cannot be opened.
/// </summary>
public sealed class SqliteFile : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS record (
            tbl TEXT NOT NULL, part TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (tbl, part, row)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS message (
            id INTEGER PRIMARY KEY, queue TEXT NOT NULL, visible INTEGER NOT NULL, receipt INTEGER NOT NULL,
            dequeued INTEGER NOT NULL, inserted INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS message_visible ON message (queue, visible, id);
        CREATE TABLE IF NOT EXISTS sequence (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
        INSERT OR IGNORE INTO sequence VALUES (1, 0);
        """;

    // There are as many readers as threads have read at once; the system keeps the file's pages for all of them.
    private const int ReaderKilobytes = 1000;

    private readonly string _path;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly KnownReads _known = new();
    private readonly GroupCommit _writer;

    public SqliteFile(string path)
    {
        _path = path;
        // The log and the index beside the database take its mode from SQLite.
        if (!File.Exists(path))
            AtomicFile.Create(path, [], FileStamp.OwnerOnly);
        var connection = SqliteConnection.Open(path);
        try
        {
            connection.Execute(Schema);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _writer = new GroupCommit(connection);
    }

    /// <summary>Runs a change in the next group commit; the task ends once it is durable.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteWriter, T> change, CancellationToken cancellationToken) => _writer.RunAsync(change, cancellationToken);

    /// <summary>Runs a read on a connection of its own, which sees every commit made before the call.</summary>
    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!_readers.TryTake(out var reader))
            reader = SqliteConnection.Open(_path, ReaderKilobytes);
        try
        {
            return read(reader);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    /// <summary>As <see cref="Read{T}"/>, in one transaction and with what is known of the database as it is there.</summary>
    /// <param name="find">Answers from what is known alone; null where that does not suffice.</param>
    internal T? ReadKnown<T>(Func<KnownReads.Moment, T?> find, Func<KnownReads.Moment, T?> read)
        where T : class => Read(connection => (_known.Look(connection) is { } moment ? find(moment) : null) ?? _known.Read(connection, read));

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
    }
}
