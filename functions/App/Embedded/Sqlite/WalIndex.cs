using System.Runtime.InteropServices;
using SQLitePCL;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>
/// What the header of the write-ahead log's index says of the last commit: its counter, the frames and pages behind it, and their check sums. No two commits have the same.
/// </summary>
internal readonly record struct CommitMark(ulong Change, ulong Frames, ulong FrameSum, ulong Salt, ulong Sum);

/// <summary>
/// The header of the write-ahead log's index, in the memory that all processes with the database open share: SQLite itself looks there whether somebody has committed
/// (sqlite.org/walformat.html section 2.1). To ask it by <c>PRAGMA data_version</c> takes and gives back a lock on a file, several times a call, which was a quarter of what a
/// call cost.
/// </summary>
/// <remarks>The memory is SQLite's own and stays as long as the connection that it was asked of.</remarks>
internal sealed unsafe partial class WalIndex
{
    // sqlite3.h
    private const int FilePointer = 7;
    private const int OfMemoryMethods = 2;
    private const int MemoryMapSlot = 13;

    // wal.c: the format and the size of a piece of the index.
    private const uint Format = 3007000;
    private const int PieceBytes = 32 * 1024;

    private readonly ulong* _header;

    private WalIndex(ulong* header) => _header = header;

    /// <summary>The last commit as of now: read before a snapshot begins and again behind it, the same mark is that of the snapshot.</summary>
    public CommitMark Mark
    {
        get
        {
            // Neither may a read before this one be made later, nor one behind it earlier.
            Interlocked.MemoryBarrier();
            // The first eight bytes are the format.
            var mark = new CommitMark(
                Volatile.Read(ref _header[1]), Volatile.Read(ref _header[2]), Volatile.Read(ref _header[3]), Volatile.Read(ref _header[4]), Volatile.Read(ref _header[5]));
            Interlocked.MemoryBarrier();
            return mark;
        }
    }

    /// <summary>The index of a connection whose log is on; null where the database has none, or one of another format.</summary>
    public static WalIndex? Of(sqlite3 connection)
    {
        // An open file begins with a pointer to its methods (sqlite3_io_methods), which begin with their version and go on with pointers to functions.
        nint** file = null;
        if (FileControl(connection.DangerousGetHandle(), "main", FilePointer, &file) != raw.SQLITE_OK || file is null || *file is null || *(int*)*file < OfMemoryMethods)
            return null;
        var map = (delegate* unmanaged[Cdecl]<void*, int, int, int, void**, int>)(*file)[MemoryMapSlot];
        void* piece = null;
        return map(file, 0, PieceBytes, 0, &piece) == raw.SQLITE_OK && piece is not null && *(uint*)piece == Format ? new WalIndex((ulong*)piece) : null;
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(nint connection, string database, int operation, void* argument);
}
