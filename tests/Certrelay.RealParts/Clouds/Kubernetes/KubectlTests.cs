using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Records;
using Certrelay.Simulators.Alibaba;
using Certrelay.Simulators.Kubernetes;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Kubernetes;

/// <summary>The real kubectl makes what is there and sees what became of it.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Host = "www.example.com";

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private AlibabaSimulator _alibaba = null!;
    private KubernetesCluster _cluster = null!;
    private RolloutBench _product = null!;
    private TestCertificate _former = null!;
    private TestCertificate _next = null!;

    public async Task InitializeAsync()
    {
        (_former, _next) = (_authority.IssueLeaf(Host), _authority.IssueLeaf(Host));
        _alibaba = await AlibabaSimulator.StartAsync(TimeProvider.System);
        _cluster = _alibaba.AddCluster("c905");
        await _cluster.StartAsync();
        await WriteAsync("kubeconfig", _cluster.Kubeconfig("me", TimeSpan.FromMinutes(15)));
        await WriteAsync("secret.json", SecretOf("shop-tls"));
        await WriteAsync("ingress.json", $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"shop"},"spec":{"tls":[{"hosts":["{{{Host}}}"],"secretName":"shop-tls"}],"rules":[{"host":"{{{Host}}}"}]}}""");
        _product = new RolloutBench(_folder.Path, clouds: new CloudOptions { Endpoints = new Dictionary<string, string> { ["alibaba"] = $"{_alibaba.Endpoint}" } });
        await _product.AccountAsync("alibaba", CloudVendor.Alibaba, AlibabaCredentials.Example.AccessKeyId, AlibabaCredentials.Example.AccessKeySecret, region: "cn-hangzhou");
        await _product.UploadAsync("shop", _next);
        await _product.TargetAsync(new TargetDescription
        {
            Name = "shop",
            Kind = "alibaba-ack-ingress",
            Settings = JsonSerializer.SerializeToElement(new { account = "alibaba", cluster = "c905", @namespace = "web", ingress = "shop", host = Host }),
            Certificate = "shop",
            Endpoints = [new Endpoint(Host, _cluster.IngressPort) { Addresses = ["127.0.0.1"] }],
            Window = TimeSpan.FromSeconds(20),
            Samples = 1,
        });
    }

    public async Task DisposeAsync()
    {
        await _product.DisposeAsync();
        await _alibaba.DisposeAsync();
        _folder.Dispose();
    }

    [RealFact("kubectl")]
    public async Task A_rollout_leaves_a_new_secret_beside_an_untouched_old_one()
    {
        await KubectlAsync("create", "-f", PathOf("secret.json"), "--validate=false");
        await KubectlAsync("create", "-f", PathOf("ingress.json"), "--validate=false");
        var before = await KubectlAsync("get", "secret", "shop-tls", "-o", "json", "--show-managed-fields");

        var step = await RollOutAsync();

        Assert.True(step.State == StepState.Verified, $"{step.State} {step.Code} {step.Message}");
        var name = $"certrelay-shop-{_next.Fingerprint.Prefix}";
        var secrets = await KubectlAsync("get", "secret");
        Assert.Contains("shop-tls", secrets, StringComparison.Ordinal);
        Assert.Contains(name, secrets, StringComparison.Ordinal);
        Assert.Equal(before, await KubectlAsync("get", "secret", "shop-tls", "-o", "json", "--show-managed-fields"));
        var made = JsonNode.Parse(await KubectlAsync("get", "secret", name, "-o", "json"))!;
        Assert.Equal(("kubernetes.io/tls", Base64(_next.FullChainPem)), ((string)made["type"]!, (string)made["data"]!["tls.crt"]!));
        Assert.Equal(name, (await KubectlAsync("get", "ingress", "shop", "-o", "jsonpath={.spec.tls[0].secretName}")).Trim());
        Assert.Equal(_next.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));

        // Nobody takes ours unasked either: the cluster tells kubectl whose it is.
        await WriteAsync("taken.json", SecretOf(name));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => KubectlAsync("apply", "--server-side", "--validate=false", "-f", PathOf("taken.json")));
        Assert.Contains("conflict", refused.Message, StringComparison.Ordinal);
        Assert.Contains("certrelay", refused.Message, StringComparison.Ordinal);
    }

    [RealFact("kubectl")]
    public async Task What_kubectl_declares_is_reported_as_a_conflict_and_never_forced()
    {
        await KubectlAsync("apply", "--server-side", "--validate=false", "-f", PathOf("secret.json"));
        await KubectlAsync("apply", "--server-side", "--validate=false", "-f", PathOf("ingress.json"));
        var before = await KubectlAsync("get", "ingress", "shop", "-o", "json", "--show-managed-fields");

        var step = await RollOutAsync();

        Assert.Equal((StepState.Blocked, "cloud.conflict"), (step.State, step.Code));
        Assert.Contains("The manager kubectl declares spec.tls", step.Message, StringComparison.Ordinal);
        Assert.Equal(before, await KubectlAsync("get", "ingress", "shop", "-o", "json", "--show-managed-fields"));
        Assert.Equal("secret/shop-tls", (await KubectlAsync("get", "secret", "-o", "name")).Trim());

        // Handed over as the message says: the same under our name, then without it under kubectl's.
        await KubectlAsync("apply", "--server-side", "--field-manager=certrelay", "--validate=false", "-f", PathOf("ingress.json"));
        await WriteAsync("rest.json", $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"shop"},"spec":{"rules":[{"host":"{{{Host}}}"}]}}""");
        await KubectlAsync("apply", "--server-side", "--validate=false", "-f", PathOf("rest.json"));
        step = await RollOutAsync();

        Assert.True(step.State == StepState.Verified, $"{step.State} {step.Code} {step.Message}");
        Assert.Equal(_next.Fingerprint, await Handshake.LeafAsync(_cluster.IngressPort, Host));
    }

    private string SecretOf(string name) =>
        $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}"},"type":"kubernetes.io/tls","data":{"tls.crt":"{{{Base64(_former.FullChainPem)}}}","tls.key":"{{{Base64(_former.KeyPem)}}}"}}""";

    private static string Base64(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));

    private string PathOf(string file) => Path.Combine(_folder.Path, file);

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(PathOf(file), text);

    private Task<string> KubectlAsync(params string[] arguments) =>
        RealProcess.RunAsync("kubectl", [$"--kubeconfig={PathOf("kubeconfig")}", $"--cache-dir={PathOf("cache")}", "--namespace=web", .. arguments]);

    private async Task<StepRecord> RollOutAsync()
    {
        await _product.StartAsync();
        var rollout = await _product.RollOutAsync("shop");
        for (var i = 0; i < 300; i++)
        {
            var summary = await _product.SettledAsync(rollout, static _ => true);
            if (summary.Rollout.State != RolloutState.Running)
                return summary.Steps[0];
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException("The rollout does not settle.");
    }
}
