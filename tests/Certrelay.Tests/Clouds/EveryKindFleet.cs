using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.Alibaba;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Azure;
using Certrelay.Simulators.Huawei;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Clouds;

/// <summary>The product with one target of every kind that writes, at every simulated vendor and on this host; all serve one certificate.</summary>
internal sealed class EveryKindFleet : IAsyncDisposable
{
    public const string Certificate = "shop";

    private const string Hangzhou = "cn-hangzhou";
    private const string Guangzhou = "ap-guangzhou";
    private const string Frankfurt = "eu-central-1";
    private const string Dublin = "eu-west-1";

    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root("Test Root", TestKey.Rsa()).IssueAuthority("Test Intermediate", TestKey.Rsa());
    private readonly Dictionary<string, PortRelay> _relays = new(StringComparer.Ordinal);
    private readonly List<TlsFileSite> _sites = [];
    private readonly LogLines _log = new();
    private readonly List<(string Name, byte[] Value)> _secrets = [];

    private EveryKindFleet(AlibabaSimulator alibaba, AwsSimulator aws, AzureSimulator azure, HuaweiSimulator huawei, TencentSimulator tencent)
    {
        (Alibaba, Aws, Azure, Huawei, Tencent, Former, Current) = (alibaba, aws, azure, huawei, tencent, Leaf("former", TestKey.Rsa()), Leaf("current", TestKey.Rsa()));
        var services = Kinds.SelectMany(static kind => kind.Cloud?.Actions.Select(action => $"{CloudOptions.Word(kind.Cloud.Vendor)}.{action.Service}") ?? []).Distinct();
        // Both of these place the key in the query unless a host is told that the vendor takes a form.
        Alibaba.TakesForm.UnionWith(KeysInQuery);
        Product = new RolloutBench(_folder.Path, Logged, new CloudOptions
        {
            KeysInBody = [.. KeysInQuery.Select(static action => $"alibaba.{action}")],
            Endpoints = Vendors.ToDictionary(static vendor => vendor.Vendor, static vendor => $"{vendor.Endpoint}", StringComparer.Ordinal),
            // Budgets have tests of their own.
            Limits = services.ToDictionary(static service => service, static _ => "100000/1", StringComparer.Ordinal),
        });
    }

    /// <summary>The actions whose definition places a private key in the address.</summary>
    public static IReadOnlyList<string> KeysInQuery { get; } = ["cas.UploadUserCertificate", "apigateway.SetDomainCertificate"];

    /// <summary>Every kind that writes by itself.</summary>
    public static IReadOnlyList<TargetKind> Kinds { get; } = [.. DeployTargets.All.Where(static kind => kind is { Writes: true, IsByHand: false })];

    public AlibabaSimulator Alibaba { get; }

    public AwsSimulator Aws { get; }

    public AzureSimulator Azure { get; }

    public HuaweiSimulator Huawei { get; }

    public TencentSimulator Tencent { get; }

    public IReadOnlyList<ISimulator> Vendors => [Alibaba, Aws, Azure, Huawei, Tencent];

    public RolloutBench Product { get; }

    /// <summary>What everything serves from the start.</summary>
    public TestCertificate Former { get; }

    /// <summary>The first version of ours.</summary>
    public TestCertificate Current { get; }

    /// <summary>Every line of the log, at every level.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>The private numbers of every key of the fleet.</summary>
    public SecretSearch Search => new(_secrets);

    /// <summary>Where the product keeps everything but the sites' own files.</summary>
    public string Data => Path.Combine(_folder.Path, "data");

    public int Writes => Vendors.Sum(static vendor => vendor.Calls.Count(static call => call is { Writes: true, Code: null }));

