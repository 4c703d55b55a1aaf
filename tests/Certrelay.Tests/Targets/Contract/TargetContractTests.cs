using Certrelay.Certificates;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Targets.Calls;

namespace Certrelay.Tests.Targets.Contract;

/// <summary>What the runner relies on, of every kind that writes.</summary>
public sealed class TargetContractTests
{
    public static TheoryData<string> Kinds => [.. DeployTargets.All.Where(static kind => kind is { Writes: true, IsByHand: false }).Select(static kind => kind.Name)];

    public static TheoryData<string> CloudKinds => [.. DeployTargets.All.Where(static kind => kind.Cloud is not null).Select(static kind => kind.Name)];

    [Fact]
    public void Every_kind_that_writes_has_a_stand() =>
        Assert.Equal(DeployTargets.All.Where(static kind => kind is { Writes: true, IsByHand: false }).Select(static kind => kind.Name), ContractStands.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_second_deployment_changes_nothing_and_a_restore_brings_back_what_was_there(string kind)
    {
        await using var stand = await StartAsync(kind);
        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        using var before = await stand.WithAsync(static target => target.ReadAsync(default));
        Assert.Empty(before.Refusals);

        AssertDone(await stand.DeployAsync(stand.Next));
        var writes = Writes(stand);
        AssertDone(await stand.DeployAsync(stand.Next));

        Assert.Equal(writes, Writes(stand));
        Assert.Equal(stand.Next.Fingerprint, await stand.ServedAsync());
        using (var after = await stand.WithAsync(static target => target.ReadAsync(default)))
            Assert.All(after.State.Resources, resource => Assert.Equal(stand.Next.Fingerprint, resource.Fingerprint));

        // What stays under its id comes back as the former version, from our own vault.
        var back = DeployTargets.Find(kind)!.Cloud is { InPlace: true } ? await stand.DeployAsync(stand.Former) : await stand.RestoreAsync(before);
        AssertDone(back);
        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        stand.AssertSilent();
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public async Task A_plan_tells_the_writes_and_sends_none(string kind)
    {
        await using var stand = await StartAsync(kind);
        var plan = new CloudPlan();
        // The key stays in the vault.
        using var next = stand.Next.ToBundle("shop");
        using var bundle = new CertificateBundle("shop", next.Leaf, next.Chain, []);

        var result = await stand.WithAsync(target => target.DeployAsync(bundle, job: null, default), plan);

        AssertDone(Assert.IsType<DeployResult.Bound>(result).Outcomes);
        Assert.Empty(Writes(stand));
        AssertDone(await stand.DeployAsync(stand.Next));
        Assert.Equal(plan.Calls.Select(static call => call.Action), Writes(stand));
        stand.AssertSilent();
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public async Task Refused_credentials_are_final_and_sent_once(string kind)
    {
        await using var stand = await StartAsync(kind);
        const string Wrong = "EXAMPLEwrongSecretNotReal000000001";
        await ((CloudStand)stand).Bench.RotateAsync(Wrong);

        var first = await Assert.ThrowsAsync<Permanent>(() => stand.DeployAsync(stand.Next));
        var calls = stand.Vendor!.Calls.Count;
        var second = await Assert.ThrowsAsync<Permanent>(() => stand.DeployAsync(stand.Next));

        Assert.Equal((FindingCodes.CloudCredentials.Code, FindingCodes.CloudCredentials.Code), (first.Code, second.Code));
        Assert.Equal(calls, stand.Vendor.Calls.Count);
        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        stand.AssertSilent(first, second);
        Assert.DoesNotContain(Wrong, string.Join('\n', stand.Log) + first + second, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public async Task A_throttled_call_is_transient_and_harms_nothing(string kind)
    {
        await using var stand = await StartAsync(kind);
        stand.Vendor!.Rudeness.Add(new FaultRule("*", Fault.Throttle, int.MaxValue, TimeSpan.FromSeconds(30)));

        var fault = await Assert.ThrowsAsync<Transient>(() => stand.DeployAsync(stand.Next));

        Assert.Equal(FindingCodes.CloudThrottled.Code, fault.Code);
        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        stand.Vendor.Rudeness.Clear();
        stand.Wait(TimeSpan.FromMinutes(10));
        AssertDone(await stand.DeployAsync(stand.Next));
        Assert.Equal(stand.Next.Fingerprint, await stand.ServedAsync());
        stand.AssertSilent(fault);
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public async Task A_server_error_is_transient(string kind)
    {
        await using var stand = await StartAsync(kind);
        stand.Vendor!.Rudeness.Add(new FaultRule("*", Fault.ServerError, int.MaxValue, TimeSpan.Zero));

        var fault = await Assert.ThrowsAsync<Transient>(() => stand.DeployAsync(stand.Next));

        Assert.Equal(FindingCodes.CloudUnavailable.Code, fault.Code);
        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        stand.AssertSilent(fault);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Work_ends_when_it_is_cancelled(string kind)
    {
        await using var stand = await StartAsync(kind);
        using var bundle = stand.Next.ToBundle("shop");
        // A vendor is cancelled in the middle of its call, which it would never answer; a host before it begins.
        stand.Vendor?.Rudeness.Add(new FaultRule("*", Fault.Slow, int.MaxValue, TimeSpan.FromDays(1)));
        using var cancelled = new CancellationTokenSource();
        if (stand.Vendor is null)
            await cancelled.CancelAsync();
        else
            cancelled.CancelAfter(TimeSpan.FromMilliseconds(200));

        var reading = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stand.WithAsync(target => target.ReadAsync(cancelled.Token)));
        var writing = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stand.WithAsync(target => target.DeployAsync(bundle, job: null, cancelled.Token)));

        Assert.Equal(stand.Former.Fingerprint, await stand.ServedAsync());
        stand.AssertSilent([reading, writing]);
    }

    private static Task<ContractStand> StartAsync(string kind) => ContractStands.All[kind](kind);

    private static List<string> Writes(ContractStand stand) => [.. (stand.Vendor?.Calls ?? []).Where(static call => call is { Writes: true, Code: null }).Select(static call => call.Action)];

    private static void AssertDone(IReadOnlyList<ResourceOutcome> outcomes)
    {
        Assert.NotEmpty(outcomes);
        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, $"{outcome.Id} {outcome.Code} {outcome.Message}"));
    }
}
