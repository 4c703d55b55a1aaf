using Certrelay.Simulators.Alibaba;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;
using static Certrelay.Tests.Targets.Contract.ContractStand;

namespace Certrelay.Tests.Targets.Contract;

/// <summary>A stand for every kind that writes. A new kind is a line here.</summary>
internal static class ContractStands
{
    private const string Account = CloudBench.Account;
    private const string Hangzhou = "cn-hangzhou";
    private const string Guangzhou = "ap-guangzhou";

    private static readonly string[] Domains = [Name];

    public static IReadOnlyDictionary<string, Func<string, Task<ContractStand>>> All { get; } = new Dictionary<string, Func<string, Task<ContractStand>>>(StringComparer.Ordinal)
    {
        ["alibaba-ack-albconfig"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var port = alibaba.AddCluster("c905").AddAlbConfig("alb", "kubectl-edit", "create", (443, [Add(alibaba, former)]))[0];
            return (new { account = Account, cluster = "c905", albConfig = "alb" }, () => port);
        }),
        ["alibaba-ack-ingress"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var cluster = alibaba.AddCluster("c905");
            cluster.AddSecret("web", "shop-tls", former.FullChainPem, former.KeyPem);
            cluster.AddIngress("web", "shop", "kubectl-client-side-apply", "create", (Domains, "shop-tls"));
            return (new { account = Account, cluster = "c905", @namespace = "web", ingress = "shop", host = Name }, () => cluster.IngressPort);
        }),
        ["alibaba-acr"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, (domain, id) => alibaba.AddJobDomain("CR", domain, id), former)),
        ["alibaba-alb"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var port = alibaba.AddListener("ALB", "lsn-1", Add(alibaba, former));
            return (new { account = Account, listeners = new[] { "lsn-1" } }, () => port);
        }),
        ["alibaba-apig"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, (domain, id) => alibaba.AddApigDomain("gw-1", domain, id), former)),
        ["alibaba-apigateway"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddGroupDomain("group-1", Name, former.FullChainPem, former.KeyPem);
            return (new { account = Account, group = "group-1", domains = Domains }, () => alibaba.EdgePort);
        }),
        ["alibaba-cdn"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddCdnDomain, former)),
        ["alibaba-clb"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var port = alibaba.AddClbListener(Hangzhou, "lb-1", 443, Add(alibaba, former));
            return (new { account = Account, loadBalancer = "lb-1" }, () => port);
        }),
        ["alibaba-dcdn"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddDcdnDomain, former)),
        ["alibaba-ddos"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddDdosDomain, former)),
        ["alibaba-eas"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddEasDomain("gw-1", Name, Add(alibaba, former));
            return (new { account = Account, gateway = "gw-1", domain = Name }, () => alibaba.EdgePort);
        }),
        ["alibaba-esa"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddEsaSite("example.com", Name, Add(alibaba, former));
            return (new { account = Account, site = "example.com" }, () => alibaba.EdgePort);
        }),
        ["alibaba-fc"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => Function(alibaba, "fc", former)),
        ["alibaba-fc2"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => Function(alibaba, "fc2", former)),
        ["alibaba-ga"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var port = alibaba.AddAccelerated("lsn-1", Add(alibaba, former));
            return (new { account = Account, accelerator = "ga-1", listener = "lsn-1" }, () => port);
        }),
        ["alibaba-live"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddLiveDomain, former)),
        ["alibaba-live-ingest"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddLiveDomain, former)),
        ["alibaba-mse"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddGatewayDomain("gw-1", Name, Add(alibaba, former));
            return (new { account = Account, gateway = "gw-1", domains = Domains }, () => alibaba.EdgePort);
        }),
        ["alibaba-nlb"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            var port = alibaba.AddListener("NLB", "lsn-1@443", Add(alibaba, former));
            return (new { account = Account, listeners = new[] { "lsn-1@443" } }, () => port);
        }),
        ["alibaba-oss"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddBucketDomain("files", Name, Add(alibaba, former));
            return (new { account = Account, bucket = "files", domains = Domains }, () => alibaba.EdgePort);
        }),
        ["alibaba-sae-alb"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => Ingress(alibaba, "alb", former)),
        ["alibaba-sae-clb"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => Ingress(alibaba, "clb", former)),
        ["alibaba-vod"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, alibaba.AddVodDomain, former)),
        ["alibaba-waf"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) =>
        {
            alibaba.AddWafDomain(Name, Add(alibaba, former));
            return (new { account = Account, domains = Domains }, () => alibaba.EdgePort);
        }),
        ["alibaba-webhosting"] = static kind => CloudStand.AlibabaAsync(kind, static (alibaba, former) => OnEdge(alibaba, (domain, id) => alibaba.AddJobDomain("webHosting", domain, id), former)),
        ["aws-acm"] = static kind => CloudStand.AwsAsync(kind, static (aws, former) =>
        {
            var arn = Add(aws, former);
            var balancer = aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "web");
            var listener = balancer.AddListener(443, "HTTPS", arn);
            return (new { account = Account, arn, users = new[] { balancer.Arn } }, () => listener.Tls!.Port);
        }),
        ["aws-alb"] = static kind => CloudStand.AwsAsync(kind, static (aws, former) => Listener(aws, former, LoadBalancerKind.Application, "HTTPS")),
        ["aws-nlb"] = static kind => CloudStand.AwsAsync(kind, static (aws, former) => Listener(aws, former, LoadBalancerKind.Network, "TLS")),
        ["aws-clb"] = static kind => CloudStand.AwsAsync(kind, static (aws, former) =>
        {
            var listener = aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Classic, "old").AddListener(443, "HTTPS", Add(aws, former));
            return (new { account = Account, region = AwsClient.Region, loadBalancer = "old", ports = new[] { 443 } }, () => listener.Tls!.Port);
        }),
        ["aws-cloudfront"] = static kind => CloudStand.AwsAsync(kind, static (aws, former) =>
        {
            aws.AddDistribution("E2QWRUHAPOMQZL", Domains, Add(aws, former, "us-east-1"));
            return (new { account = Account, distributions = new[] { "E2QWRUHAPOMQZL" } }, () => aws.EdgePort);
        }),
        ["azure-key-vault"] = static kind => CloudStand.AzureAsync(kind, static (azure, former) =>
        {
            azure.Import("www", former.FullChainPem, former.KeyPem);
            var port = azure.AddConsumer("www").Port;
            return (new { account = Account, vault = "kv-shop", certificate = "www" }, () => port);
        }),
        ["directory"] = static kind => LocalStand.StartAsync(kind, """{"root":"sites"}"""),
        ["huawei-cdn"] = static kind => CloudStand.HuaweiAsync(kind, static (huawei, former) =>
        {
            huawei.Cdn.AddDomain(Name, former.FullChainPem, former.KeyPem);
            return (new { account = Account, domains = Domains }, () => huawei.CdnPort);
        }),
        ["huawei-elb"] = static kind => CloudStand.HuaweiAsync(kind, static (huawei, former) =>
        {
            var listener = huawei.ElbListeners.Add(huawei.ElbCertificates.Add("former", former.FullChainPem, former.KeyPem));
            return (new { account = Account, listener }, () => huawei.ElbListeners.PortOf(listener));
        }),
        ["huawei-elb-certificate"] = static kind => CloudStand.HuaweiAsync(kind, static (huawei, former) =>
        {
            var certificate = huawei.ElbCertificates.Add("former", former.FullChainPem, former.KeyPem);
            var listener = huawei.ElbListeners.Add(certificate);
            return (new { account = Account, certificate }, () => huawei.ElbListeners.PortOf(listener));
        }),
        ["huawei-waf"] = static kind => CloudStand.HuaweiAsync(kind, static (huawei, former) =>
        {
            huawei.Waf.AddHost(Name, huawei.Waf.AddCertificate("former", former.FullChainPem, former.KeyPem));
            return (new { account = Account, hosts = Domains }, () => huawei.WafPort);
        }),
        ["nginx"] = static kind => LocalStand.StartAsync(kind, """{"root":"sites","test":"test","reload":"reload"}"""),
        ["tencent-cdn"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) =>
        {
            tencent.AddCdnDomain(Name, Add(tencent, former));
            return (new { account = Account, domains = Domains }, () => tencent.EdgePort);
        }),
        ["tencent-clb"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) =>
        {
            var port = tencent.AddListener(Guangzhou, "lb-1", "lbl-1", Add(tencent, former), Domains);
            return (new { account = Account, loadBalancer = "lb-1", listener = "lbl-1" }, () => port);
        }),
        ["tencent-cos"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) =>
        {
            tencent.AddBucketDomain(Guangzhou, "files-125", Name, Add(tencent, former));
            return (new { account = Account, region = Guangzhou, bucket = "files-125", domain = Name }, () => tencent.EdgePort);
        }),
        ["tencent-edgeone"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) => Job(tencent, former, "teo")),
        ["tencent-live"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) => Job(tencent, former, "live")),
        ["tencent-vod"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) => Job(tencent, former, "vod")),
        ["tencent-waf"] = static kind => CloudStand.TencentAsync(kind, static (tencent, former) =>
        {
            tencent.AddWafDomain(Name, "domain-1", "waf_1", Guangzhou, Add(tencent, former));
            return (new { account = Account, domains = Domains }, () => tencent.EdgePort);
        }),
    };

    private static (object Settings, Func<int> Port) OnEdge(AlibabaSimulator alibaba, Action<string, string?> add, TestCertificate former)
    {
        add(Name, Add(alibaba, former));
        return (new { account = Account, domains = Domains }, () => alibaba.EdgePort);
    }

    private static (object Settings, Func<int> Port) Function(AlibabaSimulator alibaba, string service, TestCertificate former)
    {
        alibaba.AddFunctionDomain(service, Name, former.FullChainPem, former.KeyPem);
        return (new { account = Account, domains = Domains }, () => alibaba.EdgePort);
    }

    private static (object Settings, Func<int> Port) Ingress(AlibabaSimulator alibaba, string type, TestCertificate former)
    {
        alibaba.AddIngress(Hangzhou, 87, type, Name, Add(alibaba, former));
        return (new { account = Account, ingress = 87 }, () => alibaba.EdgePort);
    }

    private static (object Settings, Func<int> Port) Listener(AwsSimulator aws, TestCertificate former, LoadBalancerKind kind, string protocol)
    {
        var listener = aws.AddLoadBalancer(AwsClient.Region, kind, "web").AddListener(443, protocol, Add(aws, former));
        return (new { account = Account, listeners = new[] { listener.Arn } }, () => listener.Tls!.Port);
    }

    private static (object Settings, Func<int> Port) Job(TencentSimulator tencent, TestCertificate former, string type)
    {
        tencent.AddJobDomain(type, Name, Add(tencent, former));
        return (new { account = Account, domains = Domains }, () => tencent.EdgePort);
    }

    private static string Add(AwsSimulator aws, TestCertificate leaf, string region = AwsClient.Region) =>
        aws.AddCertificate(region, leaf.Pem, string.Concat(leaf.Intermediates().Select(static one => one.Pem)), leaf.KeyPem);

    private static string Add(AlibabaSimulator alibaba, TestCertificate leaf) => alibaba.AddCertificate(leaf.FullChainPem, leaf.KeyPem, "by hand");

    private static string Add(TencentSimulator tencent, TestCertificate leaf) => tencent.AddCertificate(leaf.FullChainPem, leaf.KeyPem, "by hand");
}
