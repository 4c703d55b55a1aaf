using System.Runtime.InteropServices;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Folders and files that only the user of this process may open. Windows has no mode bits; there the folder's inherited access list decides.</summary>
internal static partial class OwnerOnly
{
    private const string ForeignOwner = "vault.foreign-owner";

    private const UnixFileMode OfFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int Attempts = 10;

    /// <summary>Makes a folder durably, with mode 0700; one that exists stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        for (var attempt = 1; !TryCreate(path, isLast: attempt == Attempts); attempt++)
        {
        }

        // Also when it existed: the process that made it may not have come so far yet.
        AtomicFile.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>False when another process removed the folder in between: the framework finds it there, and a moment later not, and takes it for a file.</summary>
    private static bool TryCreate(string path, bool isLast)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OfFolder);
            return true;
        }
        catch (IOException) when (!isLast && !File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Why this file or folder is not for this process alone; empty when it is, or when it does not exist.</summary>
    public static IEnumerable<VaultFault> FaultsOf(string path)
    {
        if (OperatingSystem.IsWindows() || Stamp(path) is not { } stamp)
            yield break;
        if ((stamp.Mode & OfOthers) != UnixFileMode.None)
        {
            yield return new VaultFault("vault.loose-mode",
                $"{path} is open to others than its owner (mode {Convert.ToString((int)stamp.Mode, 8).PadLeft(4, '0')}).",
                $"Run: chmod {(Directory.Exists(path) ? "700" : "600")} {path}");
        }

        if (stamp.User >= 0 && stamp.User != (int)EffectiveUser())
        {
            yield return new VaultFault(ForeignOwner,
                $"{path} belongs to user {stamp.User}, but this process runs as user {EffectiveUser()}.",
                $"Run as user {stamp.User}, or give it to this one: chown {EffectiveUser()} {path}");
        }
    }

    /// <summary>True for a fault that keeps this process from looking into the folder it names.</summary>
    public static bool Hides(VaultFault fault) => string.Equals(fault.Code, ForeignOwner, StringComparison.Ordinal);

    private static FileStamp? Stamp(string path)
    {
        try
        {
            return AtomicFile.StampOf(path);
        }
        catch (IOException) when (!Path.Exists(path))
        {
            // Another process removed it in between.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
