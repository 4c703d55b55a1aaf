using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.Targets.Huawei;

/// <summary>What Huawei's services tell of a certificate, in our own terms.</summary>
internal static class HuaweiLeaf
{
    /// <summary>The SHA-1 of a leaf as the certificate store shows it: it compares nothing that an attacker could gain by.</summary>
    public static string Thumbprint(CertificateBundle certificate)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.Leaf.Span);
        return leaf.Thumbprint;
    }

    /// <summary>The host names of a certificate, wildcards included, as load balancers list them.</summary>
    public static IReadOnlyList<string> HostNames(CertificateBundle certificate) =>
        [.. CertificateRecord.Parse(certificate.Leaf).Names.Where(static name => name.Kind != SubjectNameKind.Address).Select(static name => name.Value)];

    /// <summary>True when no client could tell which of two certificates by name it is meant to get.</summary>
    public static bool Overlap(IEnumerable<string> names, IEnumerable<string> others) => names.Intersect(others, StringComparer.OrdinalIgnoreCase).Any();
}
