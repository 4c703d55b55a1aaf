using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Targets.Huawei;

/// <summary>What Huawei's services tell of a certificate, in our own terms.</summary>
internal static class HuaweiLeaf
{
    /// <summary>The leaf of a PEM text, which is its first block; null for no certificate.</summary>
    public static CertificateRecord? Of(string? pem) =>
        pem is not null && PemReader.Read(Encoding.UTF8.GetBytes(pem)).FirstOrDefault(static block => block.IsCertificate) is { Fault: null } first
            && CertificateRecord.TryParse(first.Bytes, out var leaf)
            ? leaf
            : null;

    /// <summary>The SHA-1 of a leaf as the certificate store shows it: it compares nothing that an attacker could gain by.</summary>
    public static string Thumbprint(CertificateBundle certificate)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Leaf.Span);
        return leaf.Thumbprint;
    }

    /// <summary>The host names of a certificate, wildcards included, as load balancers list them.</summary>
    public static IReadOnlyList<string> HostNames(CertificateBundle certificate) =>
        [.. CertificateRecord.Parse(certificate.Leaf).Names.Where(static name => name.Kind != SubjectNameKind.Address).Select(static name => name.Value)];

    /// <summary>True when a certificate with these names serves a domain, which may itself be a wildcard.</summary>
    public static bool Cover(IReadOnlyList<string> names, string domain) => domain.StartsWith("*.", StringComparison.Ordinal)
        ? names.Contains(domain, StringComparer.OrdinalIgnoreCase)
        : names.Any(name => SubjectName.TryParse(name, out var parsed) && parsed.Covers(domain));

    /// <summary>True when no client could tell which of two certificates by name it is meant to get.</summary>
    public static bool Overlap(IEnumerable<string> names, IEnumerable<string> others) => names.Intersect(others, StringComparer.OrdinalIgnoreCase).Any();
}
