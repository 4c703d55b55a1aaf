using System.Text;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.RealParts.Support;
using Certrelay.Records;

namespace Certrelay.RealParts.Records;

/// <summary>A database that another process changes, with another build of SQLite: what was read before is never taken for what is there now.</summary>
public sealed class OtherProcessTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Run = """
        import sqlite3, sys
        with sqlite3.connect(sys.argv[1], isolation_level=None) as database:
            database.execute(sys.argv[2]).fetchall()
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-records-");

    [RealFact(Python)]
    public async Task What_another_process_changes_is_read_anew()
    {
        var path = Path.Combine(_folder.FullName, "records.db");
        await using var file = new SqliteFile(path);
        var (store, key) = (new SqliteRecordStore(file), new RecordKey("T", "p", "r"));
        await store.WriteAsync([new RecordChange.Put(key, "0"u8.ToArray())], CancellationToken.None);

        async Task<(string Body, long Rows)> ReadAsync()
        {
            var before = store.RowsRead;
            var body = Encoding.ASCII.GetString((await store.GetAsync(key, CancellationToken.None))!.Body.Span);
            return (body, store.RowsRead - before);
        }

        Assert.Equal(("0", 1), await ReadAsync());
        Assert.Equal(("0", 0), await ReadAsync());
        foreach (var text in new[] { "1", "2" })
        {
            await RealProcess.RunAsync(Python, "-c", Run, path, $"UPDATE record SET body = CAST('{text}' AS BLOB)");
            Assert.Equal((text, 1), await ReadAsync());
            Assert.Equal((text, 0), await ReadAsync());
        }

        // The log begins anew, and its index with it.
        await RealProcess.RunAsync(Python, "-c", Run, path, "PRAGMA wal_checkpoint(TRUNCATE)");
        await RealProcess.RunAsync(Python, "-c", Run, path, "UPDATE record SET body = CAST('3' AS BLOB)");
        Assert.Equal("3", (await ReadAsync()).Body);
        await RealProcess.RunAsync(Python, "-c", Run, path, "VACUUM");
        Assert.Equal("3", (await ReadAsync()).Body);
        await RealProcess.RunAsync(Python, "-c", Run, path, "UPDATE record SET body = CAST('4' AS BLOB)");
        Assert.Equal("4", (await ReadAsync()).Body);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
