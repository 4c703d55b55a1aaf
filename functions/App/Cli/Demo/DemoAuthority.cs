using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>The demo's own certification authority, made anew each time: a root, an intermediate, and the leaves that it issues.</summary>
internal sealed class DemoAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan Age = TimeSpan.FromDays(400);
    private static readonly TimeSpan Life = TimeSpan.FromDays(1000);

    private readonly DateTimeOffset _now;
    private readonly ECDsa _intermediateKey = NewKey();
    private readonly X509Certificate2 _intermediate;

    public DemoAuthority(DateTimeOffset now)
    {
        _now = now;
        using var rootKey = NewKey();
        using var root = Authority("CN=Certrelay Demo Root", rootKey).CreateSelfSigned(now - Age, now + Life);
        var request = Authority("CN=Certrelay Demo Intermediate", _intermediateKey);
        request.CertificateExtensions.Add(IssuedBy(root));
        _intermediate = request.Create(root, now - Age, now + Life, Serial());
        Root = root.RawData;
    }

    /// <summary>What the demo's own client trusts, and nothing else.</summary>
    public byte[] Root { get; }

    /// <summary>A server certificate for the names with a new P-256 key, which ends in so many days; in less than none it has expired.</summary>
    public DemoPair Issue(int days, params IReadOnlyList<string> names) => Issue(days, names, []);

    /// <summary>As the other, with its issuer's address as public authorities write it: that shows that there is an intermediate.</summary>
    public DemoPair IssueWithIssuerAddress(int days, IReadOnlyList<string> names) =>
        Issue(days, names, [new X509AuthorityInformationAccessExtension([], ["http://ca.demo.test/intermediate.der"])]);

    public void Dispose()
    {
        _intermediate.Dispose();
        _intermediateKey.Dispose();
    }

    private DemoPair Issue(int days, IReadOnlyList<string> names, IReadOnlyList<X509Extension> further)
    {
        using var key = NewKey();
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(IssuedBy(_intermediate));
        foreach (var extension in further)
            request.CertificateExtensions.Add(extension);
        var end = _now.AddDays(days);
        var begin = (end < _now ? end : _now).AddDays(-30);
        using var leaf = request.Create(_intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(_intermediateKey), begin, end, Serial());
        return new DemoPair(leaf.RawData, [_intermediate.RawData], key.ExportPkcs8PrivateKey());
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest($"{subject}, O=Certrelay Demo", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static X509AuthorityKeyIdentifierExtension IssuedBy(X509Certificate2 issuer) =>
        X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false);

    // Positive and without leading zero bytes, as RFC 5280 section 4.1.2.2 wants it.
    private static byte[] Serial() => [1, .. RandomNumberGenerator.GetBytes(15)];
}
