using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators.Aws;
using Certrelay.Targets.Aws;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;
using static Certrelay.Tests.Targets.Aws.AwsBench;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>An ARN of ACM that is imported over.</summary>
public sealed class AwsAcmTargetTests : IAsyncLifetime
{
    private readonly TestCertificate _old = TestCertificates.Leaf(Www);
    private readonly TestCertificate _new = TestCertificates.Leaf(Www);
    private AwsBench _bench = null!;

    public async Task InitializeAsync() => _bench = await StartAsync();

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task What_the_ARN_holds_changes_once_and_all_that_use_it_serve_it()
    {
        var arn = _bench.Add(_old);
        var balancer = _bench.Cloud.AddLoadBalancer(Region, LoadBalancerKind.Network, "shop");
        var listener = balancer.AddListener(443, "TLS", arn);
        var settings = Settings(arn, balancer.Arn);

        Assert.Equal((_old.Fingerprint, arn), Bound(await _bench.ReadAsync(AwsAcmTarget.Kind, settings, _new)));
        Assert.True(Assert.Single(await _bench.DeployAsync(AwsAcmTarget.Kind, settings, _new)).Succeeded);
        await _bench.DeployAsync(AwsAcmTarget.Kind, settings, _new);

        Assert.Equal(["acm.ImportCertificate"], _bench.Writes);
        Assert.Equal([arn], _bench.Cloud.CertificatesIn(Region));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, Www));
        Assert.Equal((_new.Fingerprint, arn), Bound(await _bench.ReadAsync(AwsAcmTarget.Kind, settings, _new)));
        // A restore is the same with the former version, from our own vault.
        await _bench.DeployAsync(AwsAcmTarget.Kind, settings, _old);
        Assert.Equal(_old.Fingerprint, await Handshake.LeafAsync(listener.Tls.Port, Www));
        Assert.True(AwsAcmTarget.Kind.Cloud!.InPlace);
    }

    [Fact]
    public async Task A_user_that_is_not_named_and_a_certificate_that_Amazon_issued_block()
    {
        var issued = _bench.Cloud.AddCertificate(Region, _old.Pem, null, _old.KeyPem, type: "AMAZON_ISSUED");
        var balancer = _bench.Cloud.AddLoadBalancer(Region, LoadBalancerKind.Network, "shop");
        balancer.AddListener(443, "TLS", issued);

        var refusals = await _bench.RefusalsAsync(AwsAcmTarget.Kind, Settings(issued), _new);

        Assert.Equal([(FindingCodes.TargetShared.Code, balancer.Arn), (FindingCodes.TargetRefused.Code, issued)], refusals.Select(static one => (one.Code, one.Scope)));
    }

    [Fact]
    public async Task Another_kind_of_key_is_refused_before_it_is_sent()
    {
        using var authority = TestCertificates.Root("Rsa Root", TestKey.Rsa());
        using var rsa = authority.Issue(new TestCertificateOptions { Names = [Www], Key = TestKey.Rsa() });
        var arn = _bench.Add(_old);

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(AwsAcmTarget.Kind, Settings(arn), rsa));

        Assert.Equal(FindingCodes.TargetKeyType.Code, fault.Code);
        Assert.DoesNotContain(_bench.Cloud.Calls, static call => call.Writes);
    }

    [Fact]
    public async Task An_ARN_that_ACM_does_not_know_is_not_found()
    {
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.ReadAsync(AwsAcmTarget.Kind, Settings(_bench.Add(_old) + "0"), _new));

        Assert.Equal(FindingCodes.CloudNotFound.Code, fault.Code);
    }

    private static (Fingerprint?, string?) Bound(TargetState state) => (Assert.Single(state.Resources).Fingerprint, state.Resources[0].Bound);

    private static object Settings(string arn, params string[] users) => new { account = CloudBench.Account, arn, users };
}
