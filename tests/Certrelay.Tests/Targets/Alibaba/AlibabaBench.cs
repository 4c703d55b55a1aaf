using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators.Alibaba;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>The simulated vendor with an account opened as the runner opens it: for each move anew. Time moves by the delays that targets ask for.</summary>
internal sealed class AlibabaBench : IAsyncDisposable
{
    private const string Fast = "100000/1";

    private readonly CloudBench _bench;

    private AlibabaBench(AlibabaSimulator simulator, ManualTime time, CloudBench bench) => (Simulator, Time, _bench) = (simulator, time, bench);

    public AlibabaSimulator Simulator { get; }

    public ManualTime Time { get; }

    /// <summary>The issuer of every certificate here.</summary>
    public TestCertificate Root { get; } = TestCertificates.Root();

    /// <summary>True: the work is about an SM2 version.</summary>
    public bool IsSm2 { get; set; }

    /// <summary>What was logged.</summary>
    public IReadOnlyCollection<string> Log => _bench.Log;

    /// <summary>The writes that the vendor was asked for and granted.</summary>
    public IReadOnlyList<string> Writes => [.. Simulator.Calls.Where(static call => call is { Writes: true, Code: null }).Select(static call => call.Action)];

    public static async Task<AlibabaBench> StartAsync(
        DateTimeOffset? now = null, AlibabaCredentials? credentials = null, string? site = null, Func<CloudOptions, CloudOptions>? options = null)
    {
        var time = new ManualTime(now ?? TestCertificates.Now);
        var simulator = await AlibabaSimulator.StartAsync(time);
        credentials ??= AlibabaCredentials.Example;
        simulator.Allow(credentials);
        // Budgets have tests of their own.
        var limits = DeployTargets.All.Where(static kind => kind.Cloud?.Vendor == CloudVendor.Alibaba).SelectMany(static kind => kind.Cloud!.Actions)
            .Select(static action => $"alibaba.{action.Service}").Distinct().ToDictionary(static service => service, static _ => Fast, StringComparer.Ordinal);
        var bench = await CloudBench.OpenAsync(
            CloudVendor.Alibaba, simulator.Endpoint, credentials.AccessKeyId, credentials.AccessKeySecret, credentials.SecurityToken, time, site, "cn-hangzhou",
            clouds => (options ?? (static same => same))(clouds with { Limits = limits }));
        return new AlibabaBench(simulator, time, bench);
    }

    /// <summary>A certificate in the store, put there by somebody else, with its identifier.</summary>
    public (TestCertificate Certificate, string Id) Stored(string name, params string[] names)
    {
        var certificate = Root.IssueLeaf(names);
        return (certificate, Simulator.AddCertificate(certificate.FullChainPem, certificate.KeyPem, name));
    }

    /// <summary>Opens the account for a kind and makes the target, for one piece of work.</summary>
    public async Task<T> WithAsync<T>(string kind, JsonObject settings, Func<IDeployTarget, Task<T>> work, CloudPlan? plan = null, params string[] names)
    {
        var found = DeployTargets.Find(kind)!;
        var all = settings.DeepClone().AsObject();
        all["account"] = CloudBench.Account;
        using var session = await _bench.SessionAsync(found.Cloud!, plan);
        return await work(found.Create(JsonSerializer.SerializeToElement(all), new TargetContext(_bench.Product.Get<IServiceProvider>()) { Cloud = session, Names = names, IsSm2 = IsSm2 }));
    }

    public async Task<T> WithSessionAsync<T>(string kind, Func<CloudSession, Task<T>> work)
    {
        using var session = await _bench.SessionAsync(DeployTargets.Find(kind)!.Cloud!);
        return await work(session);
    }

    public Task<TargetReading> ReadAsync(string kind, JsonObject settings, params string[] names) => WithAsync(kind, settings, static target => target.ReadAsync(default), null, names);

    /// <summary>Deploys to the end of its jobs.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> DeployAsync(string kind, JsonObject settings, TestCertificate certificate, params string[] names) =>
        DeployAsync(kind, settings, () => certificate.ToBundle("shop"), names);

    /// <summary>As above with what the vault gives, once for each move.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> DeployAsync(string kind, JsonObject settings, Func<CertificateBundle> open, params string[] names) => ToTheEndAsync(async job =>
    {
        using var bundle = open();
        return await WithAsync(kind, settings, target => target.DeployAsync(bundle, job, default), null, names);
    });

    /// <summary>One move of a deployment.</summary>
    public async Task<DeployResult> MoveAsync(string kind, JsonObject settings, CertificateBundle bundle, PendingJob? job = null) =>
        await WithAsync(kind, settings, target => target.DeployAsync(bundle, job, default));

    /// <summary>Restores to the end of its jobs.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(string kind, JsonObject settings, TargetReading previous, params string[] names) =>
        ToTheEndAsync(job => WithAsync(kind, settings, target => target.RestoreAsync(previous.State, previous.Backup, job, default), null, names));

    public Task RetireAsync(string kind, JsonObject settings) => WithAsync(kind, settings, static async target =>
    {
        await target.RetireAsync("shop", new TargetState([]), default);
        return 0;
    });

    /// <summary>The writes that a deployment would make.</summary>
    public Task<IReadOnlyList<PlannedCall>> PlanAsync(string kind, JsonObject settings, TestCertificate certificate, params string[] names) =>
        PlanAsync(kind, settings, () => certificate.ToBundle("shop"), names);

    public async Task<IReadOnlyList<PlannedCall>> PlanAsync(string kind, JsonObject settings, Func<CertificateBundle> open, params string[] names)
    {
        var plan = new CloudPlan();
        using var bundle = open();
        await WithAsync(kind, settings, target => target.DeployAsync(bundle, null, default), plan, names);
        return plan.Calls;
    }

    public Task<Fingerprint?> EdgeAsync(string name) => Handshake.LeafAsync(Simulator.EdgePort, name);

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await Simulator.DisposeAsync();
        Root.Dispose();
    }

    private async Task<IReadOnlyList<ResourceOutcome>> ToTheEndAsync(Func<PendingJob?, Task<DeployResult>> move)
    {
        PendingJob? job = null;
        for (var round = 0; round < 50; round++)
        {
            switch (await move(job))
            {
                case DeployResult.Bound(var outcomes):
                    return outcomes;
                case DeployResult.Pending(var next, var pollAfter):
                    // As the step's record keeps it.
                    job = JsonSerializer.Deserialize<PendingJob>(JsonSerializer.Serialize(next));
                    Time.Advance(pollAfter);
                    break;
            }
        }

        throw new InvalidOperationException("The job does not end.");
    }
}
