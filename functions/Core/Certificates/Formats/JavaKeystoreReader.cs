using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>
/// Reads Java's own keystore, JKS. The format is documented by its source alone:
/// https://github.com/openjdk/jdk/blob/jdk-17-ga/src/java.base/share/classes/sun/security/provider/JavaKeyStore.java.
/// Certificates lie open in it; keys are protected one by one, and a digest over all holds the passphrase.
/// </summary>
internal sealed class JavaKeystoreReader(Upload upload, FileContent file)
{
    private const int KeyEntry = 1;
    private const int TrustedEntry = 2;
    private const int MostEntries = 64;
    private const int LongestAlias = 60;

    private readonly string _scope = file.Scope(FileForm.JavaKeystore);
    private int _position = 4;

    public void Read()
    {
        try
        {
            var version = ReadNumber();
            if (version is not (1 or 2))
                throw new FormatException();
            var passphrase = Digested();
            if (passphrase is null && file.Passphrases.Count > 0)
            {
                upload.Closed.Add(FindingCodes.FilePassphrase.At(_scope));
                return;
            }

            var entries = ReadNumber();
            if (entries is < 0 or > MostEntries)
            {
                upload.Report(FindingCodes.FileUnsupported.At(_scope, $"{_scope} has more than {MostEntries} entries."));
                return;
            }

            for (var i = 0; i < entries; i++)
                ReadEntry(version, passphrase);
            if (_position != file.Bytes.Length - SHA1.HashSizeInBytes)
                throw new FormatException();
        }
        catch (Exception fault) when (fault is FormatException or AsnContentException)
        {
            upload.Report(FindingCodes.FileDamaged.At(_scope));
        }
    }

    /// <summary>The passphrase that the digest at the end was made with; null for none of those at hand.</summary>
    private Passphrase? Digested()
    {
        if (file.Bytes.Length < 12 + SHA1.HashSizeInBytes)
            throw new FormatException();
        var content = file.Bytes.Span[..^SHA1.HashSizeInBytes];
        foreach (var passphrase in file.Passphrases)
        {
            if (JavaKeystoreDigest.Of(content, passphrase).AsSpan().SequenceEqual(file.Bytes.Span[^SHA1.HashSizeInBytes..]))
                return passphrase;
        }

        return null;
    }

    private void ReadEntry(int version, Passphrase? passphrase)
    {
        var kind = ReadNumber();
        var alias = PrintableText.Of(ReadText(), LongestAlias);
        // When the entry was made, in milliseconds.
        Take(sizeof(long));
        var scope = $"{_scope}, entry {alias}";
        if (kind is KeyEntry)
        {
            upload.AddKey(scope, JavaKeyProtection.Open(TakeSized(), passphrase is null ? [] : [passphrase, .. file.Passphrases.Where(one => one != passphrase)]));
            var length = ReadNumber();
            if (length is < 0 or > MostEntries)
                throw new FormatException();
            for (var i = 0; i < length; i++)
                TakeCertificate(version, scope);
        }
        else if (kind is TrustedEntry)
        {
            if (TakeCertificate(version, scope) is { } trusted)
                upload.Trusted.Add(trusted.Fingerprint);
        }
        else
        {
            throw new FormatException();
        }
    }

    private CertificateRecord? TakeCertificate(int version, string scope)
    {
        if (version is 2 && ReadText() is not ("X.509" or "X509"))
            throw new FormatException();
        if (upload.TryAddCertificate(TakeSized(), out var certificate))
            return certificate;
        upload.Report(FindingCodes.FileDamaged.At(scope, $"A certificate in {scope} is no X.509 certificate."));
        return null;
    }

    private int ReadNumber() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)).Span);

    // Java's modified UTF-8, which differs for characters outside the basic plane only.
    private string ReadText() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)).Span)).Span);

    private ReadOnlyMemory<byte> TakeSized() => Take(ReadNumber());

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length < 0 || length > file.Bytes.Length - SHA1.HashSizeInBytes - _position)
            throw new FormatException();
        var taken = file.Bytes.Slice(_position, length);
        _position += length;
        return taken;
    }
}
