using System.Security.Cryptography;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>The master key in an owner-only file of one line, 64 hexadecimal digits; during a rotation the next one lies beside it as <c>.next</c>.</summary>
public sealed class MasterKeyFile(string path) : IMasterKeySource
{
    // Far over one line with its line end, yet bounded if the path names something else.
    private const int MaximumLength = 128;

    private readonly string _path = Path.GetFullPath(path);

    private string NextPath => _path + ".next";

    private string Folder => Path.GetDirectoryName(_path)!;

    /// <summary>True when a rotation has begun and not ended.</summary>
    public bool IsRotating => File.Exists(NextPath);

    /// <summary>A warning when the key lies in <paramref name="dataFolder"/>, where one copy of the folder takes both the secrets and the key; else null.</summary>
    public VaultFault? WarningWithin(string dataFolder)
    {
        var within = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder)) + Path.DirectorySeparatorChar;
        return _path.StartsWith(within, StringComparison.Ordinal)
            ? new VaultFault("vault.key-beside-data",
                $"The master key file {_path} lies in the data folder: whoever copies the folder can open the vault.",
                "Move the file elsewhere and name it in the settings, and keep its backup apart from the data's.")
            : null;
    }

    public IReadOnlyList<VaultFault> Faults(bool vaultIsEmpty)
    {
        var faults = new List<VaultFault>();
        TryTake(faults, mayBeAbsent: vaultIsEmpty)?.Dispose();
        return faults;
    }

    public void MakeFirst()
    {
        if (!Directory.Exists(Folder))
            OwnerOnly.CreateFolder(Folder);
        using var key = MasterKey.Create();
        Write(key, text => AtomicFile.Create(_path, text, FileStamp.OwnerOnly));
    }

    public MasterKeyRing Take()
    {
        var faults = new List<VaultFault>();
        return TryTake(faults, mayBeAbsent: false) ?? throw new VaultRefusedException(faults);
    }

    /// <summary>Begins a rotation, or continues one; from here on every process has both keys. Returns the id of the next one.</summary>
    internal string MakeNext()
    {
        using (var key = MasterKey.Create())
            Write(key, text => AtomicFile.Create(NextPath, text, FileStamp.OwnerOnly));
        using var next = ReadNext();
        return next.Id;
    }

    /// <summary>Puts the next key in the place of the present one, which is gone then.</summary>
    internal void PromoteNext()
    {
        using var next = ReadNext();
        Write(next, text =>
        {
            AtomicFile.Replace(_path, text, FileStamp.OwnerOnly);
            return true;
        });
    }

    /// <summary>Ends a rotation.</summary>
    internal void DropNext()
    {
        File.Delete(NextPath);
        // A process that died while it wrote a key left it under a temporary name; nobody writes one now.
        string[] names = [Path.GetFileName(_path), Path.GetFileName(NextPath)];
        foreach (var leftover in names.SelectMany(name => AtomicFile.Temporaries(Folder, name)))
            File.Delete(leftover);
        AtomicFile.SyncFolder(Folder);
    }

    private static void Write(MasterKey key, Func<byte[], bool> write)
    {
        var text = key.ToText();
        try
        {
            write(text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private MasterKey ReadNext()
    {
        var faults = new List<VaultFault>();
        return Read(NextPath, faults) ?? throw new VaultRefusedException(faults.Count > 0 ? faults : [MissingAt(NextPath)]);
    }

    private MasterKeyRing? TryTake(List<VaultFault> faults, bool mayBeAbsent)
    {
        // The next key first: when it is gone because a rotation ended, the main file already holds it. The other way round both could be missed.
        var next = Read(NextPath, faults);
        var key = Read(_path, faults);
        if (key is null && faults.Count == 0 && !mayBeAbsent)
            faults.Add(MissingAt(_path));
        if (key is not null && faults.Count == 0)
            return new MasterKeyRing(next is null ? [key] : [key, next]);
        key?.Dispose();
        next?.Dispose();
        return null;
    }

    /// <summary>The key in a file; null when there is no file. What is wrong with it is added to the faults.</summary>
    private static MasterKey? Read(string path, List<VaultFault> faults)
    {
        faults.AddRange(OwnerOnly.FaultsOf(path));
        Span<byte> text = stackalloc byte[MaximumLength];
        try
        {
            using var file = File.OpenHandle(path);
            var key = MasterKey.TryParse(text[..RandomAccess.Read(file, text, 0)]);
            if (key is null)
                faults.Add(new VaultFault("vault.key-form", $"{path} is not one line of 64 hexadecimal digits.", "Restore the file from its backup."));
            return key;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            faults.Add(new VaultFault("vault.key-denied", $"{path} cannot be opened by this process.", "Give the file to the user that this process runs as."));
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static VaultFault MissingAt(string path) => new("vault.key-missing", $"The vault holds secrets, but its master key file {path} is absent.",
        "Restore the file from its backup, or name the right one in the settings. Without it the secrets cannot be opened.");
}
