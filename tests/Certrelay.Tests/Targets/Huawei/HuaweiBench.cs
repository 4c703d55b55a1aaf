using System.Text;
using System.Text.Json;
using Certrelay.Records;
using Certrelay.Simulators.Huawei;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Targets.Huawei;

/// <summary>The product with one account of Huawei Cloud, whose calls go to a simulator or to another address on loopback.</summary>
internal sealed class HuaweiBench : IAsyncDisposable
{
    public const string Account = "shop-cloud";

    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<Certrelay.Targets.Huawei.HuaweiIds>().BuildServiceProvider();

    private HuaweiBench(Uri endpoint, int keepUploads)
    {
        var clouds = new CloudOptions
        {
            Endpoints = new Dictionary<string, string>(StringComparer.Ordinal) { ["huawei"] = endpoint.ToString() },
            CallTimeoutSeconds = 5,
            KeepUploads = keepUploads,
        };
        Product = new RolloutBench(_folder.Path, services => services.AddSingleton(clouds));
    }

    public RolloutBench Product { get; }

    public static async Task<HuaweiBench> OpenAsync(Uri endpoint, string? secret = null, int keepUploads = 0)
    {
        var bench = new HuaweiBench(endpoint, keepUploads);
        var key = HuaweiOptions.Example;
        var account = new AccountDescription
        {
            Name = Account,
            Vendor = CloudVendor.Huawei,
            Region = "cn-north-4",
            KeyId = key.AccessKey,
            Key = new AccountSecret(Encoding.ASCII.GetBytes(secret ?? key.SecretKey), null, null),
        };
        Assert.Empty(bench.Product.Get<AccountRegistry>().Check(account));
        await bench.Product.Get<AccountRegistry>().CreateAsync(account, CancellationToken.None);
        return bench;
    }

    /// <summary>Makes a target and has it do one thing with an account opened for that; with a plan, writes are recorded there.</summary>
    public async Task<T> WithAsync<T>(string kind, object settings, Func<IDeployTarget, Task<T>> act, IReadOnlyList<string>? names = null, CloudPlan? plan = null)
    {
        var found = DeployTargets.Find(kind)!;
        var json = Settings(settings);
        Assert.Empty(found.Check(json, _services));
        using var session = await Product.Get<CloudSessions>().OpenAsync(Account, found.Cloud!, plan, CancellationToken.None);
        return await act(found.Create(json, new TargetContext(_services) { Cloud = session, Names = names ?? [] }));
    }

    /// <summary>Deploys, polling a job to its end.</summary>
    public async Task<IReadOnlyList<ResourceOutcome>> DeployAsync(string kind, object settings, TestCertificate leaf, string certificate = "shop", CloudPlan? plan = null)
    {
        using var bundle = leaf.ToBundle(certificate);
        return await EndAsync(job => WithAsync(kind, settings, target => target.DeployAsync(bundle, job, CancellationToken.None), plan: plan));
    }

    /// <summary>Reads what is bound, for a certificate with these names.</summary>
    public async Task<(TargetState State, IReadOnlyList<string> Refusals)> ReadAsync(string kind, object settings, params string[] names)
    {
        using var reading = await WithAsync(kind, settings, static target => target.ReadAsync(CancellationToken.None), names);
        return (reading.State, [.. reading.Refusals.Select(static finding => $"{finding.Code} {finding.Scope}")]);
    }

    /// <summary>Brings a former state back, polling a job to its end.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(string kind, object settings, TargetState previous, params string[] names) =>
        RestoreAsync(kind, settings, previous, backup: null, names);

    /// <summary>As above, with what the reading kept.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(string kind, object settings, TargetState previous, TargetBackup? backup, params string[] names) =>
        EndAsync(job => WithAsync(kind, settings, target => target.RestoreAsync(previous, backup, job, CancellationToken.None), names));

    /// <summary>Removes what the target no longer has, as after a verified step.</summary>
    public Task RetireAsync(string kind, object settings, TargetState superseded, string certificate = "shop") => WithAsync(kind, settings, async target =>
    {
        await target.RetireAsync(certificate, superseded, CancellationToken.None);
        return true;
    });

    public static JsonElement Settings(object settings) => JsonSerializer.SerializeToElement(settings, Camel);

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<IReadOnlyList<ResourceOutcome>> EndAsync(Func<PendingJob?, Task<DeployResult>> call)
    {
        PendingJob? job = null;
        for (var poll = 0; poll < 200; poll++)
        {
            switch (await call(job))
            {
                case DeployResult.Bound(var outcomes):
                    return outcomes;
                case DeployResult.Pending(var pending, _):
                    job = pending;
                    // The simulator settles by the clock of the machine.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                    break;
            }
        }

        throw new TimeoutException("The job does not end.");
    }
}
