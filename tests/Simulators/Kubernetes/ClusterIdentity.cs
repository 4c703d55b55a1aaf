using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>A cluster's own authority: it vouches for the API's server, and for the users of the kubeconfigs that it gives.</summary>
internal sealed class ClusterIdentity : IDisposable
{
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _authority;

    public ClusterIdentity(TimeProvider time)
    {
        _time = time;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(5));
        var (server, serverKey) = Issue("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", TimeSpan.FromDays(365), withAddress: true);
        using (server)
        using (serverKey)
        using (var joined = server.CopyWithPrivateKey(serverKey))
            // Copied through PKCS#12, because SslStream refuses a key that lives in memory alone on some systems.
            Server = X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null);
    }

    public X509Certificate2 Server { get; }

    /// <summary>A kubeconfig in the form in which the vendor writes it.</summary>
    public string Kubeconfig(Uri server, string user, TimeSpan life)
    {
        var (leaf, key) = Issue($"O=system:users, CN={user}", "1.3.6.1.5.5.7.3.2", life, withAddress: false);
        using (leaf)
        using (key)
        {
            return $"""

                apiVersion: v1
                clusters:
                - cluster:
                    server: {server.GetLeftPart(UriPartial.Authority)}
                    certificate-authority-data: {Base64(_authority.ExportCertificatePem())}
                  name: kubernetes
                contexts:
                - context:
                    cluster: kubernetes
                    user: "{user}"
                  name: {user}-c905d1364c2dd4b6284a3f41790c4e001
                current-context: {user}-c905d1364c2dd4b6284a3f41790c4e001
                kind: Config
                preferences: {"{}"}
                users:
                - name: "{user}"
                  user:
                    client-certificate-data: {Base64(leaf.ExportCertificatePem())}
                    client-key-data: {Base64(key.ExportECPrivateKeyPem())}

                """;
        }
    }

    /// <summary>The user that a client certificate stands for; null when it is not one of ours, or has ended.</summary>
    public string? UserOf(X509Certificate2? shown)
    {
        if (shown is null)
            return null;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(shown) ? shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false) : null;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Server.Dispose();
    }

    private (X509Certificate2 Leaf, ECDsa Key) Issue(string subject, string usage, TimeSpan life, bool withAddress)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (withAddress)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = _time.GetUtcNow();
        return (request.Create(_authority, now.AddMinutes(-5), now + life, RandomNumberGenerator.GetBytes(16)), key);
    }

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem + "\n"));
}
