using Certrelay.Simulators;
using Certrelay.Simulators.Huawei;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

public sealed class HuaweiCdnTargetTests : IAsyncLifetime
{
    private const string Kind = "huawei-cdn";

    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private HuaweiSimulator _simulator = null!;
    private HuaweiBench _bench = null!;

    private TestCertificate First { get; }

    private TestCertificate Leaf { get; }

    public HuaweiCdnTargetTests()
    {
        First = _authority.IssueLeaf("www.example.com", "img.example.com");
        Leaf = _authority.IssueLeaf("www.example.com", "img.example.com");
    }

    public async Task InitializeAsync()
    {
        _simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        _bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _simulator.DisposeAsync();
        First.Dispose();
        Leaf.Dispose();
    }

    [Fact]
    public async Task Binds_each_domain_to_one_upload_and_keeps_the_rest_of_its_configuration()
    {
        _simulator.Cdn.AddDomain("www.example.com", First.Pem, First.KeyPem, http2: true, originProtocol: "follow", forceRedirect: true);
        _simulator.Cdn.AddDomain("img.example.com");

        var outcomes = await _bench.DeployAsync(Kind, Listed("www.example.com", "img.example.com"), Leaf);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(["img.example.com", "www.example.com"], outcomes.Select(static outcome => outcome.Id).Order(StringComparer.Ordinal));
        Assert.Equal(["scm.ImportCertificate", "cdn.UpdateDomainFullConfig", "cdn.UpdateDomainFullConfig"], Writes());
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "www.example.com"));
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "img.example.com"));
        var configs = await ConfigsAsync("www.example.com");
        Assert.Equal("follow", configs["origin_protocol"]!.GetValue<string>());
        Assert.Equal("on", configs["force_redirect"]!["status"]!.GetValue<string>());
        Assert.Equal("on", configs["https"]!["http2_status"]!.GetValue<string>());
        Assert.Equal(0, _simulator.PaidDeployments);
    }

    [Fact]
    public async Task Second_deploy_writes_nothing()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf);
        var before = Writes().Count;

        Assert.True(Assert.Single(await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf)).Succeeded);

        Assert.Equal(before, Writes().Count);
    }

    [Fact]
    public async Task Certificate_that_is_in_the_store_already_is_not_uploaded_again()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        var id = _simulator.Scm.Add("by-hand", Leaf.Pem, _authority.Pem, Leaf.KeyPem);

        await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf);

        Assert.Equal(id, Assert.Single(_simulator.Scm.Ids));
    }

    [Fact]
    public async Task Upload_that_somebody_removed_is_made_again()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("img.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf);
        var former = Assert.Single(_simulator.Scm.Ids);
        _simulator.Cdn.AddDomain("other.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), First, "other");
        using var caller = new HuaweiCaller(_simulator, TimeProvider.System);
        Assert.Equal(204, (await caller.CallAsync("DELETE", $"/v3/scm/certificates/{former}")).Status);

        await _bench.DeployAsync(Kind, Listed("img.example.com"), Leaf);

        Assert.DoesNotContain(former, _simulator.Scm.Ids);
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "img.example.com"));
    }

    [Fact]
    public async Task Restore_brings_back_the_former_certificate_of_the_store_and_turns_off_what_was_off()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("img.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), First);
        var settings = Listed("www.example.com", "img.example.com");
        var before = await _bench.ReadAsync(Kind, settings, "www.example.com", "img.example.com");
        Assert.Equal([First.Fingerprint, null], before.State.Resources.Select(static resource => resource.Fingerprint));
        Assert.All(before.State.Resources, static resource => Assert.True(resource.Restorable));
        await _bench.DeployAsync(Kind, settings, Leaf);

        var outcomes = await _bench.RestoreAsync(Kind, settings, before.State);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "www.example.com"));
        Assert.Null(await Handshake.LeafAsync(_simulator.CdnPort, "img.example.com"));
        Assert.Equal(before.State.Resources, (await _bench.ReadAsync(Kind, settings)).State.Resources);
    }

    [Fact]
    public async Task Certificate_that_CDN_alone_holds_is_kept_with_its_key_and_uploaded_again()
    {
        _simulator.Cdn.AddDomain("www.example.com", First.Pem, First.KeyPem, http2: true);
        var settings = Listed("www.example.com");
        using var reading = await _bench.WithAsync(Kind, settings, static target => target.ReadAsync(CancellationToken.None));
        Assert.True(Assert.Single(reading.State.Resources).Restorable);
        await _bench.DeployAsync(Kind, settings, Leaf);

        Assert.True(Assert.Single(await _bench.RestoreAsync(Kind, settings, reading.State, reading.Backup)).Succeeded);

        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "www.example.com"));
        Assert.Equal("on", (await ConfigsAsync("www.example.com"))["https"]!["http2_status"]!.GetValue<string>());
        Assert.DoesNotContain("PRIVATE KEY", $"{reading} {reading.Backup}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_whose_key_CDN_keeps_to_itself_cannot_be_brought_back()
    {
        _simulator.Cdn.GivesKeys = false;
        _simulator.Cdn.AddDomain("www.example.com", First.Pem, First.KeyPem);
        var before = await _bench.ReadAsync(Kind, Listed("www.example.com"));
        Assert.False(Assert.Single(before.State.Resources).Restorable);
        await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf);

        var outcome = Assert.Single(await _bench.RestoreAsync(Kind, Listed("www.example.com"), before.State));

        Assert.Equal((false, "target.refused"), (outcome.Succeeded, outcome.Code));
    }

    [Fact]
    public async Task Refused_domain_fails_and_its_neighbours_are_bound()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("img.example.com");
        _simulator.Cdn.Refused.Add("www.example.com");

        var outcomes = await _bench.DeployAsync(Kind, Listed("www.example.com", "img.example.com"), Leaf);

        var refused = Assert.Single(outcomes, static outcome => !outcome.Succeeded);
        Assert.Equal(("www.example.com", "cloud.refused"), (refused.Id, refused.Code));
        Assert.Contains("CDN.0105", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "img.example.com"));
    }

    [Fact]
    public async Task Domain_that_is_being_changed_comes_last_and_later()
    {
        _simulator.Cdn.SettlesAfter = TimeSpan.FromMinutes(5);
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("img.example.com");
        using var bundle = First.ToBundle("other");
        await _bench.WithAsync(Kind, Listed("www.example.com"), target => target.DeployAsync(bundle, null, CancellationToken.None));

        var fault = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(Kind, Listed("www.example.com", "img.example.com"), Leaf));

        Assert.Equal("cloud.busy", fault.Code);
        Assert.Contains(_simulator.Calls, static call => call is { Action: "cdn.UpdateDomainFullConfig", Resource: "img.example.com", Code: null });
    }

    [Fact]
    public async Task Domains_that_the_certificate_does_not_cover_are_refused_before_any_write()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Cdn.AddDomain("api.example.com");

        var (_, refusals) = await _bench.ReadAsync(Kind, Listed("www.example.com", "api.example.com"), "www.example.com");

        Assert.Equal(["target.not-covered api.example.com"], refusals);
    }

    [Fact]
    public async Task Covered_follows_every_domain_of_the_certificate_and_no_other()
    {
        using var wildcard = _authority.IssueLeaf("*.example.com", "example.org");
        foreach (var domain in (string[])["www.example.com", "*.example.com", "a.b.example.com", "example.org", "www.example.org"])
            _simulator.Cdn.AddDomain(domain);
        var settings = new { account = HuaweiBench.Account, match = "covered" };
        string[] covered = ["*.example.com", "example.org", "www.example.com"];

        Assert.Equal(covered, (await _bench.ReadAsync(Kind, settings, "*.example.com", "example.org")).State.Resources.Select(static resource => resource.Id));
        Assert.Equal(["target.not-covered " + HuaweiBench.Account], (await _bench.ReadAsync(Kind, settings, "www.example.net")).Refusals);
        var outcomes = await _bench.DeployAsync(Kind, settings, wildcard);

        Assert.Equal(covered, outcomes.Select(static outcome => outcome.Id).Order(StringComparer.Ordinal));
        Assert.Equal(wildcard.Fingerprint, await Handshake.LeafAsync(_simulator.CdnPort, "other.example.com"));
    }

    [Fact]
    public async Task Plan_names_every_write_and_sends_none()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), First);
        _simulator.Cdn.AddDomain("img.example.com");
        var (before, id) = (Writes().Count, Assert.Single(_simulator.Scm.Ids));
        var plan = new CloudPlan();

        Assert.All(await _bench.DeployAsync(Kind, Listed("www.example.com", "img.example.com"), Leaf, plan: plan), static outcome => Assert.True(outcome.Succeeded));

        Assert.Equal(before, Writes().Count);
        Assert.Equal(["scm.ImportCertificate", "cdn.UpdateDomainFullConfig", "cdn.UpdateDomainFullConfig"], plan.Calls.Select(static call => call.Action));
        Assert.Equal([null, id, null], plan.Calls.Select(static call => call.Replaces));
        Assert.Contains("Turn HTTPS of img.example.com on", plan.Calls[2].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Superseded_upload_is_retired_once_nothing_uses_it()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        var byHand = _simulator.Scm.Add("by-hand", First.Pem, null, First.KeyPem);
        using var second = _authority.IssueLeaf("www.example.com");
        await _bench.DeployAsync(Kind, Listed("www.example.com"), second);
        var before = (await _bench.ReadAsync(Kind, Listed("www.example.com"))).State;
        await _bench.RetireAsync(Kind, Listed("www.example.com"), before);
        Assert.Equal(2, _simulator.Scm.Ids.Count);
        await _bench.DeployAsync(Kind, Listed("www.example.com"), Leaf);

        await _bench.RetireAsync(Kind, Listed("www.example.com"), before);

        Assert.DoesNotContain(before.Resources[0].Bound!, _simulator.Scm.Ids);
        Assert.Contains(byHand, _simulator.Scm.Ids);
    }

    [Fact]
    public async Task Server_error_is_asked_again_later()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Rudeness.Add(new FaultRule("cdn.ShowDomainFullConfig", Fault.ServerError, 1, TimeSpan.Zero));

        Assert.Equal("cloud.unavailable", (await Assert.ThrowsAsync<Transient>(() => _bench.ReadAsync(Kind, Listed("www.example.com")))).Code);

        Assert.Single((await _bench.ReadAsync(Kind, Listed("www.example.com"))).State.Resources);
    }

    [Fact]
    public async Task Throttled_action_is_not_called_again_at_once()
    {
        _simulator.Cdn.AddDomain("www.example.com");
        _simulator.Rudeness.Add(new FaultRule("cdn.ShowDomainFullConfig", Fault.Throttle, 1, TimeSpan.Zero));

        Assert.False((await Assert.ThrowsAsync<Transient>(() => _bench.ReadAsync(Kind, Listed("www.example.com")))).Waits);
        await _bench.ReadAsync(Kind, Listed("www.example.com"));

        // The vendor names no delay: a second is waited for.
        var calls = _simulator.Calls.Where(static call => call.Action == "cdn.ShowDomainFullConfig").ToList();
        Assert.Equal(2, calls.Count);
        Assert.True(calls[1].At - calls[0].At >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Refused_credentials_are_sent_once_and_never_again()
    {
        await using var bench = await HuaweiBench.OpenAsync(_simulator.Endpoint, secret: "EXAMPLEanotherKeyNotReal00000000000001");

        for (var attempt = 0; attempt < 8; attempt++)
            Assert.Equal("cloud.credentials", (await Assert.ThrowsAsync<Permanent>(() => bench.ReadAsync(Kind, Listed("www.example.com")))).Code);

        Assert.Equal("APIGW.0301", Assert.Single(_simulator.Calls).Code);
    }

    [Fact]
    public async Task Unknown_domain_is_permanent() =>
        Assert.Equal("cloud.not-found", (await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, Listed("www.example.com")))).Code);

    private static object Listed(params string[] domains) => new { account = HuaweiBench.Account, domains };

    private List<string> Writes() => [.. _simulator.Calls.Where(static call => call.Writes).Select(static call => call.Action)];

    private async Task<System.Text.Json.Nodes.JsonNode> ConfigsAsync(string domain)
    {
        using var caller = new HuaweiCaller(_simulator, TimeProvider.System);
        return (await caller.CallAsync("GET", $"/v1.1/cdn/configuration/domains/{domain}/configs")).Body!["configs"]!;
    }
}
