using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.KeyVault;

/// <summary>A certificate authority of one simulator, made when it starts, and the certificate that it serves under the cloud's own names.</summary>
internal static class SimulatedAuthority
{
    /// <summary>The root to trust, and a leaf with its key for these names.</summary>
    public static (X509Certificate2 Root, X509Certificate2 Leaf) Issue(params IReadOnlyList<string> names)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Certrelay simulator", rootKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, critical: false));
        // Certificates are checked against the machine's clock.
        var now = TimeProvider.System.GetUtcNow();
        using var signing = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternative.AddDnsName(name);
        request.CertificateExtensions.Add(alternative.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signing, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var leaf = request.Create(signing, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = leaf.CopyWithPrivateKey(key);
        return (X509CertificateLoader.LoadCertificate(signing.RawData), X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }
}
