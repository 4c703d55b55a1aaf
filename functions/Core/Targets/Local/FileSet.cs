using System.Security.Cryptography;
using Certrelay.Certificates;

namespace Certrelay.Targets.Local;

/// <summary>The files of one target in one folder: reads them whole and replaces them together.</summary>
internal sealed class FileSet
{
    // Far above any chain; keeps a wrong name from pulling a log file into the vault.
    private const int Largest = 1 << 20;

    private static readonly FileStamp Readable =
        FileStamp.OwnerOnly with { Mode = FileStamp.OwnerOnly.Mode | UnixFileMode.GroupRead | UnixFileMode.OtherRead };

    private readonly FileLayout _layout;
    private readonly LocalFolder _folder;
    private readonly IReadOnlyList<string> _names;

    private FileSet(LocalFolder folder, FileLayout layout)
    {
        (_folder, _layout) = (folder, layout);
        _names = [.. layout.Names];
    }

    /// <summary>The folder as the target names it.</summary>
    public string Id => _folder.Id;

    /// <summary>Opens the folder; throws <see cref="Permanent"/> when it is missing or leads out of its root.</summary>
    public static FileSet Open(LocalOptions options, string root, string? folder, FileLayout layout) =>
        new(LocalFolder.Open(options, root, folder), layout);

    /// <summary>Reads every file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where one cannot be read.</summary>
    public LiveFiles Read() => Read(_names);

    /// <summary>Reads the files of these names, which a backup may know from earlier settings.</summary>
    public LiveFiles Read(IEnumerable<string> names) => new([.. names.Select(ReadOne)]);

    /// <summary>The folders that a write must be able to change.</summary>
    public IEnumerable<string> Folders() => _names.Select(name => Path.GetDirectoryName(_folder.PathOf(name))!).Distinct(StringComparer.Ordinal);

    /// <summary>What the files shall hold, of a version that fits the layout. Existing files keep mode and owner; of new ones only a key is for its owner alone.</summary>
    public LiveFiles Wanted(CertificateBundle certificate, LiveFiles live) => new(
    [
        .. _names.Select(name => new LiveFile(
            name,
            WithLineEnd(
                name == _layout.Key ? certificate.PrivateKeyPem()
                : name == _layout.EncryptKey ? certificate.Encryption!.PrivateKeyPem()
                : name == _layout.EncryptCertificate ? certificate.Encryption!.LeafPem()
                : name == _layout.FullChain ? certificate.FullChainPem()
                : name == _layout.Certificate ? certificate.LeafPem()
                : certificate.ChainPem()),
            live.Named(name) is { Bytes: not null } existing ? existing.Stamp : name == _layout.Key || name == _layout.EncryptKey ? FileStamp.OwnerOnly : Readable)),
    ]);

    /// <summary>The leaf that the server reads.</summary>
    public LiveFile Certificate(LiveFiles files) => files.Named(_layout.FullChain ?? _layout.Certificate!);

    /// <summary>True when certificate and key are there and belong together, of a pair both.</summary>
    public bool IsWhole(LiveFiles files) => KeyPair.Matches(Certificate(files), files.Named(_layout.Key))
        && (!_layout.IsOfPair || KeyPair.Matches(files.Named(_layout.EncryptCertificate!), files.Named(_layout.EncryptKey!)));

    /// <summary>
    /// Turns the files on disk into <paramref name="wanted"/>; a file that is so already is not touched. All new contents lie beside their files, synced,
    /// before the first is renamed, so that a full disk or a wrong owner changes nothing.
    /// </summary>
    /// <remarks>
    /// A rename is of one file. A crash between two leaves key and certificate of two versions on disk, which is safe: a running server holds the old
    /// pair in memory and reads the files only when told to, and the step, found in <c>deploying</c>, writes the rest and has the server reload.
    /// </remarks>
    public void Write(LiveFiles wanted, LiveFiles live)
    {
        List<StagedFile> staged = [];
        try
        {
            foreach (var file in wanted.All)
            {
                if (file.Bytes is not null && !Same(file, live.Named(file.Name)))
                    staged.Add(AtomicFile.Stage(_folder.PathOf(file.Name), file.Bytes, file.Stamp));
            }

            foreach (var file in staged)
                file.Commit();
            foreach (var gone in wanted.All.Where(file => file.Bytes is null && live.Named(file.Name).Bytes is not null))
            {
                var path = _folder.PathOf(gone.Name);
                File.Delete(path);
                AtomicFile.SyncFolder(Path.GetDirectoryName(path)!);
            }
        }
        finally
        {
            foreach (var file in staged)
                file.Dispose();
        }
    }

    /// <summary>Removes what a crash has left beside the files: it may be a private key.</summary>
    public void Sweep()
    {
        foreach (var leftover in _names.SelectMany(name => AtomicFile.Temporaries(Path.GetDirectoryName(_folder.PathOf(name))!, name)))
            File.Delete(leftover);
    }

    // People join such files with cat; without a last line end the next block would begin in the middle of a line.
    private static byte[] WithLineEnd(byte[] pem)
    {
        if (pem is [] or [.., (byte)'\n'])
            return pem;
        byte[] whole = [.. pem, (byte)'\n'];
        CryptographicOperations.ZeroMemory(pem);
        return whole;
    }

    private static bool Same(LiveFile wanted, LiveFile live) =>
        live.Bytes is not null && live.Stamp == wanted.Stamp && CryptographicOperations.FixedTimeEquals(live.Bytes, wanted.Bytes);

    private LiveFile ReadOne(string name)
    {
        var path = _folder.PathOf(name);
        if (!Path.Exists(path))
            return new LiveFile(name, null, default);
        if (new FileInfo(path).Length > Largest)
            throw new IOException($"{Id}/{name} is larger than 1 MB.");
        return new LiveFile(name, File.ReadAllBytes(path), AtomicFile.StampOf(path) ?? default);
    }
}
