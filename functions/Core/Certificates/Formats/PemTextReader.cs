using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Certrelay.Certificates;

/// <summary>Reads the PEM blocks of a text, whatever stands between them.</summary>
internal static class PemTextReader
{
    public static void Read(Upload upload, FileContent file)
    {
        // Windows tools save text as UTF-16 with a byte order mark.
        if (file.Bytes.Span is not [0xFF, 0xFE, .. var utf16])
        {
            ReadBlocks(upload, file);
            return;
        }

        var utf8 = new byte[utf16.Length / 2 * 3];
        Utf8.FromUtf16(MemoryMarshal.Cast<byte, char>(utf16), utf8, out _, out var length);
        ReadBlocks(upload, file with { Bytes = utf8.AsMemory(0, length) });
        CryptographicOperations.ZeroMemory(utf8);
    }

    private static void ReadBlocks(Upload upload, FileContent file)
    {
        var found = false;
        foreach (var block in PemReader.Read(file.Bytes))
        {
            found = true;
            if (upload.NextBlock(file.InArchive) is not { } number)
                return;
            var scope = $"block {number}{(block.Fault is not null && block.Label is "?" ? "" : $" ({block.Label})")}";
            Take(upload, file, block, file.InArchive ? $"{file.Place}: {scope}" : scope);
        }

        if (!found && file.InArchive)
            upload.Report(FindingCodes.FilePassedOver.At(file.Place, $"{file.Place} holds neither a certificate nor a key; it was passed over."));
    }

    private static void Take(Upload upload, FileContent file, PemBlock block, string scope)
    {
        upload.HasCertificateBlock |= block.IsCertificate;
        upload.HasKeyBlock |= block.IsPrivateKey;
        if (block.Fault is { } fault)
            upload.Report(FindingCodes.PemJunk.At(scope, $"PEM {scope} {fault}."));
        else if (block.IsCertificate)
            TakeCertificate(upload, block, scope);
        else if (block.IsPrivateKey)
            TakeKey(upload, file, block, scope);
        else if (block.Label is "PKCS7" or "CMS")
            TakePkcs7(upload, block, scope);
        else if (block.Label is "PKCS12")
            TakePkcs12(upload, file, block, scope);
        else if (block.Label is not ("EC PARAMETERS" or "DH PARAMETERS" or "SM2 PARAMETERS"))
            upload.Report(file.InArchive
                ? FindingCodes.FilePassedOver.At(scope, $"PEM {scope} is {Describe(block.Label)}; it was passed over.")
                : FindingCodes.PemJunk.At(scope, $"PEM {scope} is {Describe(block.Label)}."));
    }

    private static void TakeCertificate(Upload upload, PemBlock block, string scope)
    {
        // OpenSSL appends its own trust settings to a trusted certificate.
        var der = block.Label is "TRUSTED CERTIFICATE" ? FirstValue(block.Bytes) : block.Bytes;
        if (!upload.TryAddCertificate(der, out _))
            upload.Report(FindingCodes.PemJunk.At(scope, $"PEM {scope} is no X.509 certificate."));
    }

    private static ReadOnlyMemory<byte> FirstValue(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new DerReader(bytes).ReadEncoded();
        }
        catch (AsnContentException)
        {
            return bytes;
        }
    }

    private static void TakePkcs7(Upload upload, PemBlock block, string scope)
    {
        try
        {
            if (Pkcs7Reader.Read(block.Bytes).All(der => upload.TryAddCertificate(der, out _)))
                return;
        }
        catch (AsnContentException)
        {
            // The finding below says it.
        }

        upload.Report(FindingCodes.PemJunk.At(scope, $"PEM {scope} is no PKCS#7 container with certificates."));
    }

    /// <summary>As GnuTLS writes it.</summary>
    private static void TakePkcs12(Upload upload, FileContent file, PemBlock block, string scope)
    {
        if (FileRecognition.Of(block.Bytes) is FileForm.Pkcs12)
            new Pkcs12Reader(upload, file with { Place = scope, Bytes = block.Bytes }).Read();
        else
            upload.Report(FindingCodes.PemJunk.At(scope, $"PEM {scope} is no PKCS#12 container."));
        block.Clear();
    }

    private static void TakeKey(Upload upload, FileContent file, PemBlock block, string scope)
    {
        var reading = block switch
        {
            { Encryption: not null } => LegacyPemCipher.Read(block, file.Passphrases),
            { Label: "OPENSSH PRIVATE KEY" } => new PrivateKeyReading.Unsupported("OpenSSH's own format"),
            { Label: "DSA PRIVATE KEY" } => new PrivateKeyReading.Unsupported("DSA"),
            _ when FileRecognition.Of(block.Bytes) is FileForm.EncryptedPrivateKey => EncryptedKeyReader.Read(block.Bytes, file.Passphrases, file.Budget),
            { Label: "ENCRYPTED PRIVATE KEY" } => new PrivateKeyReading.Unreadable(),
            _ => PrivateKeyReader.Read(block.Bytes),
        };
        block.Clear();
        upload.AddKey(scope, reading);
    }

    private static string Describe(string label) => label switch
    {
        "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST" => "a request for a certificate, not the certificate that was issued for it",
        "PUBLIC KEY" or "RSA PUBLIC KEY" => "a public key; the certificate holds it already, what is needed is the private key",
        "X509 CRL" => "a revocation list",
        _ => "neither a certificate nor a private key",
    };
}
