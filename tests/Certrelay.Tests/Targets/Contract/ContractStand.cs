using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Contract;

/// <summary>A place that a kind of target can be tried at: <see cref="Former"/> is served there, <see cref="Next"/> shall come.</summary>
internal abstract class ContractStand : IAsyncDisposable
{
    public const string Name = "www.example.com";

    public TestCertificate Authority { get; } = TestCertificates.Root().IssueAuthority("Test Intermediate");

    public TestCertificate Former => field ??= Authority.IssueLeaf(Name);

    public TestCertificate Next => field ??= Authority.IssueLeaf(Name);

    /// <summary>The vendor; null for a kind of this host.</summary>
    public virtual ISimulator? Vendor => null;

    /// <summary>The secret of the account, where there is one.</summary>
    public string? Secret { get; init; }

    /// <summary>All that was logged, at every level.</summary>
    public abstract IEnumerable<string> Log { get; }

    /// <summary>The leaf that a client gets.</summary>
    public required Func<Task<Fingerprint?>> ServedAsync { get; init; }

    /// <summary>Makes the target anew, as the runner does for every move, and has it do one thing.</summary>
    public abstract Task<T> WithAsync<T>(Func<IDeployTarget, Task<T>> act, CloudPlan? plan = null);

    /// <summary>Deploys, polling a job to its end.</summary>
    public async Task<IReadOnlyList<ResourceOutcome>> DeployAsync(TestCertificate leaf)
    {
        using var bundle = leaf.ToBundle("shop");
        return await EndAsync(job => WithAsync(target => target.DeployAsync(bundle, job, CancellationToken.None)));
    }

    /// <summary>Restores, polling a job to its end.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(TargetReading before) =>
        EndAsync(job => WithAsync(target => target.RestoreAsync(before.State, before.Backup, job, CancellationToken.None)));

    /// <summary>Neither the log nor a fault holds any line of a private key, or the account's secret.</summary>
    public void AssertSilent(params IEnumerable<Exception> faults)
    {
        var said = string.Join('\n', Log.Concat(faults.Select(static fault => fault.ToString())));
        var secrets = new[] { Former, Next }.SelectMany(static leaf => leaf.KeyPem.Split('\n')).Where(static line => line.Length > 20 && !line.StartsWith('-'));
        Assert.All(secrets.Append(Secret).OfType<string>(), secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
    }

    public virtual ValueTask DisposeAsync()
    {
        Former.Dispose();
        Next.Dispose();
        Authority.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What passes until the next poll.</summary>
    public virtual void Wait(TimeSpan time)
    {
    }

    private async Task<IReadOnlyList<ResourceOutcome>> EndAsync(Func<PendingJob?, Task<DeployResult>> move)
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
                    Wait(pollAfter);
                    break;
            }
        }

        throw new InvalidOperationException("The job does not end.");
    }
}
