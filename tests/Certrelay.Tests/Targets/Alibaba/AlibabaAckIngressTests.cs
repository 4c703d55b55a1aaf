using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Kubernetes;
using Certrelay.Targets;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>An Ingress of a cluster gets a new Secret; Secrets of others are not touched, and what others declare is not forced.</summary>
public sealed class AlibabaAckIngressTests : IAsyncLifetime
{
    private const string Kind = "alibaba-ack-ingress";
    private const string Host = "www.example.com";

    private readonly JsonObject _settings = new() { ["cluster"] = "c905", ["namespace"] = "web", ["ingress"] = "shop", ["host"] = Host };
    private AlibabaBench _bench = null!;
    private KubernetesCluster _cluster = null!;
    private TestCertificate _former = null!;

    public async Task InitializeAsync()
    {
        _bench = await AlibabaBench.StartAsync();
        _former = _bench.Root.IssueLeaf(Host);
        _cluster = _bench.Simulator.AddCluster("c905");
        _cluster.AddSecret("web", "shop-tls", _former.FullChainPem, _former.KeyPem);
    }

    public async Task DisposeAsync()
    {
        _former.Dispose();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task A_new_secret_is_made_and_the_old_one_stays_as_it_was()
    {
        _cluster.AddIngress("web", "shop", "kubectl-client-side-apply", "create", (["api.example.com"], "api-tls"), ([Host], "shop-tls"));
        var before = _cluster.Show("Secret", "web", "shop-tls");
        using var leaf = _bench.Root.IssueLeaf(Host);

        var plan = await _bench.PlanAsync(Kind, _settings, leaf, Host);
        await _bench.DeployAsync(Kind, _settings, leaf, Host);

        var name = $"certrelay-shop-{leaf.Fingerprint.Prefix}";
        Assert.Equal(before, _cluster.Show("Secret", "web", "shop-tls"));
        Assert.Equal(["shop-tls", name], _cluster.Names("Secret"));
        var made = JsonNode.Parse(_cluster.Show("Secret", "web", name)!)!;
        Assert.Equal(("kubernetes.io/tls", true, "certrelay"), ((string)made["type"]!, (bool)made["immutable"]!, (string)made["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]!));
        Assert.Equal(["certrelay Apply"], Managers(made));
        var tls = JsonNode.Parse(_cluster.Show("Ingress", "web", "shop")!)!["spec"]!["tls"]!;
        Assert.Equal(("api-tls", name), ((string)tls[0]!["secretName"]!, (string)tls[1]!["secretName"]!));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
        Assert.Equal(["k8s.ApplySecret", "k8s.PatchIngress"], plan.Select(static call => call.Action));
        Assert.Contains("kubectl-client-side-apply set it last", plan[1].What, StringComparison.Ordinal);
        Assert.Equal("shop-tls", plan[1].Replaces);
    }

    [Fact]
    public async Task A_manager_that_declares_the_list_is_named_and_not_forced()
    {
        _cluster.AddIngress("web", "shop", "flux", "apply", ([Host], "shop-tls"));
        var before = _cluster.Show("Ingress", "web", "shop");
        using var leaf = _bench.Root.IssueLeaf(Host);

        using var reading = await _bench.ReadAsync(Kind, _settings, Host);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));

        Assert.Equal(("cloud.conflict", "cloud.conflict"), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.Contains("The manager flux declares spec.tls", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--field-manager=certrelay", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, _cluster.Show("Ingress", "web", "shop"));
        Assert.Equal(["shop-tls"], _cluster.Names("Secret"));
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task A_list_that_was_handed_over_is_ours_to_change()
    {
        _cluster.AddIngress("web", "shop", "flux", "apply", ([Host], "shop-tls"));
        // As the remedy says: the same once more under our name, then without it under the other.
        _cluster.AddIngress("web", "shop", "certrelay", "apply", ([Host], "shop-tls"));
        var without = JsonNode.Parse("""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"shop","namespace":"web"},"spec":{"ingressClassName":"nginx"}}""")!.AsObject();
        _cluster.Put(without, "flux", "apply");
        using var leaf = _bench.Root.IssueLeaf(Host);

        await _bench.DeployAsync(Kind, _settings, leaf, Host);

        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Fact]
    public async Task A_secret_of_somebody_else_with_our_name_is_left_alone_and_its_manager_named()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(Host);
        using var other = _bench.Root.IssueLeaf(Host);
        var name = $"certrelay-shop-{leaf.Fingerprint.Prefix}";
        _cluster.AddSecret("web", name, other.FullChainPem, other.KeyPem, "helm");
        var before = _cluster.Show("Secret", "web", name);

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));

        Assert.Equal("cloud.conflict", fault.Code);
        Assert.Contains("set by helm", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, _cluster.Show("Secret", "web", name));
        Assert.Equal(_former.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Fact]
    public async Task A_restore_refers_to_the_former_secret_and_a_lost_one_is_told()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(Host);
        using var reading = await _bench.ReadAsync(Kind, _settings, Host);
        Assert.Equal(("shop-tls", true, _former.Fingerprint), (reading.State.Resources[0].Bound, reading.State.Resources[0].Restorable, reading.State.Resources[0].Fingerprint!.Value));

        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        await _bench.RestoreAsync(Kind, _settings, reading);
        Assert.Equal(_former.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));

        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        _cluster.Remove("Secret", "web", "shop-tls");
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.RestoreAsync(Kind, _settings, reading));

        Assert.Equal("target.refused", fault.Code);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Fact]
    public async Task A_secret_that_somebody_removed_is_made_again()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(Host);
        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        _cluster.Remove("Secret", "web", $"certrelay-shop-{leaf.Fingerprint.Prefix}");

