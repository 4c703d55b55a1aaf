using System.Text.Json;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Huawei;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The product with an account at each of three simulated vendors, and eight targets there that serve one certificate: names on an edge and listeners of load balancers.</summary>
internal sealed class VendorFleet : IAsyncDisposable
{
    public const string Certificate = "shop";

    private const int Each = 4;
    private const string AwsRegion = "eu-central-1";
    private const string TencentRegion = "ap-guangzhou";
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");

    private VendorFleet(AwsSimulator aws, HuaweiSimulator huawei, TencentSimulator tencent, CloudOptions options)
    {
        (Aws, Huawei, Tencent) = (aws, huawei, tencent);
        Product = new RolloutBench(_folder.Path, clouds: options with
        {
            Endpoints = new Dictionary<string, string> { ["aws"] = $"{aws.Endpoint}", ["huawei"] = $"{huawei.Endpoint}", ["tencent"] = $"{tencent.Endpoint}" },
        });
    }

    public AwsSimulator Aws { get; }

    public HuaweiSimulator Huawei { get; }

    public TencentSimulator Tencent { get; }

    public IReadOnlyList<ISimulator> Vendors => [Aws, Huawei, Tencent];

    public RolloutBench Product { get; }

    /// <summary>The writes that vendors were asked for and granted since a moment, as <c>vendor action</c>, ordered.</summary>
    public IReadOnlyList<string> Writes(DateTimeOffset since) =>
    [
        .. Vendors.SelectMany(vendor => vendor.Calls.Where(call => call is { Writes: true, Code: null } && call.At >= since).Select(call => $"{vendor.Vendor} {call.Action}"))
            .Order(StringComparer.Ordinal),
    ];

    public static async Task<VendorFleet> StartAsync(CloudOptions options)
    {
        var fleet = new VendorFleet(
            await AwsSimulator.StartAsync(TimeProvider.System),
            await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false }),
            await TencentSimulator.StartAsync(TimeProvider.System),
            options);
        var (aws, huawei, tencent) = (AwsKey.Lasting, HuaweiOptions.Example, TencentCredentials.Example);
        await fleet.Product.AccountAsync("aws", CloudVendor.Aws, aws.AccessKeyId, aws.SecretAccessKey, region: AwsRegion);
        await fleet.Product.AccountAsync("huawei", CloudVendor.Huawei, huawei.AccessKey, huawei.SecretKey, region: "cn-north-4");
        await fleet.Product.AccountAsync("tencent", CloudVendor.Tencent, tencent.SecretId, tencent.SecretKey, region: TencentRegion);
        await fleet.Product.UploadAsync(Certificate, fleet.Leaf());
        await fleet.BuildAsync();
        await fleet.Product.StartAsync();
        return fleet;
    }

    /// <summary>A new leaf for every name of the fleet.</summary>
    public TestCertificate Leaf() => _authority.IssueLeaf("*.example.com");

    /// <summary>The targets of one vendor.</summary>
    public static bool IsOf(string vendor, StepRecord step) => step.Target.StartsWith($"{vendor}-", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        foreach (var vendor in Vendors)
            await vendor.DisposeAsync();
        _folder.Dispose();
    }

    private async Task BuildAsync()
    {
        var former = Leaf();
        var stored = Tencent.AddCertificate(former.FullChainPem, former.KeyPem, "by hand");
        var arn = Aws.AddCertificate(AwsRegion, former.Pem, string.Concat(former.Intermediates().Select(static one => one.Pem)), former.KeyPem);
        var kept = Huawei.ElbCertificates.Add("by-hand", former.FullChainPem, former.KeyPem);
        for (var i = 0; i < Each; i++)
        {
            var domain = $"t{i}.example.com";
            Tencent.AddCdnDomain(domain, stored);
            await TargetAsync($"tencent-cdn-{i}", "tencent-cdn", new { account = "tencent", domains = (string[])[domain] }, domain, Tencent.EdgePort);
            var tencent = Tencent.AddListener(TencentRegion, $"lb-{i}", $"lbl-{i}", stored, [domain]);
            await TargetAsync($"tencent-clb-{i}", "tencent-clb", new { account = "tencent", loadBalancer = $"lb-{i}", listener = $"lbl-{i}" }, domain, tencent);
            Huawei.Cdn.AddDomain($"h{i}.example.com", former.FullChainPem, former.KeyPem);
            await TargetAsync($"huawei-cdn-{i}", "huawei-cdn", new { account = "huawei", domains = (string[])[$"h{i}.example.com"] }, $"h{i}.example.com", Huawei.CdnPort);
            var listener = Huawei.ElbListeners.Add(kept);
            await TargetAsync($"huawei-elb-{i}", "huawei-elb", new { account = "huawei", listener }, $"h{i}.example.com", Huawei.ElbListeners.PortOf(listener));
            foreach (var (kind, balancer, protocol) in new[] { ("aws-alb", LoadBalancerKind.Application, "HTTPS"), ("aws-nlb", LoadBalancerKind.Network, "TLS") })
            {
                var added = Aws.AddLoadBalancer(AwsRegion, balancer, $"{kind}-{i}").AddListener(443, protocol, arn);
                await TargetAsync($"{kind}-{i}", kind, new { account = "aws", listeners = (string[])[added.Arn] }, $"a{i}.example.com", added.Tls!.Port);
            }
        }
    }

    private Task TargetAsync(string name, string kind, object settings, string host, int port) => Product.TargetAsync(new TargetDescription
    {
        Name = name,
        Kind = kind,
        Settings = JsonSerializer.SerializeToElement(settings, Camel),
        Certificate = Certificate,
        Endpoints = [new Endpoint(host, port) { Addresses = ["127.0.0.1"] }],
        Window = TimeSpan.FromMinutes(2),
    });
}
