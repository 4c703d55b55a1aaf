using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Certrelay.Tests.Rollouts;

/// <summary>A target that goes wrong costs its neighbours nothing.</summary>
public sealed class NeighbourTests(ITestOutputHelper output)
{
    private const int Good = 57;
    private static readonly CancellationToken None = CancellationToken.None;

    // Far above the difference that a busy machine makes between two runs, and far below what waiting in line would cost.
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("The step's record is damaged", true)]
    [InlineData("The target's record is damaged", false)]
    public async Task Three_that_go_wrong_cost_the_other_57_at_most_one_time_out(string damage, bool ofStep)
    {
        await RunAsync(3, []);
        var (alone, _) = await RunAsync(Good, []);

        var (beside, wrong) = await RunAsync(Good, [Fault.Unreadable, Fault.Hangs, Fault.Refuses], ofStep);

        output.WriteLine($"{damage}: {Good} alone settle in {alone.TotalSeconds:0.0} s, beside the three in {beside.TotalSeconds:0.0} s; the time-out is {TimeOut.TotalSeconds:0} s");
        Assert.Equal(["record.unreadable", "probe.timeout", "target.refused"], wrong.Select(step => step.Code));
        Assert.Equal([StepState.Failed, StepState.RolledBack, StepState.Blocked], wrong.Select(step => step.State));
        Assert.True(beside <= alone + TimeOut, $"{beside} beside the three, {alone} alone");
    }

    /// <summary>Rolls out to so many good sites and to one for each fault; the time is that until the last good one was verified.</summary>
    private static async Task<(TimeSpan Time, IReadOnlyList<StepRecord> Wrong)> RunAsync(int good, IReadOnlyList<Fault> faults, bool damageStep = false)
    {
        using var folder = new TemporaryFolder();
        var authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
        var before = authority.IssueLeaf(RolloutBench.Host);
        await using var bench = new RolloutBench(folder.Path, services => services.AddSingleton(new RolloutOptions { ProbeTimeout = TimeOut }));
        await bench.UploadAsync("shop", authority.IssueLeaf(RolloutBench.Host));
        var sites = new List<TlsFileSite>();
        foreach (var number in Enumerable.Range(0, good + faults.Count))
        {
            var fault = number < good ? (Fault?)null : faults[number - good];
            var name = $"site-{number}";
            var site = new TlsFileSite(bench.Site(name, before)) { Hangs = fault == Fault.Hangs };
            sites.Add(site);
            if (fault == Fault.Refuses)
                PutAFolderInItsPlace(folder[$"sites/{name}/fullchain.pem"]);
            await bench.TargetAsync(name, "shop", [RolloutBench.EndpointOf(site)], window: fault is null ? TimeSpan.FromSeconds(60) : TimeSpan.FromSeconds(2));
        }

        var rollout = await bench.RollOutAsync("shop");
        if (faults.Count > 0)
            await DamageAsync(bench, damageStep ? StepRecord.Key(rollout, $"site-{good}") : TargetRecord.Key($"site-{good}"));
        var began = TimeProvider.System.GetUtcNow();
        await bench.StartAsync();

        var steps = (await bench.SettledAsync(rollout, summary => summary.Steps.All(step => step.IsSettled))).Steps;
        foreach (var site in sites)
            await site.DisposeAsync();
        var verified = steps.Where(step => step.State == StepState.Verified).ToList();
        Assert.Equal(good, verified.Count);
        IReadOnlyList<StepRecord> wrong = [.. steps.Except(verified).OrderBy(step => step.Target, StringComparer.Ordinal)];
        return (verified.Max(step => step.Settled!.Value) - began, wrong);
    }

    private static async Task DamageAsync(RolloutBench bench, RecordKey key)
    {
        var row = (await bench.Get<IRecordStore>().GetAsync(key, None))!;
        await bench.Get<IRecordStore>().WriteAsync([new RecordChange.Put(key, row.Body[..(row.Body.Length / 2)])], None);
    }

    /// <summary>What no rename can replace, whoever runs the test.</summary>
    private static void PutAFolderInItsPlace(string file)
    {
        File.Delete(file);
        Directory.CreateDirectory(file);
    }

    private enum Fault
    {
        Unreadable,
        Hangs,
        Refuses,
    }
}
