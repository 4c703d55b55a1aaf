using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>How the file vault lies on disk: <c>name/version.sealed</c>, a check record that only the vault's master key opens, and a lock file.</summary>
internal sealed class VaultFolder(string path)
{
    private const string Extension = ".sealed";

    private const int VersionLength = 32;

    /// <summary>The check record's own reference; no secret can have it, because no name is empty.</summary>
    public static VaultReference CheckReference { get; } = new("", "check");

    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    public string CheckFile => Path.Combine(Root, ".check");

    public string LockFile => Path.Combine(Root, ".lock");

    /// <summary>True before the first start has left anything. The check record is written before any secret.</summary>
    public bool IsEmpty => !File.Exists(CheckFile) && Names().Count == 0;

    public static bool IsVersion(string version) => version.Length == VersionLength && version.All(char.IsAsciiHexDigitLower);

    public string FolderOf(string name) => Path.Combine(Root, name);

    public string FileOf(VaultReference reference) => Path.Combine(Root, reference.Name, reference.Version + Extension);

    /// <summary>Every name that has a folder, in ordinal order, with or without versions; other folders (lost+found) are not ours.</summary>
    public List<string> Names() => Directory.Exists(Root)
        ? [.. Directory.GetDirectories(Root).Select(static folder => Path.GetFileName(folder)).Where(VaultForm.IsName).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The versions of a name, in no order; none when there is no such name, also when it was removed just now.</summary>
    public List<VaultReference> Versions(string name)
    {
        try
        {
            var files = Directory.GetFiles(FolderOf(name), "*" + Extension);
            return [.. files.Select(static file => Path.GetFileNameWithoutExtension(file)).Where(IsVersion).Select(version => new VaultReference(name, version))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Every folder and file of the vault that is not for this process alone.</summary>
    public IEnumerable<VaultFault> Faults()
    {
        List<VaultFault> root = [.. OwnerOnly.FaultsOf(Root)];
        if (root.Exists(OwnerOnly.Hides))
            return root;
        IEnumerable<string> own = [CheckFile, LockFile];
        return root.Concat(own.SelectMany(OwnerOnly.FaultsOf)).Concat(Names().SelectMany(FaultsOf));
    }

    private List<VaultFault> FaultsOf(string name)
    {
        List<VaultFault> faults = [.. OwnerOnly.FaultsOf(FolderOf(name))];
        return faults.Exists(OwnerOnly.Hides) ? faults : [.. faults, .. Versions(name).Select(FileOf).SelectMany(OwnerOnly.FaultsOf)];
    }
}
