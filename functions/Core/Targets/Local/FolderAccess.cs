using System.Runtime.InteropServices;

namespace Certrelay.Targets.Local;

/// <summary>Asks the kernel whether this process may change a folder, without trying (faccessat(2)); elsewhere than on Linux the write itself tells.</summary>
internal static partial class FolderAccess
{
    private const int CurrentFolder = -100;
    private const int WriteAndSearch = 2 | 1;
    private const int Effective = 0x200;

    /// <summary>Null when files can be made and renamed there; otherwise the kernel's words.</summary>
    public static string? WhyNotWritable(string folder)
    {
        if (!OperatingSystem.IsLinux() || FAccessAt(CurrentFolder, folder, WriteAndSearch, Effective) == 0)
            return null;
        return Marshal.GetLastPInvokeErrorMessage();
    }

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FAccessAt(int folder, string path, int mode, int flags);
}
