using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Simulators;
using Certrelay.Targets.Calls;
using Xunit.Abstractions;

namespace Certrelay.Tests.Clouds;

/// <summary>One certificate to 24 targets at three vendors, each seen by handshakes; a vendor that hangs costs the others nothing.</summary>
public sealed class VendorFleetTests(ITestOutputHelper output)
{
    private static readonly CancellationToken None = CancellationToken.None;

    // Budgets have tests of their own.
    private static readonly CloudOptions Options = new()
    {
        CallTimeoutSeconds = 10,
        Limits = new[] { "aws.acm", "aws.elbv2", "huawei.scm", "huawei.cdn", "huawei.elb", "huawei.iam", "tencent.ssl", "tencent.cdn", "tencent.clb" }
            .ToDictionary(static service => service, static _ => "10000/1", StringComparer.Ordinal),
    };

    [Fact]
    public async Task Every_target_is_proven_and_the_writes_are_those_of_the_plan()
    {
        await using var fleet = await VendorFleet.StartAsync(Options);
        await fleet.Product.UploadAsync(VendorFleet.Certificate, fleet.Leaf());
        var plan = await fleet.Product.Get<RolloutPlanner>().PlanAsync(new RolloutRequest(VendorFleet.Certificate, null, null, [], "test"), None);
        Assert.All(plan.Targets, static target => Assert.True(target.Failure is null && target.Refusals.Count == 0, $"{target.Target}: {target.Failure} {string.Join(" ", target.Refusals)}"));
        Assert.Empty(fleet.Writes(DateTimeOffset.MinValue));
        var since = TimeProvider.System.GetUtcNow();

        var summary = await fleet.Product.SettledAsync(await fleet.Product.RollOutAsync(VendorFleet.Certificate));

        Assert.Equal(RolloutState.Verified, summary.Rollout.State);
        Assert.Equal(24, summary.Steps.Count);
        var planned = plan.Uploads.Select(call => call.Action).Concat(plan.Targets.SelectMany(static target => target.Calls).Select(static call => call.Action));
        Assert.Equal(planned.Order(StringComparer.Ordinal), fleet.Writes(since).Select(static write => write.Split(' ')[1]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tencent")]
    public async Task A_vendor_that_hangs_costs_the_others_nothing_and_its_own_steps_end(string hanging)
    {
        await using var fleet = await VendorFleet.StartAsync(Options);
        var alone = P95(await RollOutAsync(fleet, hanging, hangs: false));

        var steps = await RollOutAsync(fleet, hanging, hangs: true);

        var beside = P95(steps);
        output.WriteLine($"{hanging} hangs: the others' p95 is {beside.TotalSeconds:0.0} s, without it {alone.TotalSeconds:0.0} s");
        Assert.All(steps.Where(step => !VendorFleet.IsOf(hanging, step)), static step => Assert.Equal(StepState.Verified, step.State));
        Assert.All(steps.Where(step => VendorFleet.IsOf(hanging, step)), static step => Assert.True(step.State is StepState.Verified or StepState.Failed, $"{step.Target}: {step.State} {step.Message}"));
        // Half of what one hanging call takes: nobody waited for one.
        Assert.True(beside < alone + (Options.CallTimeout / 2), $"{beside} beside it, {alone} without");

        TimeSpan P95(IReadOnlyList<StepRecord> all)
        {
            var times = all.Where(step => !VendorFleet.IsOf(hanging, step)).Select(step => step.Settled!.Value - _started).Order().ToList();
            return times[(int)Math.Ceiling(times.Count * 0.95) - 1];
        }
    }

    private DateTimeOffset _started;

    private async Task<IReadOnlyList<StepRecord>> RollOutAsync(VendorFleet fleet, string hanging, bool hangs)
    {
        await fleet.Product.UploadAsync(VendorFleet.Certificate, fleet.Leaf());
        var vendor = fleet.Vendors.Single(one => one.Vendor == hanging);
        if (hangs)
            vendor.Rudeness.Add(new FaultRule("*", Fault.Slow, int.MaxValue, TimeSpan.FromSeconds(60)));
        _started = TimeProvider.System.GetUtcNow();
        var rollout = await fleet.Product.RollOutAsync(VendorFleet.Certificate);
        if (hangs)
        {
            await fleet.Product.SettledAsync(rollout, summary => summary.Steps.All(step => step.IsSettled || VendorFleet.IsOf(hanging, step)));
            vendor.Rudeness.Clear();
        }

        for (var i = 0; ; i++)
        {
            // A circuit that has opened a few times waits longer than one look.
            var summary = await fleet.Product.SettledAsync(rollout, static _ => true);
            if (summary.Rollout.State != RolloutState.Running)
                return summary.Steps;
            Assert.True(i < 1200, string.Join("; ", summary.Steps.Where(static step => !step.IsSettled).Select(static step => $"{step.Target} {step.State} {step.Message}")));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, None);
        }
    }
}
