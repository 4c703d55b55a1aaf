using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Rollouts;

/// <summary>A plan says what a rollout does, changes nothing, and no longer holds once its ground has changed.</summary>
public sealed class RolloutPlanTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private RolloutBench _bench = null!;

    private static RolloutRequest Request => new("shop", null, null, [], "test");

    public async Task InitializeAsync()
    {
        _bench = new RolloutBench(_folder.Path);
        await _bench.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Says_what_is_there_and_every_write_and_makes_none()
    {
        var (before, after) = (Leaf(), Leaf());
        await using var site = await SiteAsync(before);
        await _bench.UploadAsync("shop", after);
        var files = Files();

        var plan = await PlanAsync();

        var target = Assert.Single(plan.Targets);
        Assert.Equal(after.Fingerprint, plan.Version.Fingerprint);
        Assert.Equal(before.Fingerprint, Assert.Single(target.Now!.Resources).Fingerprint);
        Assert.Empty(target.Refusals);
        Assert.Null(target.Failure);
        Assert.Equal(
            [
                new PlannedCall("files", "sites/site-0", "Replaces fullchain.pem, privkey.pem; what is there now goes into the vault.", null, false),
                new PlannedCall("command", "reload-site-0", "Has the server read the files again.", null, false),
            ],
            target.Calls);
        Assert.Equal(files, Files());
        Assert.Equal(0, _bench.Reloads("site-0"));
        Assert.Empty(await _bench.Get<RolloutSummaries>().ListAsync(null, None).ToListAsync());
    }

    [Fact]
    public async Task What_is_bound_already_needs_no_write()
    {
        var leaf = Leaf();
        await using var site = await SiteAsync(leaf);
        await _bench.UploadAsync("shop", leaf);

        Assert.Empty(Assert.Single((await PlanAsync()).Targets).Calls);
    }

    [Fact]
    public async Task What_would_be_refused_is_said_with_every_reason()
    {
        await using var site = await SiteAsync(Leaf());
        await _bench.UploadAsync("shop", _authority.IssueLeaf("other.example.test"));

        var target = Assert.Single((await PlanAsync()).Targets);

        Assert.Contains(target.Refusals, refusal => refusal.Code == FindingCodes.TargetNotCovered.Code);
    }

    [Fact]
    public async Task A_rollout_whose_ground_still_holds_goes_on()
    {
        await using var site = await SiteAsync(Leaf());
        await _bench.UploadAsync("shop", Leaf());
        var plan = await PlanAsync();

        Assert.Equal(plan.Ground, (await PlanAsync()).Ground);
        Assert.Equal(StepState.Verified, Assert.Single((await RunAsync(plan)).Steps).State);
    }

    [Fact]
    public async Task A_step_whose_ground_has_changed_is_blocked_before_any_write()
    {
        await using var site = await SiteAsync(Leaf());
        await _bench.UploadAsync("shop", Leaf());
        var plan = await PlanAsync();
        _bench.Site("site-0", Leaf());
        var files = Files();

        var step = Assert.Single((await RunAsync(plan)).Steps);

        Assert.Equal((StepState.Blocked, FindingCodes.TargetChanged.Code), (step.State, step.Code));
        Assert.False(step.Written);
        Assert.Equal(files, Files());
        Assert.NotEqual(plan.Ground, (await PlanAsync()).Ground);
    }

    [Fact]
    public async Task Another_version_is_another_ground()
    {
        await using var site = await SiteAsync(Leaf());
        await _bench.UploadAsync("shop", Leaf());
        var plan = await PlanAsync();
        await _bench.UploadAsync("shop", Leaf());

        Assert.NotEqual(plan.Ground, (await PlanAsync()).Ground);
    }

    [Fact]
    public async Task A_fault_that_nobody_expected_at_one_target_leaves_its_neighbours_plan_whole()
    {
        await using var site = await SiteAsync(Leaf());
        await _bench.TargetAsync(new TargetDescription
        {
            Name = "by-hand",
            Kind = "alibaba-by-hand",
            Certificate = "shop",
            Settings = JsonSerializer.SerializeToElement(new { product = "waf-2", domain = RolloutBench.Host }),
            Endpoints = [RolloutBench.EndpointOf(site)],
        });
        await _bench.UploadAsync("shop", Leaf());
        // A host that was put together without what the first of the two needs.
        await using var nothing = new ServiceCollection().BuildServiceProvider();
        var planner = ActivatorUtilities.CreateInstance<RolloutPlanner>(_bench.Get<IServiceProvider>(), (IServiceProvider)nothing);

        var plan = await planner.PlanAsync(Request, None);

        var (byHand, broken) = (plan.Targets.Single(static target => target.Target == "by-hand"), plan.Targets.Single(static target => target.Target == "site-0"));
        Assert.Null(byHand.Failure);
        Assert.NotEmpty(byHand.Calls);
        Assert.Equal("step.fault", Assert.IsType<Transient>(broken.Failure).Code);
        Assert.DoesNotContain("No service for type", broken.Failure.Message, StringComparison.Ordinal);
    }

    private TestCertificate Leaf() => _authority.IssueLeaf(RolloutBench.Host);

    private async Task<TlsFileSite> SiteAsync(TestCertificate served)
    {
        var site = new TlsFileSite(_bench.Site("site-0", served));
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        return site;
    }

    private Task<RolloutPlan> PlanAsync() => _bench.Get<RolloutPlanner>().PlanAsync(Request, None);

    private async Task<RolloutSummary> RunAsync(RolloutPlan plan) =>
        await _bench.SettledAsync(await _bench.Get<RolloutStart>().StartAsync(Request, "tester", "correlation", None, plan));

    private List<string> Files() =>
        [.. Directory.GetFiles(Path.Combine(_folder.Path, "sites", "site-0")).Order().Select(file => $"{file}={File.ReadAllText(file)}")];
}
