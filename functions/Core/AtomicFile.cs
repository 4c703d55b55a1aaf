using System.Runtime.InteropServices;

namespace Certrelay;

/// <summary>Mode and owner of a file; the owner is known on Linux only and -1 elsewhere.</summary>
public readonly record struct FileStamp(UnixFileMode Mode, int User, int Group)
{
    /// <summary>Readable and writable by the owner alone.</summary>
    public static FileStamp OwnerOnly { get; } = new(UnixFileMode.UserRead | UnixFileMode.UserWrite, -1, -1);
}

/// <summary>
/// Whole files that a crash leaves either as they were or as they shall be: written beside the destination, synced, renamed over it, and the folder synced
/// (rename(2) and fsync(2)). Nothing is ever readable under a wider mode than asked for.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>Replaces or creates <paramref name="path"/>; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> and leaves the former content.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, FileStamp stamp)
    {
        using var staged = Stage(path, bytes, stamp);
        staged.Commit();
    }

    /// <summary>
    /// Writes what shall become <paramref name="path"/> beside it, synced, under a temporary name, so that several files can be made ready before the first
    /// of them is replaced; throws as <see cref="Replace"/> does.
    /// </summary>
    public static StagedFile Stage(string path, ReadOnlySpan<byte> bytes, FileStamp stamp) => new(path, WriteTemporary(path, bytes, stamp));

    /// <summary>Creates <paramref name="path"/> with its whole content; false, with nothing changed, when it exists already, also when another process was faster.</summary>
    public static bool Create(string path, ReadOnlySpan<byte> bytes, FileStamp stamp)
    {
        if (File.Exists(path))
            return false;
        var temporary = WriteTemporary(path, bytes, stamp);
        try
        {
            if (!Link(temporary, path))
                return false;
        }
        finally
        {
            File.Delete(temporary);
        }

        SyncFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Mode and owner of an existing file or folder; null when there is none.</summary>
    public static FileStamp? StampOf(string path)
    {
        if (!Path.Exists(path))
            return null;
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        if (!OperatingSystem.IsLinux())
            return new FileStamp(mode, -1, -1);
        return Native.StatX(Native.CurrentFolder, path, 0, Native.BasicStats, out var status) == 0
            ? new FileStamp(mode, (int)status.User, (int)status.Group)
            : throw new IOException($"Cannot read the owner of {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// Makes durable which entries <paramref name="folder"/> holds: files and folders added to it, and those deleted. Throws
    /// <see cref="DirectoryNotFoundException"/> when there is no such folder (any more).
    /// </summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Native.Open(folder, 0);
        if (descriptor < 0)
        {
            var fault = $"Cannot sync the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}";
            throw Marshal.GetLastPInvokeError() == Native.NoEntry ? new DirectoryNotFoundException(fault) : new IOException(fault);
        }

        var failed = Native.Fsync(descriptor) != 0;
        _ = Native.Close(descriptor);
        if (failed)
            throw new IOException($"Cannot sync the folder {folder}.");
    }

    /// <summary>The temporary files in a folder, of all names or of one: what processes that died left behind, and what others are writing just now.</summary>
    public static IEnumerable<string> Temporaries(string folder, string name = "*") =>
        Directory.GetFiles(folder, $".{name}.*")
            .Where(static file => Guid.TryParseExact(Path.GetExtension(file.AsSpan()).TrimStart('.'), "N", out _));

    // The framework's move without overwrite looks first and then renames, so that two can both believe they were first; link(2) is exclusive.
    private static bool Link(string temporary, string path)
    {
        if (!OperatingSystem.IsLinux())
            return MoveNew(temporary, path);
        if (Native.Link(temporary, path) == 0)
            return true;
        if (Marshal.GetLastPInvokeError() == Native.Exists)
            return false;
        var fault = $"Cannot create {path}: {Marshal.GetLastPInvokeErrorMessage()}";
        if (Marshal.GetLastPInvokeError() != Native.NoEntry)
            throw new IOException(fault);
        // Either the folder has gone, or somebody who cleans up took the temporary file for a leftover.
        throw Directory.Exists(Path.GetDirectoryName(path)) ? new FileNotFoundException(fault) : new DirectoryNotFoundException(fault);
    }

    private static bool MoveNew(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> bytes, FileStamp stamp)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        // Unbuffered: a stream's own buffer would keep a copy of a key that nobody zeroes.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileStamp.OwnerOnly.Mode;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            if (OperatingSystem.IsLinux() && stamp.User >= 0 && Native.Chown(temporary, stamp.User, stamp.Group) != 0)
                throw new UnauthorizedAccessException($"Cannot keep the owner of {path}: {Marshal.GetLastPInvokeErrorMessage()}");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, stamp.Mode);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static partial class Native
    {
        public const int CurrentFolder = -100;
        public const int NoEntry = 2;
        public const uint BasicStats = 0x7ff;
        public const int Exists = 17;

        // statx(2): the one stat structure whose layout is the same on every architecture.
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        public struct FileStatus
        {
            [FieldOffset(20)] public uint User;
            [FieldOffset(24)] public uint Group;
        }

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int StatX(int folder, string path, int flags, uint mask, out FileStatus status);

        [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Chown(string path, int user, int group);

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Fsync(int descriptor);

        [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Link(string existing, string path);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Close(int descriptor);
    }
}
