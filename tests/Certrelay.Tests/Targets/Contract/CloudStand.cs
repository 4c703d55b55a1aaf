using System.Text.Json;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.Alibaba;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Azure;
using Certrelay.Simulators.Huawei;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Contract;

/// <summary>A place at a simulated vendor. Time moves by the delays that targets ask for.</summary>
internal sealed class CloudStand : ContractStand
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    private readonly TargetKind _kind;
    private readonly ISimulator _vendor;
    private readonly ManualTime _time;
    private JsonElement _settings;
    private Func<int> _port = static () => 0;

    private CloudStand(TargetKind kind, ISimulator vendor, CloudBench bench, ManualTime time) => (_kind, _vendor, Bench, _time) = (kind, vendor, bench, time);

    public override ISimulator Vendor => _vendor;

    public CloudBench Bench { get; }

    public override IEnumerable<string> Log => Bench.Log;

    public static Task<ContractStand> AlibabaAsync(string kind, Func<AlibabaSimulator, TestCertificate, (object Settings, Func<int> Port)> build) => StartAsync(
        kind, static time => AlibabaSimulator.StartAsync(time), CloudVendor.Alibaba, AlibabaCredentials.Example.AccessKeyId, AlibabaCredentials.Example.AccessKeySecret, "cn-hangzhou", build);

    public static Task<ContractStand> AwsAsync(string kind, Func<AwsSimulator, TestCertificate, (object Settings, Func<int> Port)> build) => StartAsync(
        kind,
        async time =>
        {
            var aws = await AwsSimulator.StartAsync(time);
            (aws.Limits.Propagation, aws.Limits.Deployment) = (TimeSpan.Zero, TimeSpan.FromSeconds(1));
            return aws;
        },
        CloudVendor.Aws, AwsKey.Lasting.AccessKeyId, AwsKey.Lasting.SecretAccessKey, AwsClient.Region, build);

    public static Task<ContractStand> AzureAsync(string kind, Func<AzureSimulator, TestCertificate, (object Settings, Func<int> Port)> build) => StartAsync(
        kind, static time => AzureSimulator.StartAsync(time), CloudVendor.Azure, AzureSimulator.ClientId, AzureSimulator.ClientSecret, region: null, build, tenant: AzureSimulator.TenantId);

    public static Task<ContractStand> HuaweiAsync(string kind, Func<HuaweiSimulator, TestCertificate, (object Settings, Func<int> Port)> build) => StartAsync(
        kind,
        async time =>
        {
            var huawei = await HuaweiSimulator.StartAsync(time, new HuaweiOptions { WithResources = false });
            huawei.Waf.SettlesAfter = TimeSpan.Zero;
            return huawei;
        },
        CloudVendor.Huawei, HuaweiOptions.Example.AccessKey, HuaweiOptions.Example.SecretKey, "cn-north-4", build);

    public static Task<ContractStand> TencentAsync(string kind, Func<TencentSimulator, TestCertificate, (object Settings, Func<int> Port)> build) => StartAsync(
        kind, static time => TencentSimulator.StartAsync(time), CloudVendor.Tencent, TencentCredentials.Example.SecretId, TencentCredentials.Example.SecretKey, "ap-guangzhou", build);

    public override async Task<T> WithAsync<T>(Func<IDeployTarget, Task<T>> act, CloudPlan? plan = null)
    {
        using var session = await Bench.SessionAsync(_kind.Cloud!, plan);
        return await act(_kind.Create(_settings, new TargetContext(Bench.Product.Get<IServiceProvider>()) { Cloud = session, Names = [Name] }));
    }

    public override void Wait(TimeSpan time) => _time.Advance(time);

    public override async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        await _vendor.DisposeAsync();
        await base.DisposeAsync();
    }

    private static async Task<ContractStand> StartAsync<TVendor>(
        string name, Func<ManualTime, Task<TVendor>> start, CloudVendor of, string keyId, string secret, string? region,
        Func<TVendor, TestCertificate, (object Settings, Func<int> Port)> build, string? tenant = null)
        where TVendor : ISimulator
    {
        var (time, kind) = (new ManualTime(TestCertificates.Now), DeployTargets.Find(name)!);
        var vendor = await start(time);
        // Budgets have tests of their own.
        var limits = kind.Cloud!.Actions.Select(action => $"{vendor.Vendor}.{action.Service}").Distinct().ToDictionary(static service => service, static _ => "100000/1", StringComparer.Ordinal);
        var bench = await CloudBench.OpenAsync(of, vendor.Endpoint, keyId, secret, time: time, region: region, options: clouds => clouds with { Limits = limits }, tenant: tenant);
        CloudStand stand = null!;
        stand = new CloudStand(kind, vendor, bench, time) { Secret = secret, ServedAsync = () => Handshake.LeafAsync(stand._port(), Name) };
        var (settings, port) = build(vendor, stand.Former);
        (stand._settings, stand._port) = (JsonSerializer.SerializeToElement(settings, Camel), port);
        Assert.Empty(kind.Check(stand._settings, bench.Product.Get<IServiceProvider>()));
        return stand;
    }
}
