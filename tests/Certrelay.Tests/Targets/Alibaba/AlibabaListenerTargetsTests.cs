using System.Text.Json.Nodes;
using Certrelay.Targets;
using Certrelay.Tests.Clouds;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>Listeners of ALB, NLB, CLB and Global Accelerator: one change after the other, a busy one waited for, further names replaced without a gap.</summary>
public sealed class AlibabaListenerTargetsTests : IAsyncLifetime
{
    private const string Name = "www.example.com";

    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("alibaba-alb", "ALB")]
    [InlineData("alibaba-nlb", "NLB")]
    public async Task A_listener_that_is_busy_for_20_seconds_is_waited_for_and_its_neighbour_is_not(string kind, string product)
    {
        var (_, id) = _bench.Stored("before", Name);
        var (busy, free) = (_bench.Simulator.AddListener(product, "lsn-busy", id), _bench.Simulator.AddListener(product, "lsn-free", id));
        _bench.Simulator.KeepBusy("lsn-busy", TimeSpan.FromSeconds(20));
        using var leaf = _bench.Root.IssueLeaf(Name);
        using var bundle = leaf.ToBundle("shop");
        JsonObject settings = new() { ["listeners"] = new JsonArray("lsn-busy", "lsn-free") };

        var began = Assert.IsType<DeployResult.Pending>(await _bench.MoveAsync(kind, settings, bundle));
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(free, Name));
        Assert.NotEqual(leaf.Fingerprint, await Handshake.LeafAsync(busy, Name));
        var outcomes = await _bench.DeployAsync(kind, settings, leaf);

        Assert.NotEmpty(began.Job.Details);
        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(busy, Name));
        Assert.DoesNotContain(_bench.Simulator.Calls, static call => call.Code is not null);
    }

    [Theory]
    [InlineData("alibaba-alb", "ALB", "alb.ListAsynJobs")]
    [InlineData("alibaba-nlb", "NLB", "nlb.GetJobStatus")]
    public async Task A_change_that_is_taken_and_fails_later_is_told_in_the_vendors_words(string kind, string product, string asked)
    {
        var (before, id) = _bench.Stored("before", Name);
        var (doomed, other) = (_bench.Simulator.AddListener(product, "lsn-doomed", id), _bench.Simulator.AddListener(product, "lsn-other", id));
        _bench.Simulator.Doom("lsn-doomed", "ResourceQuotaExceeded.Certificate");
        using var leaf = _bench.Root.IssueLeaf(Name);

        var outcomes = await _bench.DeployAsync(kind, new() { ["listeners"] = new JsonArray("lsn-doomed", "lsn-other") }, leaf);

        Assert.Equal([("lsn-doomed", false), ("lsn-other", true)], outcomes.Select(static one => (one.Id, one.Succeeded)));
        Assert.Contains("ResourceQuotaExceeded.Certificate: The change came to nothing.", outcomes[0].Message, StringComparison.Ordinal);
        Assert.Equal("cloud.refused", outcomes[0].Code);
        Assert.Contains(_bench.Simulator.Calls, call => call.Action == asked);
        Assert.Equal(before.Fingerprint, await Handshake.LeafAsync(doomed, Name));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(other, Name));
    }

    [Theory]
    [InlineData("alibaba-alb", "ALB", "alb.UpdateListenerAttribute")]
    [InlineData("alibaba-nlb", "NLB", "nlb.UpdateListenerAttribute")]
    public async Task A_change_whose_job_fails_as_the_vendor_was_busy_is_asked_for_again(string kind, string product, string change)
    {
        var (_, id) = _bench.Stored("before", Name);
        var port = _bench.Simulator.AddListener(product, "lsn-1", id);
        _bench.Simulator.Doom("lsn-1", "SystemBusy");
        using var leaf = _bench.Root.IssueLeaf(Name);

        var outcomes = await _bench.DeployAsync(kind, new() { ["listeners"] = new JsonArray("lsn-1") }, leaf);

        Assert.True(Assert.Single(outcomes).Succeeded, outcomes[0].Message);
        Assert.Equal(["cas.UploadUserCertificate", change, change], _bench.Writes);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(port, Name));
    }

    [Theory]
    [InlineData("alibaba-alb", "ALB", "alb.AssociateAdditionalCertificatesWithListener", "alb.DissociateAdditionalCertificatesFromListener")]
    [InlineData("alibaba-nlb", "NLB", "nlb.AssociateAdditionalCertificatesWithListener", "nlb.DisassociateAdditionalCertificatesWithListener")]
    public async Task A_further_certificate_comes_before_the_former_goes_and_others_stay(string kind, string product, string add, string remove)
    {
        var (main, mainId) = _bench.Stored("main", "main.example.org");
        var (_, formerId) = _bench.Stored("former", Name);
        var (other, otherId) = _bench.Stored("other", "api.example.com");
        var port = _bench.Simulator.AddListener(product, "lsn-1", mainId, formerId, otherId);
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["listeners"] = new JsonArray("lsn-1"), ["certificate"] = "additional" };

        using var before = await _bench.ReadAsync(kind, settings, Name);
        var plan = await _bench.PlanAsync(kind, settings, leaf, Name);
        await _bench.DeployAsync(kind, settings, leaf, Name);

        Assert.Equal(formerId, before.State.Resources[0].Bound);
        Assert.Equal(["cas.UploadUserCertificate", add, remove], plan.Select(static call => call.Action));
        Assert.Equal(["cas.UploadUserCertificate", add, remove], _bench.Writes);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(port, Name));
        Assert.Equal(other.Fingerprint, await Handshake.LeafAsync(port, "api.example.com"));
        Assert.Equal(main.Fingerprint, await Handshake.LeafAsync(port, "main.example.org"));
        await _bench.RestoreAsync(kind, settings, before, Name);
        Assert.Equal(formerId, (await _bench.ReadAsync(kind, settings, Name)).State.Resources[0].Bound);
    }

    [Fact]
    public async Task A_domain_extension_of_clb_is_replaced_through_the_regions_store_without_a_key()
    {
        var (main, mainId) = _bench.Stored("main", "main.example.com");
        var (_, formerId) = _bench.Stored("former", Name);
        var port = _bench.Simulator.AddClbListener("cn-hangzhou", "lb-1", 443, mainId, (Name, formerId));
        using var leaf = _bench.Root.IssueLeaf(Name);
        JsonObject settings = new() { ["loadBalancer"] = "lb-1", ["domains"] = new JsonArray(Name) };

        await _bench.DeployAsync("alibaba-clb", settings, leaf);

        Assert.Equal(["cas.UploadUserCertificate", "slb.UploadServerCertificate", "slb.SetDomainExtensionAttribute"], _bench.Writes);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(port, Name));
        Assert.Equal(main.Fingerprint, await Handshake.LeafAsync(port, "main.example.com"));
        Assert.DoesNotContain(_bench.Simulator.Requests, static request => request.Header("x-acs-action") == "UploadServerCertificate" && request.Target.Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Superseded_imports_of_a_region_go_and_those_in_use_stay()
    {
        var (_, id) = _bench.Stored("main", Name);
        _bench.Simulator.AddClbListener("cn-hangzhou", "lb-1", 443, id);
        JsonObject settings = new() { ["loadBalancer"] = "lb-1" };
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Name);
            await _bench.DeployAsync("alibaba-clb", settings, leaf);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await _bench.RetireAsync("alibaba-clb", settings);

        // The one that is bound is the newest; the one that somebody put there is not ours.
        Assert.Equal(3, _bench.Simulator.Calls.Count(static call => call is { Action: "slb.DeleteServerCertificate", Code: null }));
    }

    [Fact]
    public async Task A_certificate_of_another_sites_store_is_told_in_the_plan()
    {
        _bench.Simulator.StoreRegion = "ap-southeast-1";
        var (_, id) = _bench.Stored("of the other site", Name);
        _bench.Simulator.AddListener("ALB", "lsn-1", id);

        using var reading = await _bench.ReadAsync("alibaba-alb", new() { ["listeners"] = new JsonArray("lsn-1") });

        Assert.Equal("target.region", Assert.Single(reading.Refusals).Code);
        Assert.Contains("ap-southeast-1", reading.Refusals[0].Message, StringComparison.Ordinal);
        Assert.Contains("site", reading.Refusals[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_of_an_accelerator_is_replaced_alone()
    {
        var (main, mainId) = _bench.Stored("main", "main.example.com");
        var (_, formerId) = _bench.Stored("former", Name);
        var port = _bench.Simulator.AddAccelerated("lsn-1", mainId, (Name, formerId));
        using var leaf = _bench.Root.IssueLeaf(Name);

        await _bench.DeployAsync("alibaba-ga", new() { ["accelerator"] = "ga-1", ["listener"] = "lsn-1", ["domains"] = new JsonArray(Name) }, leaf);

        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(port, Name));
        Assert.Equal(main.Fingerprint, await Handshake.LeafAsync(port, "main.example.com"));
    }

    [Theory]
    [InlineData("alibaba-alb", """{"listeners":["lsn-none"]}""", "cloud.not-found")]
    [InlineData("alibaba-nlb", """{"listeners":["lsn-none"]}""", "cloud.not-found")]
    [InlineData("alibaba-clb", """{"loadBalancer":"lb-none"}""", "cloud.not-found")]
    [InlineData("alibaba-clb", """{"loadBalancer":"lb-1","domains":["no.example.com"]}""", "target.update-only")]
    [InlineData("alibaba-ga", """{"accelerator":"ga-1","listener":"lsn-none"}""", "cloud.not-found")]
    [InlineData("alibaba-ga", """{"accelerator":"ga-1","listener":"lsn-1","domains":["no.example.com"]}""", "target.update-only")]
    [InlineData("alibaba-mse", """{"gateway":"gw-1","domains":["no.example.com"]}""", "cloud.not-found")]
    [InlineData("alibaba-mse", """{"gateway":"gw-1","domains":["plain.example.com"]}""", "target.update-only")]
    [InlineData("alibaba-sae-alb", """{"ingress":1}""", "cloud.not-found")]
    [InlineData("alibaba-sae-clb", """{"ingress":87}""", "target.settings")]
    [InlineData("alibaba-waf", """{"domains":["plain.example.com"]}""", "target.update-only")]
    [InlineData("alibaba-esa", """{"site":"example.org"}""", "cloud.not-found")]
    [InlineData("alibaba-esa", """{"site":"example.com"}""", "target.update-only")]
    public async Task A_place_that_is_not_there_or_has_nothing_to_replace_is_told_in_the_plan_and_is_final(string kind, string settings, string code)
    {
        var (_, id) = _bench.Stored("main", "main.example.com");
        _bench.Simulator.AddClbListener("cn-hangzhou", "lb-1", 443, id);
        _bench.Simulator.AddAccelerated("lsn-1", id);
        _bench.Simulator.AddGatewayDomain("gw-1", "plain.example.com", null);
        _bench.Simulator.AddWafDomain("plain.example.com", null);
        _bench.Simulator.AddIngress("cn-hangzhou", 87, "alb", "main.example.com", id);
        _bench.Simulator.AddEsaSite("example.com", "main.example.com", id);
        using var leaf = _bench.Root.IssueLeaf(Name);
        var read = JsonNode.Parse(settings)!.AsObject();

        using var reading = await _bench.ReadAsync(kind, read, Name);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(kind, read, leaf, Name));

        Assert.Equal((code, code), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.NotEqual("", reading.Refusals[0].Remedy);
        Assert.Empty(_bench.Writes);
    }
}
