using System.Diagnostics;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators;
using Xunit.Abstractions;

namespace Certrelay.Tests.Clouds;

/// <summary>One certificate to one target of every kind in one rollout, the same again, and the next version forced to fail.</summary>
public sealed class EveryKindTests(ITestOutputHelper output)
{
    // What was there before is not readable at this one; its page says so.
    private static readonly string[] CannotRestore = ["tencent-cos"];

    [Fact]
    public async Task Every_kind_is_proven_then_left_alone_and_comes_back_behind_a_failure()
    {
        await using var fleet = await EveryKindFleet.StartAsync();
        var began = Stopwatch.GetTimestamp();

        // The first version of ours replaces what somebody put there, which an id that stays allows only when it is overridden.
        var first = await SettledAsync(fleet, await fleet.Product.RollOutAsync(EveryKindFleet.Certificate, null, FindingCodes.TargetInPlace.Code));
        output.WriteLine($"{first.Count} kinds proven after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.Equal(EveryKindFleet.Kinds.Count, first.Count);
        Assert.All(first, static step => Assert.True(step.State == StepState.Verified, $"{step.Target}: {step.State} {step.Code} {step.Message}"));
        var served = await ServedAsync(fleet);
        Assert.All(served, one => Assert.True(one.Value == fleet.Current.Fingerprint, one.Key));

        var writes = fleet.Writes;
        var again = await SettledAsync(fleet, await fleet.Product.RollOutAsync(EveryKindFleet.Certificate));
        Assert.All(again, static step => Assert.True(step.State == StepState.Verified, $"{step.Target}: {step.State} {step.Code} {step.Message}"));
        Assert.Equal(writes, fleet.Writes);

        // Every endpoint goes on showing what it shows now, so that the next version is seen nowhere and what was there before comes back.
        var shown = StoredCertificate.Read(fleet.Current.FullChainPem, null, fleet.Current.KeyPem);
        await using var front = new TlsFront(_ => shown);
        fleet.Show(front);
        await fleet.Product.UploadAsync(EveryKindFleet.Certificate, fleet.Leaf());
        var failed = await SettledAsync(fleet, await fleet.Product.RollOutAsync(EveryKindFleet.Certificate));
        output.WriteLine($"failed and brought back {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after the beginning");
        Assert.All(failed, static step => Assert.True(step.State == StepState.RolledBack || CannotRestore.Contains(step.Target), $"{step.Target}: {step.State} {step.Code} {step.Message}"));
        foreach (var (kind, leaf) in await ServedAsync(fleet))
            Assert.True(leaf == fleet.Current.Fingerprint != CannotRestore.Contains(kind), kind);
    }

    private static async Task<IReadOnlyList<StepRecord>> SettledAsync(EveryKindFleet fleet, string rollout)
    {
        for (var i = 0; ; i++)
        {
            var summary = await fleet.Product.SettledAsync(rollout, static _ => true);
            if (summary.Rollout.State != RolloutState.Running)
                return summary.Steps;
            Assert.True(i < 1200, string.Join("; ", summary.Steps.Where(static step => !step.IsSettled).Select(static step => $"{step.Target} {step.State} {step.Message}")));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static async Task<Dictionary<string, Fingerprint?>> ServedAsync(EveryKindFleet fleet)
    {
        var served = new Dictionary<string, Fingerprint?>(StringComparer.Ordinal);
        foreach (var kind in EveryKindFleet.Kinds)
            served[kind.Name] = await fleet.ServedAsync(kind);
        return served;
    }
}
