using SQLitePCL;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>
/// One connection, used by one thread at a time, with the statements that it has prepared. Over SQLite's own calls: the framework's data layer costs a write three times
/// what SQLite itself needs. Every call throws <see cref="Transient"/> (<c>store.unavailable</c>) for whatever SQLite reports: busy, full, an input/output fault.
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    private const int BusyMilliseconds = 30_000;

    private const int PauseMilliseconds = 20;

    // A row up to a quarter of a page lies in it whole (sqlite.org/fileformat2.html section 1.6). A version with its certificates does, in 16 KiB; of those that do not,
    // every search that passes one reads its overflow pages again.
    private const int PageBytes = 16 * 1024;

    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteConnection()
    {
        Batteries_V2.Init();
        // Counts nobody reads, under one lock for the whole process at each allocation.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private SqliteConnection(sqlite3 handle) => _handle = handle;

    /// <summary>Opens an existing file with every commit synced and a page cache of so many KiB.</summary>
    public static SqliteConnection Open(string path, int cacheKilobytes = 8000)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new SqliteConnection(handle);
        try
        {
            connection.Check(code);
            connection.Check(raw.sqlite3_busy_timeout(handle, BusyMilliseconds));
            // Plans that depend on what is bound would be made anew at each binding (sqlite.org/queryplanner-ng.html section 3.2).
            connection.Check(raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _));
            // Only a new file takes it.
            connection.Execute($"PRAGMA page_size={PageBytes};");
            connection.UseLog();
            connection.Execute($"PRAGMA synchronous=FULL; PRAGMA cache_size=-{cacheKilobytes};");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Where the last commit can be seen; null where it cannot.</summary>
    public WalIndex? Index => field ??= WalIndex.Of(_handle);

    /// <summary>True from BEGIN until COMMIT or ROLLBACK; SQLite itself rolls back after a full disk or an input/output fault.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>The statement of this text, without parameters yet; prepared at its first use.</summary>
    public SqliteStatement this[string sql]
    {
        get
        {
            if (_statements.TryGetValue(sql, out var statement))
                return statement.Unbound();
            Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
            return _statements[sql] = new SqliteStatement(this, prepared);
        }
    }

    /// <summary>Runs statements that have no parameters and whose rows nobody reads.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes() => raw.sqlite3_changes(_handle);

    /// <summary>
    /// Turns write-ahead logging on. Of several who open a new file at once one changes its mode, and SQLite does not call the busy handler for the others
    /// (sqlite.org/pragma.html, journal_mode), as each holds a lock that the other waits for.
    /// </summary>
    private void UseLog()
    {
        using var pause = new ManualResetEventSlim();
        for (var waited = 0; ; waited += PauseMilliseconds)
        {
            var code = raw.sqlite3_exec(_handle, "PRAGMA journal_mode=WAL;");
            if (code != raw.SQLITE_BUSY || waited >= BusyMilliseconds)
            {
                Check(code);
                return;
            }

            pause.Wait(PauseMilliseconds);
        }
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new Transient("store.unavailable", $"The database answered: {raw.sqlite3_errmsg(_handle).utf8_to_string()} ({code}).");
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _handle.Dispose();
    }
}
