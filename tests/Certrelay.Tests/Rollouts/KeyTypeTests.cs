using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Rollouts;

/// <summary>A version whose key a target cannot take is refused by name, in the plan and before a rollout begins.</summary>
public sealed class KeyTypeTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private RolloutBench _bench = null!;

    public async Task InitializeAsync()
    {
        // Nothing listens there: what is refused for its key is refused without the vendor.
        _bench = new RolloutBench(_folder.Path, clouds: new CloudOptions { Endpoints = new Dictionary<string, string> { ["aws"] = "http://127.0.0.1:1" } });
        await _bench.StartAsync();
        await _bench.AccountAsync("aws", CloudVendor.Aws, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1");
        using var leaf = TestCertificates.Root().IssueAuthority("Test Intermediate").Issue(new TestCertificateOptions { Names = [RolloutBench.Host], Key = TestKey.P521() });
        await _bench.UploadAsync("shop", leaf);
        Directory.CreateDirectory(_bench.Site("web"));
        await _bench.TargetAsync("web", "shop", [], reload: "passes");
        await _bench.TargetAsync(new TargetDescription
        {
            Name = "edge",
            Kind = "aws-cloudfront",
            Certificate = "shop",
            Settings = JsonSerializer.SerializeToElement(new { account = "aws", distributions = new[] { "E2QWRUHAPOMQZL" } }),
        });
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_rollout_does_not_begin_and_the_kinds_that_take_it_are_named()
    {
        var fault = Assert.Single(await _bench.Get<RolloutStart>().CheckKeyAsync(Request(), None));

        Assert.Equal(("targets", FindingCodes.TargetKeyType.Code), (fault.Path, fault.Code));
        Assert.StartsWith("'edge' is of the kind aws-cloudfront, which takes Rsa, P256 keys; this version's is P521, which these kinds take:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("directory", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("endpoint-only", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_overrides_it_may_begin() =>
        Assert.Empty(await _bench.Get<RolloutStart>().CheckKeyAsync(Request(FindingCodes.TargetKeyType.Code), None));

    [Fact]
    public async Task A_plan_shows_it_beside_the_targets_that_take_the_key()
    {
        var plan = await _bench.Get<RolloutPlanner>().PlanAsync(Request(), None);

        Assert.Equal(FindingCodes.TargetKeyType.Code, Assert.Single(plan.Targets.Single(static target => target.Target == "edge").Refusals).Code);
        Assert.Empty(plan.Targets.Single(static target => target.Target == "web").Refusals);
    }

    [Fact]
    public void A_key_that_no_kind_takes_is_said_to_be_so() =>
        Assert.EndsWith("this version's is MlDsa, which no kind takes.", TargetKeys.WhyNot("web", DeployTargets.Find("nginx")!, nameof(KeyAlgorithm.MlDsa)), StringComparison.Ordinal);

    private static RolloutRequest Request(params string[] overrides) => new("shop", null, null, overrides, "test");
}
