using System.Text.Json.Nodes;
using Certrelay.Targets;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>Deployment jobs of the certificate store: started, followed to the last item, shown as metered, never made twice for the same.</summary>
public sealed class AlibabaJobTargetsTests : IAsyncLifetime
{
    private static readonly string[] Domains = [.. Enumerable.Range(0, 5).Select(static i => $"h{i}.example.com")];

    private static readonly JsonObject Settings = new() { ["domains"] = new JsonArray([.. Domains.Select(static domain => (JsonNode)domain)]) };

    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_job_with_one_refused_item_of_five_fails_for_that_one_alone_and_is_not_made_again()
    {
        var (former, id) = _bench.Stored("former", "*.example.com");
        foreach (var domain in Domains)
            _bench.Simulator.AddJobDomain("webHosting", domain, id);
        _bench.Simulator.Refuse(Domains[2]);
        using var leaf = _bench.Root.IssueLeaf("*.example.com");

        var plan = await _bench.PlanAsync("alibaba-webhosting", Settings, leaf);
        var outcomes = await _bench.DeployAsync("alibaba-webhosting", Settings, leaf);

        Assert.Equal([true, true, false, true, true], outcomes.Select(static outcome => outcome.Succeeded));
        Assert.Equal("target.refused", outcomes[2].Code);
        foreach (var domain in Domains)
            Assert.Equal(domain == Domains[2] ? former.Fingerprint : leaf.Fingerprint, await _bench.EdgeAsync(domain));
        Assert.Equal(["cas.UploadUserCertificate", "cas.CreateDeploymentJob", "cas.UpdateDeploymentJobStatus"], _bench.Writes);
        Assert.Equal([false, false, true], plan.Select(static call => call.Metered));
        Assert.Contains("bought", plan[^1].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_brings_back_different_certificates_by_one_job_each()
    {
        var (first, firstId) = _bench.Stored("first", "*.example.com");
        var (second, secondId) = _bench.Stored("second", "*.example.com", "example.com");
        foreach (var (domain, index) in Domains.Select(static (domain, index) => (domain, index)))
            _bench.Simulator.AddJobDomain("webHosting", domain, index % 2 == 0 ? firstId : secondId);
        using var leaf = _bench.Root.IssueLeaf("*.example.com");
        using var before = await _bench.ReadAsync("alibaba-webhosting", Settings);
        await _bench.DeployAsync("alibaba-webhosting", Settings, leaf);

        var outcomes = await _bench.RestoreAsync("alibaba-webhosting", Settings, before);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(first.Fingerprint, await _bench.EdgeAsync(Domains[0]));
        Assert.Equal(second.Fingerprint, await _bench.EdgeAsync(Domains[1]));
        Assert.Equal(3, _bench.Writes.Count(static action => action == "cas.CreateDeploymentJob"));
    }

    [Fact]
    public async Task Without_a_contact_nothing_is_made_and_the_plan_says_why()
    {
        var (_, id) = _bench.Stored("former", "*.example.com");
        foreach (var domain in Domains)
            _bench.Simulator.AddJobDomain("CR", domain, id);
        _bench.Simulator.Contacts.Clear();
        using var leaf = _bench.Root.IssueLeaf("*.example.com");

        using var reading = await _bench.ReadAsync("alibaba-acr", Settings);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-acr", Settings, leaf));

        Assert.Contains("contact", Assert.Single(reading.Refusals).Message, StringComparison.Ordinal);
        Assert.Contains("contact", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cas.CreateDeploymentJob", _bench.Writes);
    }

    [Fact]
    public async Task Https_is_turned_on_only_when_the_target_says_initial_and_never_for_a_registry()
    {
        _bench.Simulator.AddJobDomain("webHosting", "new.example.com", null);
        using var leaf = _bench.Root.IssueLeaf("*.example.com");
        JsonObject update = new() { ["domains"] = new JsonArray("new.example.com") };
        JsonObject initial = new() { ["domains"] = new JsonArray("new.example.com"), ["initial"] = true };

        var refused = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-webhosting", update, leaf));
        await _bench.DeployAsync("alibaba-webhosting", initial, leaf);

        Assert.Equal("target.update-only", refused.Code);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("new.example.com"));
    }

    [Fact]
    public async Task A_job_is_started_though_the_product_died_behind_its_creation()
    {
        var (_, id) = _bench.Stored("former", "*.example.com");
        _bench.Simulator.AddJobDomain("CR", "cr.example.com", id);
        using var leaf = _bench.Root.IssueLeaf("*.example.com");
        using var bundle = leaf.ToBundle("shop");
        JsonObject settings = new() { ["domains"] = new JsonArray("cr.example.com") };

        var made = Assert.IsType<DeployResult.Pending>(await _bench.MoveAsync("alibaba-acr", settings, bundle));
        Assert.Equal("8888", made.Job.Id);
        var started = Assert.IsType<DeployResult.Pending>(await _bench.MoveAsync("alibaba-acr", settings, bundle, made.Job));
        // The same move again, as after a crash: it finds the job on its way.
        await _bench.MoveAsync("alibaba-acr", settings, bundle, made.Job);
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.IsType<DeployResult.Bound>(await _bench.MoveAsync("alibaba-acr", settings, bundle, started.Job));

        Assert.Equal(1, _bench.Writes.Count(static action => action == "cas.UpdateDeploymentJobStatus"));
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync("cr.example.com"));
    }

    [Fact]
    public async Task An_account_of_the_international_site_gets_the_steps_by_hand()
    {
        await using var bench = await AlibabaBench.StartAsync(site: "international");

        using var reading = await bench.ReadAsync("alibaba-acr", Settings);

        Assert.Equal(5, reading.Refusals.Count);
        Assert.All(reading.Refusals, static refusal => Assert.Equal("target.by-hand", refusal.Code));
    }
}
