using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Writes a ZIP archive of small files; what it was given is zeroed, because keys are among it.</summary>
internal static class ArchiveWriter
{
    // Unix modes in the high half (APPNOTE section 4.4.15): a key is for its owner alone wherever the archive is unpacked.
    private const int OwnerOnly = unchecked((int)0x81800000);
    private const int ForAll = unchecked((int)0x81A40000);

    public static byte[] Write(DateTimeOffset made, params IEnumerable<PackedFile> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                var entry = zip.CreateEntry(file.Name, CompressionLevel.Optimal);
                // The format's clock begins in 1980 and ends in 2107.
                entry.LastWriteTime = made.Year is >= 1980 and <= 2107 ? made : new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                entry.ExternalAttributes = file.IsSecret ? OwnerOnly : ForAll;
                using var content = entry.Open();
                content.Write(file.Bytes);
                CryptographicOperations.ZeroMemory(file.Bytes);
            }
        }

        var packed = stream.ToArray();
        CryptographicOperations.ZeroMemory(stream.GetBuffer());
        return packed;
    }
}

/// <summary>A file of an archive.</summary>
internal sealed record PackedFile(string Name, byte[] Bytes, bool IsSecret = false)
{
    public static PackedFile Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    public static PackedFile Secret(string name, Passphrase passphrase) => new(name, [.. passphrase.ToUtf8(), (byte)'\n'], IsSecret: true);

    public override string ToString() => Name;
}
