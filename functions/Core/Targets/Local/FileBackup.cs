using System.Buffers.Binary;
using System.Text;

namespace Certrelay.Targets.Local;

/// <summary>
/// The encoding of a file target's backup: version (1), number of files, then for each the length of its name, the name, 1 or 0 for "existed", and if so
/// mode, user, group, length (32 bits, big-endian) and bytes. Written into one buffer of the right size, so that no copy of the key stays behind.
/// </summary>
internal static class FileBackup
{
    private const byte Version = 1;
    private const int Header = 4 * sizeof(int);

    /// <summary>The caller disposes the backup, which zeroes it.</summary>
    public static TargetBackup Of(LiveFiles files)
    {
        var bytes = new byte[2 + files.All.Sum(static file =>
            2 + Encoding.UTF8.GetByteCount(file.Name) + (file.Bytes is null ? 0 : Header + file.Bytes.Length))];
        bytes[0] = Version;
        bytes[1] = (byte)files.All.Count;
        var rest = bytes.AsSpan(2);
        foreach (var file in files.All)
        {
            var length = Encoding.UTF8.GetBytes(file.Name, rest[1..]);
            rest[0] = (byte)length;
            rest = rest[(length + 1)..];
            rest[0] = file.Bytes is null ? (byte)0 : (byte)1;
            rest = rest[1..];
            if (file.Bytes is null)
                continue;
            rest = Put(rest, (int)file.Stamp.Mode);
            rest = Put(rest, file.Stamp.User);
            rest = Put(rest, file.Stamp.Group);
            rest = Put(rest, file.Bytes.Length);
            file.Bytes.CopyTo(rest);
            rest = rest[file.Bytes.Length..];
        }

        return new TargetBackup(bytes);
    }

    /// <summary>Reads a backup; throws <see cref="FormatException"/> for anything that <see cref="Of"/> did not write.</summary>
    public static LiveFiles Read(TargetBackup backup)
    {
        var rest = backup.Bytes.Span;
        try
        {
            if (rest[0] != Version)
                throw new FormatException($"A backup of version {rest[0]} cannot be read.");
            var files = new LiveFile[rest[1]];
            rest = rest[2..];
            for (var index = 0; index < files.Length; index++)
                files[index] = ReadOne(ref rest);
            return rest.IsEmpty ? new LiveFiles(files) : throw new FormatException("The backup is longer than its files.");
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new FormatException("The backup is cut short.", exception);
        }
    }

    private static LiveFile ReadOne(ref ReadOnlySpan<byte> rest)
    {
        var name = Encoding.UTF8.GetString(rest.Slice(1, rest[0]));
        if (!FileNameAttribute.IsFileName(name))
            throw new FormatException("The backup names a file outside the folder.");
        rest = rest[(1 + rest[0])..];
        var existed = rest[0] == 1;
        rest = rest[1..];
        if (!existed)
            return new LiveFile(name, null, default);
        var stamp = new FileStamp((UnixFileMode)Take(ref rest), Take(ref rest), Take(ref rest));
        var length = Take(ref rest);
        var bytes = rest[..length].ToArray();
        rest = rest[length..];
        return new LiveFile(name, bytes, stamp);
    }

    private static Span<byte> Put(Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, value);
        return rest[sizeof(int)..];
    }

    private static int Take(ref ReadOnlySpan<byte> rest)
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[sizeof(int)..];
        return value;
    }
}
