using Certrelay.Certificates;
using Certrelay.Simulators;
using Certrelay.Simulators.Aws;
using Certrelay.Targets;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Targets.Aws.AwsBench;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>Listeners of Application and Network Load Balancers: the default certificate and those chosen by name.</summary>
public sealed class AwsListenerTargetTests : IAsyncLifetime
{
    private readonly TestCertificate _old = TestCertificates.Leaf(Www);
    private readonly TestCertificate _new = TestCertificates.Leaf(Www, "shop.example.com");
    private AwsBench _bench = null!;
    private LoadBalancer _balancer = null!;

    public async Task InitializeAsync()
    {
        _bench = await StartAsync();
        _balancer = _bench.Cloud.AddLoadBalancer(Region, LoadBalancerKind.Application, "shop");
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _old.Dispose();
        _new.Dispose();
    }

    public static TheoryData<string, string, string> Kinds => new() { { "aws-alb", "HTTPS", "app" }, { "aws-nlb", "TLS", "net" } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_default_certificate_is_replaced_a_second_time_without_a_write_and_brought_back(string name, string protocol, string family)
    {
        var kind = DeployTargets.Find(name)!;
        var balancer = _bench.Cloud.AddLoadBalancer(Region, family == "app" ? LoadBalancerKind.Application : LoadBalancerKind.Network, "one");
        var listener = balancer.AddListener(443, protocol, _bench.Add(_old));
        var settings = new { account = CloudAccount, listeners = new[] { listener.Arn } };
        var before = await _bench.ReadAsync(kind, settings, _new);

        Assert.All(await _bench.DeployAsync(kind, settings, _new), static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "127.0.0.1"));
        await _bench.DeployAsync(kind, settings, _new);
        Assert.Equal(["acm.ImportCertificate", "elbv2.ModifyListener"], _bench.Writes);
        Assert.Equal(_new.Fingerprint, Assert.Single((await _bench.ReadAsync(kind, settings, _new)).Resources).Fingerprint);

        await _bench.RestoreAsync(kind, settings, _new, before);
        Assert.Equal(_old.Fingerprint, await Handshake.LeafAsync(listener.Tls.Port, "127.0.0.1"));
        Assert.Equal(_old.Fingerprint, Assert.Single(before.Resources).Fingerprint);
    }

