using Certrelay.Certificates;
using Certrelay.Simulators.Aws;
using Certrelay.Targets.Aws;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;
using static Certrelay.Tests.Targets.Aws.AwsBench;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>Listeners of a Classic Load Balancer.</summary>
public sealed class AwsClbTargetTests : IAsyncLifetime
{
    private readonly TestCertificate _old = TestCertificates.Leaf(Www);
    private readonly TestCertificate _new = TestCertificates.Leaf(Www);
    private AwsBench _bench = null!;
    private LoadBalancer _balancer = null!;

    public async Task InitializeAsync()
    {
        _bench = await StartAsync();
        _balancer = _bench.Cloud.AddLoadBalancer(Region, LoadBalancerKind.Classic, "shop");
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Each_port_gets_the_certificate_once_and_the_former_one_comes_back()
    {
        var id = _bench.Add(_old);
        var (first, second) = (_balancer.AddListener(443, "HTTPS", id), _balancer.AddListener(993, "SSL", id));
        _balancer.AddListener(80, "HTTP", null);
        var before = await _bench.ReadAsync(AwsClbTarget.Kind, Settings(443, 993), _new);

        Assert.Equal(["shop:443", "shop:993"], (await _bench.DeployAsync(AwsClbTarget.Kind, Settings(443, 993), _new)).Select(static outcome => outcome.Id));
        await _bench.DeployAsync(AwsClbTarget.Kind, Settings(443, 993), _new);
        Assert.Equal(["acm.ImportCertificate", "elb.SetLoadBalancerListenerSSLCertificate", "elb.SetLoadBalancerListenerSSLCertificate"], _bench.Writes);
        foreach (var listener in (Listener[])[first, second])
            Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, Www));
        Assert.All((await _bench.ReadAsync(AwsClbTarget.Kind, Settings(443, 993), _new)).Resources, resource => Assert.Equal(_new.Fingerprint, resource.Fingerprint));

        await _bench.RestoreAsync(AwsClbTarget.Kind, Settings(443, 993), _new, before);
        Assert.Equal((id, id), (first.DefaultCertificate, second.DefaultCertificate));
    }

    [Fact]
    public async Task A_port_without_a_listener_is_refused_before_any_write()
    {
        _balancer.AddListener(443, "HTTPS", _bench.Add(_old));

        Assert.Equal("shop:444", Assert.Single(await _bench.RefusalsAsync(AwsClbTarget.Kind, Settings(443, 444), _new)).Scope);
        Assert.Equal(FindingCodes.CloudNotFound.Code, (await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(AwsClbTarget.Kind, Settings("other", 443), _new))).Code);
    }

    [Fact]
    public async Task One_refused_port_does_not_keep_the_other_from_the_certificate()
    {
        var id = _bench.Add(_old);
        _balancer.AddListener(443, "HTTPS", id);
        var good = _balancer.AddListener(8443, "HTTPS", id);
        _bench.Cloud.Refuse("shop:443", "InvalidConfigurationRequest");

        var outcomes = await _bench.DeployAsync(AwsClbTarget.Kind, Settings(443, 8443), _new);

        Assert.Equal([false, true], outcomes.Select(static outcome => outcome.Succeeded));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(good.Tls!.Port, Www));
    }

    private static object Settings(params int[] ports) => Settings("shop", ports);

    private static object Settings(string balancer, params int[] ports) => new { account = CloudBench.Account, region = Region, loadBalancer = balancer, ports };
}