    public static async Task<EveryKindFleet> StartAsync()
    {
        var time = TimeProvider.System;
        var fleet = new EveryKindFleet(
            await AlibabaSimulator.StartAsync(time), await AwsSimulator.StartAsync(time), await AzureSimulator.StartAsync(time), await HuaweiSimulator.StartAsync(time, new HuaweiOptions { WithResources = false }), await TencentSimulator.StartAsync(time));
        (fleet.Aws.Limits.Propagation, fleet.Aws.Limits.Deployment) = (TimeSpan.Zero, TimeSpan.FromSeconds(1));
        fleet.Huawei.Waf.SettlesAfter = TimeSpan.Zero;
        fleet.Huawei.Cdn.SettlesAfter = TimeSpan.Zero;
        await fleet.Product.AccountAsync("alibaba", CloudVendor.Alibaba, AlibabaCredentials.Example.AccessKeyId, AlibabaCredentials.Example.AccessKeySecret, region: Hangzhou);
        await fleet.Product.AccountAsync("aws", CloudVendor.Aws, AwsKey.Lasting.AccessKeyId, AwsKey.Lasting.SecretAccessKey, region: Frankfurt);
        await fleet.Product.AccountAsync("azure", CloudVendor.Azure, AzureSimulator.ClientId, AzureSimulator.ClientSecret, tenant: AzureSimulator.TenantId);
        await fleet.Product.AccountAsync("huawei", CloudVendor.Huawei, HuaweiOptions.Example.AccessKey, HuaweiOptions.Example.SecretKey, region: "cn-north-4");
        await fleet.Product.AccountAsync("tencent", CloudVendor.Tencent, TencentCredentials.Example.SecretId, TencentCredentials.Example.SecretKey, region: Guangzhou);
        await fleet.Product.UploadAsync(Certificate, fleet.Current);
        var build = fleet.Builders();
        Assert.Equal(Kinds.Select(static kind => kind.Name).Order(StringComparer.Ordinal), build.Keys.Order(StringComparer.Ordinal));
        foreach (var kind in Kinds)
        {
            var (settings, port) = build[kind.Name](NameOf(kind));
            fleet._relays[kind.Name] = new PortRelay(port);
            await fleet.Product.TargetAsync(fleet.Described(kind, JsonSerializer.SerializeToElement(settings, Camel)));
        }

        await fleet.Product.StartAsync();
        return fleet;
    }

    /// <summary>A leaf for every name of the fleet; its key is looked for from now on.</summary>
    public TestCertificate Leaf(string name, TestKey key)
    {
        _secrets.AddRange(SecretIntegers.Of(name, key));
        return _authority.Issue(new TestCertificateOptions { Names = ["*.example.com"], Key = key });
    }

    /// <summary>How long every target may take from now on.</summary>
    public async Task AllowAsync(TimeSpan window)
    {
        var targets = Product.Get<TargetRegistry>();
        foreach (var kind in Kinds)
        {
            var target = (await targets.ReadAsync(kind.Name, CancellationToken.None))!;
            await targets.ReplaceAsync(target, Described(kind, target.Value.Settings) with { Window = window }, CancellationToken.None);
        }
    }

    /// <summary>What the place itself serves, whatever its endpoint shows.</summary>
    public Task<Fingerprint?> ServedAsync(TargetKind kind) => Handshake.LeafAsync(_relays[kind.Name].Behind, NameOf(kind));

    /// <summary>From now on every endpoint shows this certificate, whatever is bound behind it; null: what is bound.</summary>
    public void Show(TlsFront? front)
    {
        foreach (var relay in _relays.Values)
            relay.Instead = front?.Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        foreach (var relay in _relays.Values)
            await relay.DisposeAsync();
        foreach (var vendor in Vendors)
            await vendor.DisposeAsync();
        foreach (var site in _sites)
            await site.DisposeAsync();
        _folder.Dispose();
    }

