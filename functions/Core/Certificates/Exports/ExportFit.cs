namespace Certrelay.Certificates;

/// <summary>Which forms can hold which keys.</summary>
public static class ExportFit
{
    // Forms for programs that know neither the curve nor the signature; of PKCS#12 the plain one remains, which OpenSSL reads.
    private static readonly string[] WithoutSm2 = ["nginx", "apache", "haproxy", "tomcat", "iis", "pfx-legacy", "jks", "truststore", "k8s"];

    // Windows does not know Ed25519.
    private static readonly string[] WithoutEd25519 = ["iis"];

    /// <summary>Why a form cannot hold a version with this kind of key, as a sentence; null when it can.</summary>
    public static string? WhyNot(ExportFormat format, string keyAlgorithm, bool isPair)
    {
        if (format.IsOfPair && !isPair)
            return $"The form {format.Name} is made of a signing and an encryption certificate, and the version has one certificate.";
        if (isPair && format.Name is "pfx")
            return $"The form pfx holds one certificate with its key, and the version has two; {Forms(static other => !WithoutSm2.Contains(other.Name) && other.Name is not "pfx")} can hold them.";
        if (keyAlgorithm is nameof(KeyAlgorithm.Sm2) && WithoutSm2.Contains(format.Name))
            return $"The form {format.Name} cannot hold SM2: the programs that read it do not know it. {Forms(other => !WithoutSm2.Contains(other.Name) && (isPair ? other.Name is not "pfx" : !other.IsOfPair))} can.";
        return keyAlgorithm is nameof(KeyAlgorithm.Ed25519) && WithoutEd25519.Contains(format.Name) ? $"The form {format.Name} cannot hold Ed25519: Windows does not know it." : null;
    }

    private static string Forms(Func<ExportFormat, bool> which) => string.Join(", ", ExportFormat.All.Where(which).Select(static format => format.Name));
}