        await _bench.DeployAsync(Kind, _settings, leaf, Host);

        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
        Assert.Equal(["k8s.ApplySecret", "k8s.PatchIngress", "k8s.ApplySecret"], _bench.Writes);
    }

    [Fact]
    public async Task Superseded_secrets_of_ours_go_and_those_of_others_and_those_in_use_stay()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        var names = new List<string>();
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Host);
            names.Add($"certrelay-shop-{leaf.Fingerprint.Prefix}");
            await _bench.DeployAsync(Kind, _settings, leaf, Host);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        // The oldest is still referred to by somebody's other Ingress; the newest is bound.
        _cluster.AddIngress("web", "old", "kubectl-edit", "create", (["old.example.com"], names[0]));
        await _bench.RetireAsync(Kind, _settings);

        Assert.Equal(["shop-tls", names[0], names[3]], _cluster.Names("Secret"));
    }

    [Fact]
    public async Task A_change_between_the_read_and_the_write_is_read_again()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var other = _bench.Root.IssueLeaf("first.example.com");
        _cluster.AddSecret("web", "first-tls", other.FullChainPem, other.KeyPem);
        using var leaf = _bench.Root.IssueLeaf(Host);
        // Somebody puts another entry before ours, so that our place is theirs.
        _cluster.BehindRead = () => _cluster.EditIngress("web", "shop", "kubectl-edit", (["first.example.com"], "first-tls"), ([Host], "shop-tls"));

        var fault = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));
        Assert.Equal(other.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, "first.example.com"));
        await _bench.DeployAsync(Kind, _settings, leaf, Host);

        Assert.Equal("cloud.busy", fault.Code);
        Assert.Equal(other.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, "first.example.com"));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Theory]
    [InlineData("get ingresses")]
    [InlineData("get secrets")]
    [InlineData("create secrets")]
    [InlineData("patch secrets")]
    [InlineData("patch ingresses")]
    public async Task What_the_role_does_not_allow_is_final_and_told(string denied)
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(Host);
        _cluster.Deny(denied);

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));

        Assert.Equal("cloud.permission", fault.Code);
        Assert.Contains(denied.Replace(" ", " resource \"", StringComparison.Ordinal), fault.Message.Replace("cannot ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(_former.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
        _cluster.Allow(denied);
        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Theory]
    [InlineData("none", Host, "cloud.not-found")]
    [InlineData("shop", "no.example.com", "target.update-only")]
    [InlineData("shop", "bare.example.com", "target.update-only")]
    [InlineData("shop", "twice.example.com", "target.settings")]
    [InlineData("shop", "both.example.com", "target.shared")]
    public async Task A_place_that_cannot_be_changed_alone_is_told_in_the_plan_and_is_final(string ingress, string host, string code)
    {
        _cluster.AddIngress(
            "web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"), (["bare.example.com"], null), (["twice.example.com"], "shop-tls"), (["twice.example.com"], "other-tls"),
            (["both.example.com", "other.example.org"], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(host);
        var settings = _settings.DeepClone().AsObject();
        (settings["ingress"], settings["host"]) = (ingress, host);

        using var reading = await _bench.ReadAsync(Kind, settings, host);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(Kind, settings, leaf, host));

        Assert.Equal((code, code), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task A_cluster_that_fails_stops_its_own_calls_and_no_others_of_the_account()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        var (_, id) = _bench.Stored("former", Host);
        _bench.Simulator.AddCdnDomain(Host, id);
        using var leaf = _bench.Root.IssueLeaf(Host);
        _bench.Simulator.Rudeness.Add(new FaultRule("k8s.GetIngress", Fault.ServerError, 4, TimeSpan.Zero));

        for (var i = 0; i < 4; i++)
            Assert.Equal("cloud.unavailable", (await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(Kind, _settings, leaf, Host))).Code);
        var calls = _cluster.Calls.Count;
        var open = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(Kind, _settings, leaf, Host));
        await _bench.DeployAsync("alibaba-cdn", new() { ["domains"] = new JsonArray(Host) }, leaf);

        Assert.Contains("not sent", open.Message, StringComparison.Ordinal);
        Assert.Equal(calls, _cluster.Calls.Count);
        Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Host));
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    [Fact]
    public async Task A_server_of_another_authority_and_an_address_that_is_not_allowed_are_not_talked_to()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        await using var stranger = new KubernetesCluster("other", _bench.Time, new Rudeness(_bench.Time));
        var (real, wrong) = ($"{await _cluster.StartAsync()}".TrimEnd('/'), $"{await stranger.StartAsync()}".TrimEnd('/'));

        _bench.Simulator.Kubeconfig = _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15)).Replace(real, wrong, StringComparison.Ordinal);
        var untrusted = await Assert.ThrowsAsync<Transient>(() => _bench.ReadAsync(Kind, _settings, Host));
        _bench.Simulator.Kubeconfig = _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15)).Replace(real, "https://100.100.100.200", StringComparison.Ordinal);
        var metadata = await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, _settings, Host));
        _bench.Simulator.Kubeconfig = _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15)).Replace(real, "https://10.0.0.1:6443", StringComparison.Ordinal);
        var inside = await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, _settings, Host));

        Assert.Contains("SecureConnectionError", untrusted.Message, StringComparison.Ordinal);
        Assert.Empty(stranger.Calls);
        Assert.Equal(("probe.forbidden", "probe.forbidden"), (metadata.Code, inside.Code));
        Assert.Contains("Outgoing:Allow", inside.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "false")]
    [InlineData(true, "true")]
    public async Task The_private_address_is_asked_for_only_where_the_settings_say_so(bool isPrivate, string sent)
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        var settings = _settings.DeepClone().AsObject();
        settings["privateEndpoint"] = isPrivate;

        using var reading = await _bench.ReadAsync(Kind, settings, Host);

        Assert.Empty(reading.Refusals);
        var asked = Assert.Single(_bench.Simulator.Requests, static request => request.Header("x-acs-action") == "DescribeClusterUserKubeconfig");
        Assert.Equal(sent, asked.Query.Single(static one => one.Key == "PrivateIpAddress").Value);
    }

    [Fact]
    public async Task A_user_that_the_cluster_does_not_know_leaves_the_account_alone()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        var old = (await _cluster.StartAsync(), _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15))).Item2;
        _bench.Time.Advance(TimeSpan.FromMinutes(16));
        _bench.Simulator.Kubeconfig = old;

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, _settings, Host));
        _bench.Simulator.Kubeconfig = null;
        using var reading = await _bench.ReadAsync(Kind, _settings, Host);

        Assert.Equal("cloud.permission", fault.Code);
        Assert.Empty(reading.Refusals);
    }

    [Fact]
    public async Task Neither_kubeconfig_nor_key_is_in_plan_log_or_fault()
    {
        _cluster.AddIngress("web", "shop", "kubectl-edit", "create", ([Host], "shop-tls"));
        using var leaf = _bench.Root.IssueLeaf(Host);
        await _cluster.StartAsync();
        var kubeconfig = _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15));
        var userKey = kubeconfig.Split('\n').Single(static line => line.Contains("client-key-data", StringComparison.Ordinal)).Split(": ")[1];
        _bench.Simulator.Kubeconfig = kubeconfig;

        var plan = await _bench.PlanAsync(Kind, _settings, leaf, Host);
        await _bench.DeployAsync(Kind, _settings, leaf, Host);
        _bench.Simulator.Kubeconfig = kubeconfig.Replace("client-certificate-data", "exec", StringComparison.Ordinal);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(Kind, _settings, Host));

        var said = string.Join('\n', _bench.Log.Concat(plan.Select(static call => $"{call}")).Append($"{fault}"));
        Assert.DoesNotContain(userKey[..40], said, StringComparison.Ordinal);
        Assert.All(leaf.KeyPem.Split('\n').Where(static line => line.Length > 20 && !line.StartsWith('-')), line => Assert.DoesNotContain(line, said, StringComparison.Ordinal));
        Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(leaf.KeyPem))[..40], said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Web", "../secrets", Host, "ingress namespace")]
    [InlineData("web", "shop.", Host, "ingress")]
    [InlineData("web", "shop.v2", "WWW.example.com", "host")]
    [InlineData("web", "shop", "10.0.0.1", "host")]
    public void Settings_name_objects_and_hosts_in_their_own_form(string @namespace, string ingress, string host, string wrong)
    {
        var faults = DeployTargets.Find(Kind)!.Check(System.Text.Json.JsonSerializer.SerializeToElement(new { account = "a", cluster = "c905", @namespace, ingress, host }), null!);

        Assert.Equal(wrong.Split(' '), faults.Select(static fault => fault.Path).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Managers(JsonNode one) => one["metadata"]!["managedFields"]!.AsArray().Select(static owner => $"{owner!["manager"]} {owner["operation"]}");
}
