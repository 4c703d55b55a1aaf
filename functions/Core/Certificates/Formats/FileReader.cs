using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>Reads one file of an upload by what it is, whatever its name says.</summary>
internal static class FileReader
{
    public static void Read(Upload upload, FileContent file)
    {
        var form = FileRecognition.Of(file.Bytes);
        upload.IsOrdered &= form is FileForm.Text && !file.InArchive;
        switch (form)
        {
            case FileForm.Text:
                PemTextReader.Read(upload, file);
                break;
            case FileForm.Certificate or FileForm.PrivateKey or FileForm.EncryptedPrivateKey:
                ReadStructures(upload, file, form);
                break;
            case FileForm.Pkcs7:
                ReadPkcs7(upload, file);
                break;
            case FileForm.Pkcs12:
                new Pkcs12Reader(upload, file).Read();
                break;
            case FileForm.JavaKeystore:
                new JavaKeystoreReader(upload, file).Read();
                break;
            case FileForm.Archive:
                new ArchiveReader(upload, file).Read();
                break;
            case FileForm.Base64:
                ReadBase64(upload, file);
                break;
            case FileForm.Damaged:
                upload.Report(FindingCodes.FileDamaged.At(file.Scope(form)));
                break;
            default:
                Refuse(upload, file, form);
                break;
        }
    }

    private static void Refuse(Upload upload, FileContent file, FileForm form)
    {
        if (form.TurnInto is { } how)
            upload.Closed.Add(FindingCodes.FileUnsupported.At(file.Scope(form), $"{file.Place} {how}."));
        else if (file.InArchive)
            upload.Report(FindingCodes.FilePassedOver.At(file.Place, $"{file.Place} {form.WhyNot}; it was passed over."));
        else
            upload.Report(FindingCodes.FileUnusable.At(file.Scope(form), $"{file.Place} {form.WhyNot}."));
    }

    /// <summary>DER certificates or keys, one or several behind each other.</summary>
    private static void ReadStructures(Upload upload, FileContent file, FileForm form)
    {
        var scope = file.Scope(form);
        if (form is FileForm.EncryptedPrivateKey)
        {
            upload.AddKey(scope, EncryptedKeyReader.Read(file.Bytes, file.Passphrases, file.Budget));
            return;
        }

        var rest = file.Bytes;
        if (form is FileForm.PrivateKey)
        {
            var key = Next(ref rest);
            upload.AddKey(scope, PrivateKeyReader.Read(HasMore(rest) ? file.Bytes : key));
            return;
        }

        while (HasMore(rest))
        {
            if (upload.TryAddCertificate(Next(ref rest), out _))
                continue;
            upload.Report(FindingCodes.FileDamaged.At(scope));
            return;
        }
    }

    /// <summary>Line ends and zeros that a transfer put behind a file belong to nothing.</summary>
    private static bool HasMore(ReadOnlyMemory<byte> rest) => rest.Span.ContainsAnyExcept("\r\n\0"u8);

    /// <summary>The next DER value; empty where there is none, and nothing is left then.</summary>
    private static ReadOnlyMemory<byte> Next(ref ReadOnlyMemory<byte> rest)
    {
        if (!AsnDecoder.TryReadEncodedValue(rest.Span, AsnEncodingRules.DER, out _, out _, out _, out var length))
            length = 0;
        var value = rest[..length];
        rest = length is 0 ? default : rest[length..];
        return value;
    }

    private static void ReadPkcs7(Upload upload, FileContent file)
    {
        var scope = file.Scope(FileForm.Pkcs7);
        try
        {
            var certificates = Pkcs7Reader.Read(file.Bytes);
            if (certificates.Count is 0)
                upload.Report(FindingCodes.FileUnusable.At(scope, $"{scope} holds no certificate."));
            if (!certificates.All(der => upload.TryAddCertificate(der, out _)))
                upload.Report(FindingCodes.FileDamaged.At(scope));
        }
        catch (AsnContentException)
        {
            upload.Report(FindingCodes.FileDamaged.At(scope));
        }
    }

    /// <summary>Azure Key Vault and Kubernetes hand their files out so.</summary>
    private static void ReadBase64(Upload upload, FileContent file)
    {
        var buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(file.Bytes.Length)];
        Base64.DecodeFromUtf8(file.Bytes.Span, buffer, out _, out var length);
        var inner = file with { Bytes = buffer.AsMemory(0, length) };
        // Words without a full stop are Base64 too; and once is enough.
        if (FileRecognition.Of(inner.Bytes) is FileForm.Text or FileForm.Base64 && inner.Bytes.Span.IndexOf("-----BEGIN "u8) < 0)
            PemTextReader.Read(upload, file);
        else
            Read(upload, inner);
        CryptographicOperations.ZeroMemory(buffer);
    }
}
