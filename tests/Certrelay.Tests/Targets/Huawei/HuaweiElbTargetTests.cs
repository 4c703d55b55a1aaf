using Certrelay.Simulators.Huawei;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

public sealed class HuaweiElbTargetTests : IAsyncLifetime
{
    private const string Kind = "huawei-elb";
    private const string InPlace = "huawei-elb-certificate";

    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private HuaweiSimulator _simulator = null!;
    private HuaweiBench _bench = null!;
    private string _first = "";
    private string _other = "";
    private string _listener = "";

    private TestCertificate First { get; }

    private TestCertificate Other { get; }

    private TestCertificate Leaf { get; }

    public HuaweiElbTargetTests() =>
        (First, Other, Leaf) = (_authority.IssueLeaf("www.example.com"), _authority.IssueLeaf("api.example.com"), _authority.IssueLeaf("www.example.com"));

    private int Port => _simulator.ElbListeners.PortOf(_listener);

    public async Task InitializeAsync()
    {
        _simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        _bench = await HuaweiBench.OpenAsync(_simulator.Endpoint);
        _first = _simulator.ElbCertificates.Add("first", First.FullChainPem, First.KeyPem, "www.example.com");
        _other = _simulator.ElbCertificates.Add("other", Other.FullChainPem, Other.KeyPem, "api.example.com");
        _listener = _simulator.ElbListeners.Add(_first, [_first, _other]);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _simulator.DisposeAsync();
        First.Dispose();
        Other.Dispose();
        Leaf.Dispose();
    }

