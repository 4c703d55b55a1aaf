using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Tencent;

/// <summary>The resources that are there for somebody who tries it by hand.</summary>
public sealed partial class TencentSimulator
{
    private static readonly string[] ExampleDomains =
        ["cdn.shop.example", "waf.shop.example", "www.shop.example", "api.shop.example", "edge.shop.example", "files.shop.example", "live.shop.example", "vod.shop.example"];

    private string[] _guide = [];

    public IEnumerable<string> Guide =>
    [
        $"SecretId {TencentCredentials.Example.SecretId}, SecretKey {TencentCredentials.Example.SecretKey}",
        "services ssl 2019-12-05, cdn 2018-06-06, clb 2018-03-17, waf 2018-01-25, all at this address: sign for the service that you call",
        .. _guide,
    ];

    /// <summary>Starts one with the resources that its guide names; all serve a self-signed certificate, until you bind another.</summary>
    public static async Task<ISimulator> StartWithExamplesAsync(TimeProvider time)
    {
        var simulator = await StartAsync(time);
        simulator.AddExamples();
        return simulator;
    }

    private void AddExamples()
    {
        var (certificate, key) = SelfSigned();
        var id = AddCertificate(certificate, key, "self-signed, from the start");
        AddCdnDomain("cdn.shop.example", id);
        AddWafDomain("waf.shop.example", "waf-domain-0001", "waf_example", "ap-guangzhou", id);
        var plain = AddListener("ap-guangzhou", "lb-example1", "lbl-plain01", id, ["www.shop.example"]);
        var byName = AddSniListener("ap-guangzhou", "lb-example1", "lbl-byname1", ("www.shop.example", id), ("api.shop.example", id));
        AddWafClbDomain("www.shop.example", "waf-domain-0002", "waf_example", ("lb-example1", "lbl-plain01", "ap-guangzhou"));
        AddJobDomain("teo", "edge.shop.example", id);
        AddBucketDomain("ap-guangzhou", "files-1250000000", "files.shop.example", id);
        AddJobDomain("live", "live.shop.example", id);
        AddJobDomain("vod", "vod.shop.example", id);
        _guide =
        [
            $"TLS of the edge on port {EdgePort}, by name: cdn.shop.example (CDN), waf.shop.example (WAF, ap-guangzhou, waf-domain-0001, waf_example), edge.shop.example (EdgeOne),",
            "  files.shop.example (COS, ap-guangzhou, files-1250000000), live.shop.example (live), vod.shop.example (VOD)",
            $"TLS of CLB lb-example1 in ap-guangzhou: listener lbl-plain01 on port {plain}, lbl-byname1 (SNI: www.shop.example, api.shop.example) on port {byName}",
        ];
    }

    private (string Certificate, string Key) SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={ExampleDomains[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in ExampleDomains)
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(60));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
