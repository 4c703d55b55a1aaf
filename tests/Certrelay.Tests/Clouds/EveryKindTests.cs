using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Simulators;
using Certrelay.Tests.Support;
using Xunit.Abstractions;

namespace Certrelay.Tests.Clouds;

/// <summary>One certificate to one target of every kind in one rollout, the same again, and the next version forced to fail; behind all of it no key lies anywhere it must not.</summary>
public sealed class EveryKindTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_kind_is_proven_then_left_alone_and_comes_back_behind_a_failure()
    {
        await using var fleet = await EveryKindFleet.StartAsync();
        var began = Stopwatch.GetTimestamp();

        List<RolloutPlan> plans = [await PlanAsync(fleet)];
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
        // Nothing is waited for, and the former leaf is what is seen at once when it comes back.
        await fleet.AllowAsync(TimeSpan.FromSeconds(2));
        using var key = TestKey.Rsa();
        await fleet.Product.UploadAsync(EveryKindFleet.Certificate, fleet.Leaf("next", key));
        plans.Add(await PlanAsync(fleet));
        var failed = await SettledAsync(fleet, await fleet.Product.RollOutAsync(EveryKindFleet.Certificate));
        output.WriteLine($"failed and brought back {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after the beginning");
        Assert.All(failed, static step => Assert.True(step.State == StepState.RolledBack, $"{step.Target}: {step.State} {step.Code} {step.Message}"));
        foreach (var (kind, leaf) in await ServedAsync(fleet))
            Assert.True(leaf == fleet.Current.Fingerprint, kind);

        AssertSilent(fleet, plans);
    }

    /// <summary>The keys were sent, in bodies alone: they are in no address or header, log line or exception, plan, record, journal or audit row.</summary>
    private static void AssertSilent(EveryKindFleet fleet, IReadOnlyList<RolloutPlan> plans)
    {
        var search = fleet.Search;
        var requests = fleet.Vendors.SelectMany(static vendor => vendor.Requests).ToList();
        string? Found(string text) => search.In(Encoding.UTF8.GetBytes(text));

        // Azure gets it sealed, as PKCS#12.
        foreach (var vendor in fleet.Vendors.Where(static vendor => vendor.Vendor != "azure"))
            Assert.True(vendor.Requests.Any(request => Bodies(request).Any(body => Found(body) is not null)), $"No key was sent to {vendor.Vendor}.");
        Assert.All(requests, request => Assert.Null(Found(request.Target) ?? Found(Uri.UnescapeDataString(request.Target))));
        Assert.All(requests, request => Assert.Null(Found(string.Join('\n', request.Headers.Select(static header => header.Value)))));
        var log = string.Join('\n', fleet.Log);
        Assert.Contains("cas.UploadUserCertificate", log, StringComparison.Ordinal);
        Assert.Null(Found(log));
        Assert.All(plans.SelectMany(static plan => plan.Targets), static target => Assert.True(target.Failure is null, $"{target.Target}: {target.Failure}"));
        var planned = string.Join('\n', plans.Select(static plan => JsonSerializer.Serialize(new { plan.Uploads, Targets = plan.Targets.Select(static target => new { target.Now, target.Calls, target.Refusals }) })));
        Assert.Contains("uploads the certificate as certrelay-shop-", planned, StringComparison.Ordinal);
        Assert.Null(Found(planned));
        Assert.Empty(search.InFolder(fleet.Data));
    }

    /// <summary>A body as it came, without the escapes of a form, and what JSON texts in it hold as Base64.</summary>
    private static IEnumerable<string> Bodies(SimulatorRequest request)
    {
        var body = Encoding.UTF8.GetString(request.Body);
        yield return body;
        yield return Uri.UnescapeDataString(body);
        var buffer = new byte[request.Body.Length];
        foreach (var text in body.Split('"').Where(static text => text.Length > 100))
        {
            if (Convert.TryFromBase64String(text.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase), buffer, out var length))
                yield return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    private static Task<RolloutPlan> PlanAsync(EveryKindFleet fleet) =>
        fleet.Product.Get<RolloutPlanner>().PlanAsync(new RolloutRequest(EveryKindFleet.Certificate, null, null, [], "test"), CancellationToken.None);

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