    [Fact]
    public async Task One_write_replaces_the_default_and_the_same_id_in_the_list()
    {
        Assert.True(Assert.Single(await _bench.DeployAsync(Kind, Listener(), Leaf)).Succeeded);

        Assert.Equal(["elb.CreateCertificate", "elb.UpdateListener"], Writes());
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(Port, "www.example.com"));
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(Port, "elsewhere.example.com"));
        Assert.Equal(Other.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
    }

    [Fact]
    public async Task By_name_replaces_the_certificate_of_the_same_names_alone()
    {
        Assert.True(Assert.Single(await _bench.DeployAsync(Kind, Listener("sni"), Leaf)).Succeeded);

        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(Port, "www.example.com"));
        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(Port, "elsewhere.example.com"));
        Assert.Equal(Other.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
    }

    [Fact]
    public async Task New_name_is_added_to_the_list_and_a_restore_takes_it_out()
    {
        using var added = _authority.IssueLeaf("new.example.com");
        var before = (await _bench.ReadAsync(Kind, Listener("sni"), "new.example.com")).State;
        Assert.Null(Assert.Single(before.Resources).Bound);

        await _bench.DeployAsync(Kind, Listener("sni"), added);
        Assert.Equal(added.Fingerprint, await Handshake.LeafAsync(Port, "new.example.com"));

        Assert.True(Assert.Single(await _bench.RestoreAsync(Kind, Listener("sni"), before, "new.example.com")).Succeeded);
        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(Port, "new.example.com"));
        Assert.Equal(Other.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("sni")]
    public async Task Restore_brings_the_former_id_back_to_its_place(string place)
    {
        var before = (await _bench.ReadAsync(Kind, Listener(place), "www.example.com")).State;
        Assert.Equal((_first, First.Fingerprint), (before.Resources[0].Bound, before.Resources[0].Fingerprint!.Value));
        await _bench.DeployAsync(Kind, Listener(place), Leaf);

        Assert.True(Assert.Single(await _bench.RestoreAsync(Kind, Listener(place), before, "www.example.com")).Succeeded);

        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(Port, "www.example.com"));
        Assert.Equal(before.Resources, (await _bench.ReadAsync(Kind, Listener(place), "www.example.com")).State.Resources);
        var writes = Writes().Count;
        await _bench.RestoreAsync(Kind, Listener(place), before, "www.example.com");
        Assert.Equal(writes, Writes().Count);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("sni")]
    public async Task Second_deploy_writes_nothing(string place)
    {
        await _bench.DeployAsync(Kind, Listener(place), Leaf);
        var before = Writes().Count;

        await _bench.DeployAsync(Kind, Listener(place), Leaf);

        Assert.Equal(before, Writes().Count);
    }

    [Fact]
    public async Task Names_that_would_be_lost_are_refused()
    {
        using var both = _authority.IssueLeaf("www.example.com", "api.example.com");
        await _bench.DeployAsync(Kind, Listener("sni"), both);

        var (_, refusals) = await _bench.ReadAsync(Kind, Listener("sni"), "www.example.com");

        Assert.Equal(["target.not-covered api.example.com"], refusals);
        Assert.Equal("target.not-covered", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, Listener("sni"), Leaf))).Code);
        Assert.Equal(both.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
    }

    [Fact]
    public async Task Two_certificates_become_one_and_come_back_as_two()
    {
        using var both = _authority.IssueLeaf("www.example.com", "api.example.com");
        var before = (await _bench.ReadAsync(Kind, Listener("sni"), "www.example.com", "api.example.com")).State;
        Assert.Equal($"{_first},{_other}", before.Resources[0].Bound);

        await _bench.DeployAsync(Kind, Listener("sni"), both);
        Assert.Equal(both.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
        await _bench.RestoreAsync(Kind, Listener("sni"), before, "www.example.com", "api.example.com");

        Assert.Equal(First.Fingerprint, await Handshake.LeafAsync(Port, "www.example.com"));
        Assert.Equal(Other.Fingerprint, await Handshake.LeafAsync(Port, "api.example.com"));
    }

    [Fact]
    public async Task Refused_write_is_permanent_or_comes_back_as_its_status_says()
    {
        _simulator.ElbListeners.Refused.Add(_listener);

        Assert.Equal("cloud.busy", (await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(Kind, Listener(), Leaf))).Code);
    }

    [Fact]
    public async Task Full_store_makes_room_by_what_we_no_longer_use()
    {
        _simulator.ElbCertificates.Quota = 4;
        using var next = _authority.IssueLeaf("www.example.com");
        using var last = _authority.IssueLeaf("www.example.com");
        await _bench.DeployAsync(Kind, Listener(), Leaf);
        await _bench.DeployAsync(Kind, Listener(), next);

        await _bench.DeployAsync(Kind, Listener(), last);

        Assert.Equal(last.Fingerprint, await Handshake.LeafAsync(Port, "www.example.com"));
        Assert.Contains(_first, _simulator.ElbCertificates.Ids);
        Assert.Equal(4, _simulator.ElbCertificates.Ids.Count);
    }

    [Fact]
    public async Task Full_store_of_others_is_permanent()
    {
        _simulator.ElbCertificates.Quota = 2;

        Assert.Equal("cloud.quota", (await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, Listener(), Leaf))).Code);

        Assert.Equal(2, _simulator.ElbCertificates.Ids.Count);
    }

    [Fact]
    public async Task Plan_names_what_would_be_replaced()
    {
        var plan = new CloudPlan();

        await _bench.DeployAsync(Kind, Listener(), Leaf, plan: plan);

        Assert.Empty(Writes());
        Assert.Equal(["elb.CreateCertificate", "elb.UpdateListener"], plan.Calls.Select(static call => call.Action));
        Assert.Equal(_first, plan.Calls[1].Replaces);
    }

    [Fact]
    public async Task In_place_keeps_the_id_for_every_listener_and_the_names_it_is_chosen_by()
    {
        var second = _simulator.ElbListeners.Add(_other, [_first]);
        var settings = new { account = HuaweiBench.Account, certificate = _first };
        Assert.Equal((_first, First.Fingerprint), (await _bench.ReadAsync(InPlace, settings)).State.Resources is [var one] ? (one.Bound, one.Fingerprint!.Value) : default);

        Assert.True(Assert.Single(await _bench.DeployAsync(InPlace, settings, Leaf)).Succeeded);
        Assert.True(Assert.Single(await _bench.DeployAsync(InPlace, settings, Leaf)).Succeeded);

        Assert.Equal(["elb.UpdateCertificate"], Writes());
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(Port, "elsewhere.example.com"));
        Assert.Equal(Leaf.Fingerprint, await Handshake.LeafAsync(_simulator.ElbListeners.PortOf(second), "www.example.com"));
    }

    private object Listener(string place = "default") => new { account = HuaweiBench.Account, listener = _listener, place };

    private List<string> Writes() => [.. _simulator.Calls.Where(static call => call.Writes).Select(static call => call.Action)];
}
