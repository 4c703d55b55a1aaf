using System.Runtime.InteropServices;

namespace Certrelay.App.Embedded;

/// <summary>Keeps the memory of this process, keys included, out of core files.</summary>
internal static partial class CoreDumps
{
    private const int CoreSize = 4;

    /// <summary>Sets the limit of core files to zero (setrlimit(2)); Linux only.</summary>
    public static void Forbid()
    {
        if (OperatingSystem.IsLinux() && SetLimit(CoreSize, new Limit()) != 0)
            throw new IOException($"Core files cannot be switched off: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        private readonly nuint _soft;
        private readonly nuint _hard;
    }
}
