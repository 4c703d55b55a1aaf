using System.Text;

namespace Certrelay.Certificates;

/// <summary>Reads the certificate that somebody else's store gives back.</summary>
internal static class PemLeaf
{
    /// <summary>The first certificate of a PEM text, which is the leaf; null when there is none, or none that can be read.</summary>
    public static CertificateRecord? Of(string? pem) =>
        pem is not null && PemReader.Read(Encoding.UTF8.GetBytes(pem)).FirstOrDefault(static block => block.IsCertificate) is { Fault: null } first
            && CertificateRecord.TryParse(first.Bytes, out var leaf)
            ? leaf
            : null;
}
