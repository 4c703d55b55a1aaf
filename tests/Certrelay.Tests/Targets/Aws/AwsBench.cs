using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators.Aws;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>The simulator of AWS and the product with one account there.</summary>
internal sealed class AwsBench : IAsyncDisposable
{
    public const string Region = "eu-west-1";
    public const string Www = "www.example.com";

    private static readonly CancellationToken None = CancellationToken.None;
    private readonly CloudBench _bench;

    private AwsBench(AwsSimulator cloud, CloudBench bench) => (Cloud, _bench) = (cloud, bench);

    public AwsSimulator Cloud { get; }

    /// <summary>All that was logged, at every level.</summary>
    public IReadOnlyCollection<string> Log => _bench.Log;

    /// <summary>The writes that were made, in their order.</summary>
    public IEnumerable<string> Writes => Cloud.Calls.Where(static call => call is { Writes: true, Code: null }).Select(static call => call.Action);

    public static async Task<AwsBench> StartAsync(AwsKey? key = null, string? region = null)
    {
        var cloud = await AwsSimulator.StartAsync(TimeProvider.System);
        (cloud.Limits.Propagation, cloud.Limits.Deployment) = (TimeSpan.Zero, TimeSpan.Zero);
        key ??= AwsKey.Lasting;
        var bench = await CloudBench.OpenAsync(
            CloudVendor.Aws, cloud.Endpoint, key.AccessKeyId, key.SecretAccessKey, key.SessionToken, site: key.Partition, region: region,
            options: static clouds => clouds with
            {
                // The budgets have tests of their own.
                Limits = new[] { "acm", "iam", "cloudfront", "elb", "elbv2" }.ToDictionary(static service => $"aws.{service}", static _ => "10000/1", StringComparer.Ordinal),
            });
        return new AwsBench(cloud, bench);
    }

    /// <summary>A certificate that somebody put into ACM earlier; its ARN.</summary>
    public string Add(TestCertificate leaf, string region = Region) => Cloud.AddCertificate(region, leaf.Pem, Chain(leaf), leaf.KeyPem);

    public static string Chain(TestCertificate leaf) => string.Concat(leaf.Intermediates().Select(static one => one.Pem));

    public Task<CloudSession> SessionAsync(TargetKind kind, CloudPlan? plan = null) => _bench.SessionAsync(kind.Cloud!, plan);

    public async Task<TargetState> ReadAsync(TargetKind kind, object settings, TestCertificate leaf)
    {
        using var reading = await UseAsync(kind, settings, leaf, target => target.ReadAsync(None));
        Assert.Empty(reading.Refusals);
        return reading.State;
    }

    public async Task<IReadOnlyList<Finding>> RefusalsAsync(TargetKind kind, object settings, TestCertificate leaf)
    {
        using var reading = await UseAsync(kind, settings, leaf, target => target.ReadAsync(None));
        return reading.Refusals;
    }

    /// <summary>Deploys to the end, polling as often as it takes.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> DeployAsync(TargetKind kind, object settings, TestCertificate leaf, CloudPlan? plan = null) => UseAsync(kind, settings, leaf, async target =>
    {
        using var bundle = leaf.ToBundle("shop");
        return await EndAsync(job => target.DeployAsync(bundle, job, None));
    }, plan);

    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(TargetKind kind, object settings, TestCertificate leaf, TargetState previous) =>
        UseAsync(kind, settings, leaf, target => EndAsync(job => target.RestoreAsync(previous, null, job, None)));

    public Task RetireAsync(TargetKind kind, object settings, TestCertificate leaf) => UseAsync(kind, settings, leaf, async target =>
    {
        await target.RetireAsync("shop", new TargetState([]), None);
        return true;
    });

    public async Task<T> UseAsync<T>(TargetKind kind, object settings, TestCertificate leaf, Func<IDeployTarget, Task<T>> work, CloudPlan? plan = null)
    {
        using var session = await SessionAsync(kind, plan);
        var json = JsonSerializer.SerializeToElement(settings);
        Assert.Empty(kind.Check(json, _bench.Product.Get<IServiceProvider>()));
        using var record = leaf.ToBundle("shop");
        return await work(kind.Create(json, new TargetContext(_bench.Product.Get<IServiceProvider>())
        {
            Cloud = session,
            Names = [.. CertificateRecord.Parse(record.Leaf).Names.Select(static name => name.Value)],
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await Cloud.DisposeAsync();
    }

    private static async Task<IReadOnlyList<ResourceOutcome>> EndAsync(Func<PendingJob?, Task<DeployResult>> go)
    {
        var result = await go(null);
        while (result is DeployResult.Pending(var job, _))
            result = await go(job);
        return ((DeployResult.Bound)result).Outcomes;
    }
}
