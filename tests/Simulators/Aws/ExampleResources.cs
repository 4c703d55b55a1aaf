using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Aws;

/// <summary>Resources for somebody who wants to try targets by hand.</summary>
internal static class ExampleResources
{
    private const string Region = "eu-central-1";

    public static void AddTo(AwsSimulator aws)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=www.example.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("www.example.com");
        names.AddDnsName("*.example.com");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var (body, secret) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        aws.AddDistribution("EDFDVBD6EXAMPLE", ["www.example.com"], aws.AddCertificate("us-east-1", body, null, secret));
        var china = aws.AddServerCertificate("www-example-com", "/cloudfront/certrelay/", body, null, secret, "aws-cn");
        aws.AddDistribution("ECHINAEXAMPLE", ["cn.example.com"], china.Id, "aws-cn");
        var regional = aws.AddCertificate(Region, body, null, secret);
        aws.AddLoadBalancer(Region, LoadBalancerKind.Application, "shop-alb").AddListener(443, "HTTPS", regional);
        aws.AddLoadBalancer(Region, LoadBalancerKind.Network, "shop-nlb").AddListener(443, "TLS", regional);
        aws.AddLoadBalancer(Region, LoadBalancerKind.Classic, "shop-clb").AddListener(443, "HTTPS", regional);
    }
}
