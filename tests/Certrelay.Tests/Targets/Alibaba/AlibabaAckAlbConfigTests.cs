using System.Text.Json.Nodes;
using Certrelay.Simulators.Kubernetes;
using Certrelay.Tests.Clouds;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>A listener of an AlbConfig gets another certificate of the store; all else in the AlbConfig stays, and what others declare is not forced.</summary>
public sealed class AlibabaAckAlbConfigTests : IAsyncLifetime
{
    private const string Kind = "alibaba-ack-albconfig";
    private const string Host = "www.example.com";

    private readonly JsonObject _settings = new() { ["cluster"] = "c905", ["albConfig"] = "alb" };
    private AlibabaBench _bench = null!;
    private KubernetesCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _bench = await AlibabaBench.StartAsync();
        _cluster = _bench.Simulator.AddCluster("c905");
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("default")]
    [InlineData("additional")]
    public async Task One_certificate_of_one_listener_is_replaced_and_restored_and_all_else_stays(string which)
    {
        var (_, main) = _bench.Stored("main", which == "default" ? Host : "main.example.org");
        var (further, furtherId) = _bench.Stored("further", which == "default" ? "api.example.org" : Host);
        var ports = _cluster.AddAlbConfig("alb", "kubectl-edit", "create", (8443, [main]), (443, [main, furtherId]));
        using var leaf = _bench.Root.IssueLeaf(Host);
        var settings = _settings.DeepClone().AsObject();
        settings["certificate"] = which;
        var before = Spec();

        using var reading = await _bench.ReadAsync(Kind, settings, Host);
        await _bench.DeployAsync(Kind, settings, leaf, Host);

        var place = which == "default" ? 0 : 1;
        var bound = (string)Spec()["listeners"]![1]!["certificates"]![place]!["CertificateId"]!;
        Assert.Contains(bound, _bench.Simulator.Certificates);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(ports[1], Host));
        Assert.NotEqual(leaf.Fingerprint, await Handshake.LeafAsync(ports[0], Host));
        var expected = before.DeepClone();
        expected["listeners"]![1]!["certificates"]![place]!["CertificateId"] = bound;
        Assert.Equal(expected.ToJsonString(), Spec().ToJsonString());
        await _bench.RestoreAsync(Kind, settings, reading, Host);
        Assert.Equal(before.ToJsonString(), Spec().ToJsonString());
        Assert.NotEqual(further.Fingerprint, leaf.Fingerprint);
    }

    [Fact]
    public async Task A_manager_that_declares_the_listeners_is_named_and_not_forced()
    {
        var (_, id) = _bench.Stored("main", Host);
        _cluster.AddAlbConfig("alb", "argocd-controller", "apply", (443, [id]));
        var before = _cluster.Show("AlbConfig", null, "alb");
        using var leaf = _bench.Root.IssueLeaf(Host);

        using var reading = await _bench.ReadAsync(Kind, _settings, Host);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));

        Assert.Equal(("cloud.conflict", "cloud.conflict"), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.Contains("The manager argocd-controller declares spec.listeners", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, _cluster.Show("AlbConfig", null, "alb"));
        Assert.Empty(_bench.Writes);
    }

    [Theory]
    [InlineData("none", 443, "default", "cloud.not-found")]
    [InlineData("alb", 444, "default", "cloud.not-found")]
    [InlineData("alb", 80, "default", "target.update-only")]
    [InlineData("alb", 443, "additional", "target.update-only")]
    [InlineData("alb", 8443, "additional", "target.settings")]
    public async Task A_place_that_is_not_there_or_not_one_is_told_in_the_plan_and_is_final(string config, int port, string which, string code)
    {
        var (_, id) = _bench.Stored("main", Host);
        var (_, other) = _bench.Stored("other", Host);
        _cluster.AddAlbConfig("alb", "kubectl-edit", "create", (443, [id]), (80, []), (8443, [id, id, other]));
        using var leaf = _bench.Root.IssueLeaf(Host);
        var settings = new JsonObject { ["cluster"] = "c905", ["albConfig"] = config, ["port"] = port, ["certificate"] = which };

        using var reading = await _bench.ReadAsync(Kind, settings, Host);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, settings, leaf, Host));

        Assert.Equal((code, code), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task What_the_role_does_not_allow_is_final_and_the_rest_of_the_account_goes_on()
    {
        var (former, id) = _bench.Stored("main", Host);
        var port = _cluster.AddAlbConfig("alb", "kubectl-edit", "create", (443, [id]))[0];
        using var leaf = _bench.Root.IssueLeaf(Host);
        _cluster.Deny("patch albconfigs");

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));

        Assert.Equal("cloud.permission", fault.Code);
        Assert.Contains("albconfigs", fault.Message, StringComparison.Ordinal);
        Assert.Equal(former.Fingerprint, await Handshake.LeafAsync(port, Host));
    }

    private JsonNode Spec() => JsonNode.Parse(_cluster.Show("AlbConfig", null, "alb")!)!["spec"]!;
}