    private void Logged(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(_log).AddLogging(static log => log.SetMinimumLevel(LogLevel.Trace));

    private TargetDescription Described(TargetKind kind, JsonElement settings) => new()
    {
        Name = kind.Name,
        Kind = kind.Name,
        Settings = settings,
        Certificate = Certificate,
        Endpoints = [new Endpoint(NameOf(kind), _relays[kind.Name].Port) { Addresses = ["127.0.0.1"] }],
        Window = TimeSpan.FromSeconds(10),
        Samples = 1,
    };

    private static string NameOf(TargetKind kind) => $"{kind.Name}.example.com";

    private Dictionary<string, Func<string, (object Settings, int Port)>> Builders()
    {
        var cas = Alibaba.AddCertificate(Former.FullChainPem, Former.KeyPem, "by hand");
        var ssl = Tencent.AddCertificate(Former.FullChainPem, Former.KeyPem, "by hand");
        var elb = Huawei.ElbCertificates.Add("by-hand", Former.FullChainPem, Former.KeyPem);
        string Acm(string region = Frankfurt) => Aws.AddCertificate(region, Former.Pem, string.Concat(Former.Intermediates().Select(static one => one.Pem)), Former.KeyPem);
        (object, int) OnEdge(string name, Action<string, string?> add)
        {
            add(name, cas);
            return (new { account = "alibaba", domains = new[] { name } }, Alibaba.EdgePort);
        }

        (object, int) AwsListener(LoadBalancerKind kind, string protocol)
        {
            var listener = Aws.AddLoadBalancer(Frankfurt, kind, $"web-{protocol}").AddListener(443, protocol, Acm());
            return (new { account = "aws", listeners = new[] { listener.Arn } }, listener.Tls!.Port);
        }

        (object, int) TencentJob(string type, string name)
        {
            Tencent.AddJobDomain(type, name, ssl);
            return (new { account = "tencent", domains = new[] { name } }, Tencent.EdgePort);
        }

        (object, int) Site(string name, object settings)
        {
            var site = new TlsFileSite(Product.Site(name, Former));
            _sites.Add(site);
            return (settings, site.Port);
        }

        return new(StringComparer.Ordinal)
        {
            ["azure-key-vault"] = _ =>
            {
                Azure.Import("www", Former.FullChainPem, Former.KeyPem);
                return (new { account = "azure", vault = "kv-shop", certificate = "www" }, Azure.AddConsumer("www").Port);
            },
            ["alibaba-ack-albconfig"] = _ => (
                new { account = "alibaba", cluster = "c906", albConfig = "alb" }, Alibaba.AddCluster("c906").AddAlbConfig("alb", "kubectl-edit", "create", (443, [cas]))[0]),
            ["alibaba-ack-ingress"] = name =>
            {
                var cluster = Alibaba.AddCluster("c905");
                cluster.AddSecret("web", "shop-tls", Former.FullChainPem, Former.KeyPem);
                cluster.AddIngress("web", "shop", "kubectl-client-side-apply", "create", ([name], "shop-tls"));
                return (new { account = "alibaba", cluster = "c905", @namespace = "web", ingress = "shop", host = name }, cluster.IngressPort);
            },
            ["alibaba-acr"] = name => OnEdge(name, (domain, id) => Alibaba.AddJobDomain("CR", domain, id)),
            ["alibaba-alb"] = _ => (new { account = "alibaba", listeners = new[] { "lsn-alb" } }, Alibaba.AddListener("ALB", "lsn-alb", cas)),
            ["alibaba-apig"] = name => OnEdge(name, (domain, id) => Alibaba.AddApigDomain("gw-1", domain, id)),
            ["alibaba-apigateway"] = name =>
            {
                Alibaba.AddGroupDomain("group-1", name, Former.FullChainPem, Former.KeyPem);
                return (new { account = "alibaba", group = "group-1", domains = new[] { name } }, Alibaba.EdgePort);
            },
            ["alibaba-cdn"] = name => OnEdge(name, Alibaba.AddCdnDomain),
            ["alibaba-clb"] = _ => (new { account = "alibaba", loadBalancer = "lb-1" }, Alibaba.AddClbListener(Hangzhou, "lb-1", 443, cas)),
            ["alibaba-dcdn"] = name => OnEdge(name, Alibaba.AddDcdnDomain),
            ["alibaba-ddos"] = name => OnEdge(name, Alibaba.AddDdosDomain),
            ["alibaba-eas"] = name =>
            {
                Alibaba.AddEasDomain("gw-eas", name, cas);
                return (new { account = "alibaba", gateway = "gw-eas", domain = name }, Alibaba.EdgePort);
            },
            ["alibaba-esa"] = name =>
            {
                Alibaba.AddEsaSite("example.com", name, cas);
                return (new { account = "alibaba", site = "example.com" }, Alibaba.EdgePort);
            },
            ["alibaba-fc"] = name => OnEdge(name, (domain, _) => Alibaba.AddFunctionDomain("fc", domain, Former.FullChainPem, Former.KeyPem)),
            ["alibaba-fc2"] = name => OnEdge(name, (domain, _) => Alibaba.AddFunctionDomain("fc2", domain, Former.FullChainPem, Former.KeyPem)),
            ["alibaba-ga"] = _ => (new { account = "alibaba", accelerator = "ga-1", listener = "lsn-ga" }, Alibaba.AddAccelerated("lsn-ga", cas)),
            ["alibaba-live"] = name => OnEdge(name, Alibaba.AddLiveDomain),
            ["alibaba-live-ingest"] = name => OnEdge(name, Alibaba.AddLiveDomain),
            ["alibaba-mse"] = name =>
            {
                Alibaba.AddGatewayDomain("gw-mse", name, cas);
                return (new { account = "alibaba", gateway = "gw-mse", domains = new[] { name } }, Alibaba.EdgePort);
            },
            ["alibaba-nlb"] = _ => (new { account = "alibaba", listeners = new[] { "lsn-nlb@443" } }, Alibaba.AddListener("NLB", "lsn-nlb@443", cas)),
            ["alibaba-oss"] = name =>
            {
                Alibaba.AddBucketDomain("files", name, cas);
                return (new { account = "alibaba", bucket = "files", domains = new[] { name } }, Alibaba.EdgePort);
            },
            ["alibaba-sae-alb"] = name =>
            {
                Alibaba.AddIngress(Hangzhou, 1, "alb", name, cas);
                return (new { account = "alibaba", ingress = 1 }, Alibaba.EdgePort);
            },
            ["alibaba-sae-clb"] = name =>
            {
                Alibaba.AddIngress(Hangzhou, 2, "clb", name, cas);
                return (new { account = "alibaba", ingress = 2 }, Alibaba.EdgePort);
            },
            ["alibaba-vod"] = name => OnEdge(name, Alibaba.AddVodDomain),
            ["alibaba-waf"] = name => OnEdge(name, (domain, id) => Alibaba.AddWafDomain(domain, id)),
            ["alibaba-webhosting"] = name => OnEdge(name, (domain, id) => Alibaba.AddJobDomain("webHosting", domain, id)),
            ["aws-acm"] = _ =>
            {
                // In a region of its own: an id whose content is replaced serves nobody else, who would find it there.
                var arn = Acm(Dublin);
                var balancer = Aws.AddLoadBalancer(Dublin, LoadBalancerKind.Application, "acm");
                return (new { account = "aws", arn, users = new[] { balancer.Arn } }, balancer.AddListener(443, "HTTPS", arn).Tls!.Port);
            },
            ["aws-alb"] = _ => AwsListener(LoadBalancerKind.Application, "HTTPS"),
            ["aws-nlb"] = _ => AwsListener(LoadBalancerKind.Network, "TLS"),
            ["aws-clb"] = _ => (new { account = "aws", region = Frankfurt, loadBalancer = "old", ports = new[] { 443 } }, Aws.AddLoadBalancer(Frankfurt, LoadBalancerKind.Classic, "old").AddListener(443, "HTTPS", Acm()).Tls!.Port),
            ["aws-cloudfront"] = name =>
            {
                Aws.AddDistribution("E2QWRUHAPOMQZL", [name], Acm("us-east-1"));
                return (new { account = "aws", distributions = new[] { "E2QWRUHAPOMQZL" } }, Aws.EdgePort);
            },
            ["directory"] = _ => Site("site-0", new { root = "sites", folder = "site-0", reload = "reload-site-0" }),
            ["huawei-cdn"] = name =>
            {
                Huawei.Cdn.AddDomain(name, Former.FullChainPem, Former.KeyPem);
                return (new { account = "huawei", domains = new[] { name } }, Huawei.CdnPort);
            },
            ["huawei-elb"] = _ =>
            {
                var listener = Huawei.ElbListeners.Add(elb);
                return (new { account = "huawei", listener }, Huawei.ElbListeners.PortOf(listener));
            },
            ["huawei-elb-certificate"] = _ =>
            {
                var own = Huawei.ElbCertificates.Add("own", Former.FullChainPem, Former.KeyPem);
                return (new { account = "huawei", certificate = own }, Huawei.ElbListeners.PortOf(Huawei.ElbListeners.Add(own)));
            },
            ["huawei-waf"] = name =>
            {
                Huawei.Waf.AddHost(name, Huawei.Waf.AddCertificate("by-hand", Former.FullChainPem, Former.KeyPem));
                return (new { account = "huawei", hosts = new[] { name } }, Huawei.WafPort);
            },
            ["nginx"] = _ => Site("site-1", new { root = "sites", folder = "site-1", test = "passes", reload = "reload-site-1" }),
            ["tencent-cdn"] = name =>
            {
                Tencent.AddCdnDomain(name, ssl);
                return (new { account = "tencent", domains = new[] { name } }, Tencent.EdgePort);
            },
            ["tencent-clb"] = name => (new { account = "tencent", loadBalancer = "lb-1", listener = "lbl-1" }, Tencent.AddListener(Guangzhou, "lb-1", "lbl-1", ssl, [name])),
            ["tencent-cos"] = name =>
            {
                Tencent.AddBucketDomain(Guangzhou, "files-125", name, ssl);
                return (new { account = "tencent", region = Guangzhou, bucket = "files-125", domain = name }, Tencent.EdgePort);
            },
            ["tencent-edgeone"] = name => TencentJob("teo", name),
            ["tencent-live"] = name => TencentJob("live", name),
            ["tencent-vod"] = name => TencentJob("vod", name),
            ["tencent-waf"] = name =>
            {
                Tencent.AddWafDomain(name, "domain-1", "waf_1", Guangzhou, ssl);
                return (new { account = "tencent", domains = new[] { name } }, Tencent.EdgePort);
            },
        };
    }
}
