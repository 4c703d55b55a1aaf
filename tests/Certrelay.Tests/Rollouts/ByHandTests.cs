using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Simulators;
using Certrelay.Targets;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Rollouts;

/// <summary>A place that no call reaches: the plan lists the steps, the rollout waits for whoever takes them, and a handshake tells when it is done.</summary>
public sealed class ByHandTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private readonly TestCertificate _after;
    private readonly TlsFront _front;
    private StoredCertificate _served;
    private RolloutBench _bench = null!;

    public ByHandTests()
    {
        (_after, _served) = (Leaf(), Stored(Leaf()));
        _front = new TlsFront(_ => _served);
    }

    public static TheoryData<string, string> Products { get; } = new()
    {
        { "website-builder", "Open the console of Website Builder, the site, its domain, HTTPS" },
        { "enterprise-website-builder", "Open the console of Enterprise Website Builder, the site, its domain, HTTPS" },
        { "simple-application-server", "Open the console of Simple Application Server, the server, its domain, certificate" },
        { "waf-2", "Open the console of WAF 2.0, Website Access, the domain, HTTPS" },
    };

    public async Task InitializeAsync()
    {
        _bench = new RolloutBench(_folder.Path, static services => services.AddSingleton(new RolloutOptions { PartialEvery = TimeSpan.FromMilliseconds(300), ProbeTimeout = TimeSpan.FromSeconds(2) }));
        await _bench.StartAsync();
        await _bench.UploadAsync("shop", _after);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _front.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Products))]
    public async Task A_plan_lists_the_file_and_the_steps(string product, string step)
    {
        await TargetAsync(product);

        var plan = Assert.Single((await PlanAsync()).Targets);

        Assert.Empty(plan.Refusals);
        Assert.Null(plan.Failure);
        Assert.Equal(3, plan.Calls.Count);
        Assert.All(plan.Calls, static call => Assert.Equal(("by-hand", RolloutBench.Host), (call.Action, call.Resource)));
        Assert.Contains("/api/certificates/shop/download?format=nginx", plan.Calls[0].What, StringComparison.Ordinal);
        Assert.StartsWith(step, plan.Calls[1].What, StringComparison.Ordinal);
        Assert.NotNull(ExportFormat.Find("nginx"));
    }

    [Fact]
    public async Task A_step_waits_for_the_hand_and_turns_verified_once_the_new_leaf_is_served()
    {
        await TargetAsync("website-builder");

        var rollout = await _bench.RollOutAsync("shop");
        var waiting = await _bench.SettledAsync(rollout);
        var step = Assert.Single(waiting.Steps);
        Assert.Equal((RolloutState.Partial, StepState.Partial, "target.by-hand"), (waiting.Rollout.State, step.State, step.Code));
        // Still what to do, behind rounds that saw the former leaf.
        await _bench.SettledAsync(rollout, static summary => summary.Steps[0].Verification is { Rounds: > 2 });
        step = Assert.Single((await _bench.SettledAsync(rollout)).Steps);
        Assert.Contains("Open the console of Website Builder", step.Message, StringComparison.Ordinal);

        _served = Stored(_after);
        var done = await _bench.SettledAsync(rollout, static summary => summary.Rollout.State == RolloutState.Verified);

        Assert.Equal((StepState.Verified, null), (done.Steps[0].State, done.Steps[0].Code));
        Assert.Empty(Assert.Single((await PlanAsync()).Targets).Calls);
        var again = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));
        Assert.Equal(StepState.Verified, Assert.Single(again.Steps).State);
    }

    [Fact]
    public async Task Where_nothing_shows_when_it_is_done_the_step_is_blocked_with_the_steps()
    {
        await TargetAsync("waf-2", endpoints: false);

        var step = Assert.Single((await _bench.SettledAsync(await _bench.RollOutAsync("shop"))).Steps);

        Assert.Equal((StepState.Blocked, "target.by-hand"), (step.State, step.Code));
        Assert.Contains("declare the endpoint", step.Message, StringComparison.Ordinal);
        Assert.Contains("WAF 2.0", step.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_and_a_domain_that_are_none_are_refused_at_once()
    {
        var target = Target("website-builder", []) with { Settings = JsonSerializer.SerializeToElement(new { product = "mail", domain = "not a domain" }) };

        Assert.Contains(await _bench.Get<TargetRegistry>().CheckAsync(target, None), static fault => fault.Path == "settings.product");
        var fault = Assert.Single(await _bench.Get<TargetRegistry>().CheckAsync(target with { Settings = JsonSerializer.SerializeToElement(new { product = "waf-2", domain = "not a domain" }) }, None));
        Assert.Equal("settings.domain", fault.Path);
    }

    private static StoredCertificate Stored(TestCertificate leaf) => StoredCertificate.Read(leaf.FullChainPem, null, leaf.KeyPem);

    private TestCertificate Leaf() => _authority.IssueLeaf(RolloutBench.Host);

    private Task<RolloutPlan> PlanAsync() => _bench.Get<RolloutPlanner>().PlanAsync(new RolloutRequest("shop", null, null, [], "test"), None);

    private Task TargetAsync(string product, bool endpoints = true) =>
        _bench.TargetAsync(Target(product, endpoints ? [new Endpoint(RolloutBench.Host, _front.Port) { Addresses = ["127.0.0.1"] }] : []));

    private static TargetDescription Target(string product, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Name = "site",
        Kind = "alibaba-by-hand",
        Certificate = "shop",
        Settings = JsonSerializer.SerializeToElement(new { product, domain = RolloutBench.Host }),
        Endpoints = endpoints,
        Samples = 1,
    };
}
