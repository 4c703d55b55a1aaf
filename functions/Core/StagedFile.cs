namespace Certrelay;

/// <summary>A file that is written and synced but does not bear its name yet; disposal without <see cref="Commit"/> removes it.</summary>
public sealed class StagedFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    internal StagedFile(string path, string temporary) => (_path, _temporary) = (path, temporary);

    /// <summary>Renames it over the destination and syncs the folder.</summary>
    public void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        AtomicFile.SyncFolder(Path.GetDirectoryName(_path)!);
    }

    public void Dispose() => File.Delete(_temporary);
}
