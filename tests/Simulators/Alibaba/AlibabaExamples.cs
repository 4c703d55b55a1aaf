using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Alibaba;

/// <summary>The resources that are there for somebody who tries it by hand.</summary>
public sealed partial class AlibabaSimulator
{
    private static readonly string[] ExampleDomains = ["*.shop.example"];

    private string[] _guide = [];

    public IEnumerable<string> Guide =>
    [
        $"AccessKey ID {AlibabaCredentials.Example.AccessKeyId}, secret {AlibabaCredentials.Example.AccessKeySecret}",
        "every product at this address: the headers x-acs-action and x-acs-version say which; region cn-hangzhou",
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
        AddDcdnDomain("dcdn.shop.example", id);
        AddLiveDomain("live.shop.example", id);
        AddVodDomain("vod.shop.example", id);
        AddWafDomain("waf.shop.example", id);
        AddDdosDomain("ddos.shop.example", id);
        AddEsaSite("shop.example", "esa.shop.example", id);
        AddBucketDomain("files-example", "files.shop.example", id);
        AddFunctionDomain("fc", "fc.shop.example", certificate, key);
        AddGroupDomain("group-example", "api.shop.example", certificate, key);
        AddApigDomain("gw-example", "apig.shop.example", id);
        AddGatewayDomain("gw-example", "mse.shop.example", id);
        AddEasDomain("gw-example", "eas.shop.example", id);
        AddIngress("cn-hangzhou", 87, "alb", "sae.shop.example", id);
        AddJobDomain("webHosting", "host.shop.example", id);
        AddJobDomain("CR", "cr.shop.example", id);
        var cluster = AddCluster("c-example");
        cluster.AddSecret("web", "shop-tls", certificate, key);
        cluster.AddIngress("web", "shop", "kubectl-create", "create", (["ack.shop.example"], "shop-tls"));
        var listener = cluster.AddAlbConfig("alb", "kubectl-create", "create", (443, [id]))[0];
        var (alb, nlb) = (AddListener("ALB", "lsn-example-alb", id), AddListener("NLB", "lsn-example-nlb", id));
        var (clb, ga) = (AddClbListener("cn-hangzhou", "lb-example1", 443, id), AddAccelerated("lsn-example-ga", id));
        _guide =
        [
            $"TLS of the edge on port {EdgePort}, by name: cdn, dcdn, live, vod, waf, ddos, esa (site shop.example), files (OSS, bucket files-example), fc (functions), api (API group group-example),",
            "  apig, mse and eas (gateway gw-example), sae (ingress 87), host (web hosting) and cr (registry), each .shop.example",
            $"TLS of listeners: lsn-example-alb on port {alb}, lsn-example-nlb on port {nlb}, lb-example1:443 (CLB) on port {clb}, lsn-example-ga (ga-example) on port {ga}",
            $"TLS of Ingresses: ack.shop.example (cluster c-example, namespace web, Ingress shop) on port {cluster.IngressPort}, AlbConfig alb on port {listener}; the cluster's API is where its kubeconfig says, so Outgoing:Allow has to name 127.0.0.0/8",
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