    [Fact]
    public async Task A_certificate_chosen_by_name_stands_in_for_those_that_it_covers_and_leaves_the_others()
    {
        using var other = TestCertificates.Leaf("other.example.com");
        using var wider = TestCertificates.Leaf(Www, "more.example.com");
        using var authority = TestCertificates.Root("Rsa Root", TestKey.Rsa());
        using var twin = authority.Issue(new TestCertificateOptions { Names = [Www], Key = TestKey.Rsa() });
        var listener = _balancer.AddListener(443, "HTTPS", _bench.Add(other));
        string[] list = [_bench.Add(_old), _bench.Add(other), _bench.Add(wider), _bench.Add(twin)];
        await FillAsync(listener, list);
        var settings = Sni(listener);
        var before = await _bench.ReadAsync(AwsAlbTarget.Kind, settings, _new);

        Assert.Equal([_old.Fingerprint, twin.Fingerprint], before.Resources.Select(static resource => resource.Fingerprint!.Value));
        await _bench.DeployAsync(AwsAlbTarget.Kind, settings, _new);
        Assert.Equal([.. list[1..], _bench.Cloud.CertificatesIn(Region)[^1]], listener.FurtherCertificates);
        await _bench.DeployAsync(AwsAlbTarget.Kind, settings, _new);
        Assert.Equal(["acm.ImportCertificate", "elbv2.AddListenerCertificates", "elbv2.RemoveListenerCertificates"], _bench.Writes.Skip(list.Length));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "shop.example.com"));

        await _bench.RestoreAsync(AwsAlbTarget.Kind, settings, _new, before);
        Assert.Equal(list.Order(StringComparer.Ordinal), listener.FurtherCertificates.Order(StringComparer.Ordinal));
        Assert.Equal(other.Fingerprint, await Handshake.LeafAsync(listener.Tls.Port, "shop.example.com"));
    }

    [Fact]
    public async Task The_first_certificate_for_a_name_is_added_and_taken_off_again()
    {
        var listener = _balancer.AddListener(443, "HTTPS", _bench.Add(_old));
        var before = await _bench.ReadAsync(AwsAlbTarget.Kind, Sni(listener), _new);

        Assert.Null(Assert.Single(before.Resources).Bound);
        await _bench.DeployAsync(AwsAlbTarget.Kind, Sni(listener), _new);
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "shop.example.com"));
        Assert.Equal(_new.Fingerprint, Assert.Single((await _bench.ReadAsync(AwsAlbTarget.Kind, Sni(listener), _new)).Resources).Fingerprint);
        await _bench.RestoreAsync(AwsAlbTarget.Kind, Sni(listener), _new, before);

        Assert.Empty(listener.FurtherCertificates);
    }

    [Fact]
    public async Task A_listener_that_refuses_does_not_keep_its_neighbours_from_the_certificate()
    {
        var id = _bench.Add(_old);
        var (bad, good) = (_balancer.AddListener(443, "HTTPS", id), _balancer.AddListener(8443, "HTTPS", id));
        _bench.Cloud.Refuse(bad.Arn, "InvalidConfigurationRequest");

        var outcomes = await _bench.DeployAsync(AwsAlbTarget.Kind, Default(bad, good), _new);

        Assert.Equal([false, true], outcomes.Select(static outcome => outcome.Succeeded));
        Assert.Equal(FindingCodes.CloudRefused.Code, outcomes[0].Code);
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(good.Tls!.Port, Www));
    }

    [Fact]
    public async Task A_certificate_that_the_load_balancer_does_not_know_yet_is_bound_later_and_not_uploaded_again()
    {
        _bench.Cloud.Limits.Visibility = TimeSpan.FromMinutes(10);
        var listener = _balancer.AddListener(443, "HTTPS", _bench.Add(_old));

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var later = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new));
            Assert.Equal((FindingCodes.CloudBusy.Code, TimeSpan.FromSeconds(5)), (later.Code, later.RetryAfter));
        }

        Assert.Equal(["acm.ImportCertificate"], _bench.Writes);
    }

    [Fact]
    public async Task An_upload_that_somebody_removed_is_made_anew()
    {
        var (first, second) = (_balancer.AddListener(443, "HTTPS", _bench.Add(_old)), _balancer.AddListener(8443, "HTTPS", _bench.Add(_old)));
        await _bench.DeployAsync(AwsAlbTarget.Kind, Default(first), _new);
        var upload = first.DefaultCertificate!;
        await _bench.RestoreAsync(AwsAlbTarget.Kind, Default(first), _new, await BeforeAsync(second, first));
        await RemoveAsync(upload);

        await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(AwsAlbTarget.Kind, Default(first), _new));
        await _bench.DeployAsync(AwsAlbTarget.Kind, Default(first), _new);

        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(first.Tls!.Port, Www));
        Assert.NotEqual(upload, first.DefaultCertificate);
    }

    [Fact]
    public async Task A_plan_tells_each_write_and_makes_none()
    {
        var old = _bench.Add(_old);
        var listener = _balancer.AddListener(443, "HTTPS", old);
        var plan = new CloudPlan();

        var outcomes = await _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new, plan);
        Assert.Empty(_bench.Writes);
        await _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new);

        Assert.All(outcomes, static outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(_bench.Writes, plan.Calls.Select(static call => call.Action));
        Assert.Equal([null, old], plan.Calls.Select(static call => call.Replaces));
    }

    [Fact]
    public async Task A_server_certificate_that_is_bound_is_read_and_brought_back()
    {
        var (arn, _) = _bench.Cloud.AddServerCertificate("legacy", "/", _old.Pem, Chain(_old), _old.KeyPem);
        var listener = _balancer.AddListener(443, "HTTPS", arn);
        var before = await _bench.ReadAsync(AwsAlbTarget.Kind, Default(listener), _new);

        await _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new);
        await _bench.RestoreAsync(AwsAlbTarget.Kind, Default(listener), _new, before);

        Assert.Equal((_old.Fingerprint, arn), (before.Resources[0].Fingerprint!.Value, listener.DefaultCertificate));
    }

    [Theory]
    [InlineData("a listener of a network load balancer", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/my-lb/50dc6c495c0c9188/f2f7dc8efc522ab2")]
    [InlineData("a load balancer", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-lb/50dc6c495c0c9188")]
    [InlineData("no ARN", "my-lb")]
    public void Settings_that_name_no_listener_are_refused(string description, string listener)
    {
        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { account = CloudAccount, listeners = new[] { listener } });

        Assert.True(AwsAlbTarget.Kind.Check(settings, null!) is [{ Path: "listeners[0]" }], description);
    }

    [Fact]
    public async Task A_listener_of_the_other_partition_is_refused()
    {
        var settings = new { account = CloudAccount, listeners = new[] { "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:listener/app/my-lb/50dc6c495c0c9188/f2f7dc8efc522ab2" } };

        Assert.Equal(FindingCodes.TargetAccount.Code, Assert.Single(await _bench.RefusalsAsync(AwsAlbTarget.Kind, settings, _new)).Code);
    }

    [Fact]
    public async Task Throttling_is_transient_and_a_server_error_too()
    {
        var listener = _balancer.AddListener(443, "HTTPS", _bench.Add(_old));
        _bench.Cloud.Rudeness.Add(new FaultRule("elbv2.ModifyListener", Fault.ServerError, 1, TimeSpan.Zero));

        Assert.Equal(FindingCodes.CloudUnavailable.Code, (await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new))).Code);
        await _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), _new);
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, Www));
        Assert.Equal(["acm.ImportCertificate", "elbv2.ModifyListener"], _bench.Writes);

        _bench.Cloud.Rudeness.Add(new FaultRule("elbv2.DescribeListenerCertificates", Fault.Throttle, 1, TimeSpan.Zero));
        Assert.Equal(FindingCodes.CloudThrottled.Code, (await Assert.ThrowsAsync<Transient>(() => _bench.ReadAsync(AwsAlbTarget.Kind, Default(listener), _new))).Code);
    }

    [Fact]
    public async Task Superseded_uploads_of_ours_are_removed_and_no_others()
    {
        var theirs = _bench.Add(_old);
        var listener = _balancer.AddListener(443, "HTTPS", theirs);
        using var second = TestCertificates.Leaf(Www);
        using var third = TestCertificates.Leaf(Www);
        foreach (var leaf in (TestCertificate[])[_new, second, third])
            await _bench.DeployAsync(AwsAlbTarget.Kind, Default(listener), leaf);

        await _bench.RetireAsync(AwsAlbTarget.Kind, Default(listener), third);

        Assert.Equal([theirs, listener.DefaultCertificate!], _bench.Cloud.CertificatesIn(Region));
        Assert.Equal(third.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, Www));
    }

    private const string CloudAccount = Calls.CloudBench.Account;

    private static object Default(params Listener[] listeners) => new { account = CloudAccount, listeners = listeners.Select(static one => one.Arn) };

    private static object Sni(params Listener[] listeners) => new { account = CloudAccount, certificate = "sni", listeners = listeners.Select(static one => one.Arn) };

    private async Task<Certrelay.Records.TargetState> BeforeAsync(Listener read, Listener named)
    {
        var state = await _bench.ReadAsync(AwsAlbTarget.Kind, Default(read), _new);
        return new([.. state.Resources.Select(resource => resource with { Id = named.Arn })]);
    }

    private async Task FillAsync(Listener listener, string[] arns)
    {
        using var client = new AwsClient(_bench.Cloud, TimeProvider.System);
        foreach (var arn in arns)
            Assert.Null((await client.ElbV2Async("AddListenerCertificates", ("ListenerArn", listener.Arn), ("Certificates.member.1.CertificateArn", arn))).Code);
    }

    private async Task RemoveAsync(string arn)
    {
        using var client = new AwsClient(_bench.Cloud, TimeProvider.System);
        Assert.Null((await client.AcmAsync("DeleteCertificate", new System.Text.Json.Nodes.JsonObject { ["CertificateArn"] = arn })).Code);
    }
}
