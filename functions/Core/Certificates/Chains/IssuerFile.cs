using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>Reads what an address of caIssuers answers: one certificate in DER or a PKCS#7 bundle (RFC 5280 section 4.2.2.1), or PEM, as some authorities serve it.</summary>
internal static class IssuerFile
{
    private const int Most = 16;

    /// <summary>The certificates; none where it is something else.</summary>
    public static IReadOnlyList<CertificateRecord> Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            return [.. Parts(file).Take(Most).Select(static der => CertificateRecord.TryParse(der, out var record) ? record : null).OfType<CertificateRecord>()];
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> file) => FileRecognition.Of(file) switch
    {
        FileForm.Certificate => [file],
        FileForm.Pkcs7 => Pkcs7Reader.Read(file),
        FileForm.Text => PemReader.Read(file).Where(static block => block.Fault is null)
            .SelectMany(static block => block.IsCertificate ? [block.Bytes] : block.Label is "PKCS7" ? Pkcs7Reader.Read(block.Bytes) : []),
        _ => [],
    };
}
