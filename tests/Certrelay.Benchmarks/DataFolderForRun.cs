using Certrelay.App.Embedded.Sqlite;

namespace Certrelay.Benchmarks;

/// <summary>A database in a folder that is gone afterwards.</summary>
internal sealed class DataFolderForRun : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-bench-");

    public DataFolderForRun() => File = new SqliteFile(System.IO.Path.Combine(_folder.FullName, "certrelay.db"));

    public string Path => _folder.FullName;

    public SqliteFile File { get; }

    public async ValueTask DisposeAsync()
    {
        await File.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
