using System.IO.Compression;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// Reads ZIP archives as authorities and clouds hand them out, a folder for each kind of server: every entry is a file of the upload. Names serve as names only,
/// no path is followed; what unpacks to much more than it is, is refused before it is unpacked whole.
/// </summary>
internal sealed class ArchiveReader(Upload upload, FileContent archive)
{
    private const int MostEntries = 64;
    private const int MostEntryBytes = Upload.MostBytes;
    private const int MostBytes = 2 * Upload.MostBytes;

    // Text packs to a quarter, a store of certificates hardly at all; what is made to burst is packed to a thousandth.
    private const int HighestRatio = 100;
    private const int LongestName = 100;
    private const int MostPassphrases = 4;
    private const int LongestPassphrase = 128;

    private readonly string _scope = archive.Scope(FileForm.Archive);

    public void Read()
    {
        if (archive.InArchive)
        {
            upload.Report(FindingCodes.FileArchive.At(_scope, $"{_scope} is an archive inside an archive."));
            return;
        }

        var files = new List<(string Name, byte[] Bytes)>();
        var passphrases = new List<Passphrase>();
        var packed = archive.Bytes.ToArray();
        try
        {
            if (!Unpack(packed, files))
                return;
            passphrases = Passphrases(files);
            foreach (var (name, bytes) in files)
                FileReader.Read(upload, new FileContent(name, bytes, [.. archive.Passphrases, .. passphrases], archive.Budget, InArchive: true));
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or NotSupportedException)
        {
            upload.Report(FindingCodes.FileDamaged.At(_scope));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packed);
            files.ForEach(static file => CryptographicOperations.ZeroMemory(file.Bytes));
            passphrases.ForEach(static one => one.Dispose());
        }
    }

    private bool Unpack(byte[] packed, List<(string Name, byte[] Bytes)> files)
    {
        using var zip = new ZipArchive(new MemoryStream(packed), ZipArchiveMode.Read);
        if (zip.Entries.Count > MostEntries)
            return Refuse($"holds more than {MostEntries} entries");
        var left = MostBytes;
        // In the order of their names: the order in an archive means nothing.
        foreach (var entry in zip.Entries.Where(static entry => !IsFolderOrSideFile(entry.FullName)).OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            var name = PrintableText.Of(entry.FullName, LongestName);
            if (entry.IsEncrypted)
                return Refuse($"holds {name} under a passphrase of the archive's own; unpack it");
            if (entry.Length > Math.Min(left, MostEntryBytes))
                return Refuse($"unpacks to more than {MostBytes / 1024} KB, or one entry to more than {MostEntryBytes / 1024} KB");
            if (entry.Length > HighestRatio * Math.Max(1, entry.CompressedLength))
                return Refuse($"holds {name}, which unpacks to more than {HighestRatio} times its size");
            var bytes = new byte[(int)entry.Length];
            files.Add((name, bytes));
            using var content = entry.Open();
            // What it is said to unpack to is a claim.
            if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || content.ReadByte() >= 0)
                throw new InvalidDataException();
            left -= bytes.Length;
        }

        return true;
    }

    private bool Refuse(string why)
    {
        upload.Report(FindingCodes.FileArchive.At(_scope, $"{_scope} {why}."));
        return false;
    }

    private static bool IsFolderOrSideFile(string name) =>
        name.EndsWith('/') || name.EndsWith('\\') || name.StartsWith("__MACOSX/", StringComparison.Ordinal) || name.EndsWith(".DS_Store", StringComparison.Ordinal);

    /// <summary>Clouds put the passphrase of their keystores beside them: keystorePass.txt, pfx-password.txt. They are no files of the upload then.</summary>
    private static List<Passphrase> Passphrases(List<(string Name, byte[] Bytes)> files)
    {
        var found = files.Where(static file => IsPassphrase(file.Name, file.Bytes)).ToList();
        files.RemoveAll(found.Contains);
        var passphrases = found.Take(MostPassphrases).Select(static file => Passphrase.OfUtf8(file.Bytes)).ToList();
        found.ForEach(static file => CryptographicOperations.ZeroMemory(file.Bytes));
        return passphrases;
    }

    private static bool IsPassphrase(string name, ReadOnlySpan<byte> content)
    {
        var text = content.TrimEnd("\r\n"u8);
        return text.Length is > 0 and <= LongestPassphrase && !text.ContainsAny((byte)'\r', (byte)'\n')
            && Path.GetFileName(name.AsSpan()) is var file && (file.Contains("pass", StringComparison.OrdinalIgnoreCase) || file.Contains("pwd", StringComparison.OrdinalIgnoreCase))
            && text.IndexOf("-----BEGIN"u8) < 0;
    }
}
