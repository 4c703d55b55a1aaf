using System.Text.Json.Nodes;
using System.Xml.Linq;
using Certrelay.Simulators;
using Certrelay.Simulators.Aws;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>What the simulator of AWS keeps, forgets, delays and refuses, as the vendor does.</summary>
public sealed class AwsSimulatedStateTests : IAsyncLifetime
{
    private const string Host = "www.example.com";

    private readonly ManualTime _time = new(TestCertificates.Now);
    private AwsSimulator _aws = null!;
    private AwsClient _client = null!;

    public async Task InitializeAsync()
    {
        _aws = await AwsSimulator.StartAsync(_time);
        _client = new AwsClient(_aws, _time);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Elliptic_keys_hide_from_a_list_that_does_not_name_them()
    {
        using var leaf = TestCertificates.Leaf(Host);
        var arn = await ImportAsync(leaf);

        var plain = await _client.AcmAsync("ListCertificates", []);
        var named = await _client.AcmAsync("ListCertificates", new JsonObject { ["Includes"] = new JsonObject { ["keyTypes"] = new JsonArray("EC_prime256v1") } });
        var elsewhere = await _client.AcmAsync("ListCertificates", new JsonObject { ["Includes"] = new JsonObject { ["keyTypes"] = new JsonArray("EC_prime256v1") } }, "us-east-1");

        Assert.Empty(plain.Json["CertificateSummaryList"]!.AsArray());
        Assert.Equal(arn, named.Json["CertificateSummaryList"]![0]!["CertificateArn"]!.GetValue<string>());
        Assert.Empty(elsewhere.Json["CertificateSummaryList"]!.AsArray());
        Assert.NotNull(named.Json["SomethingNew"]);
    }

    [Fact]
    public async Task A_reimport_reaches_every_user_of_the_ARN_after_a_while()
    {
        using var old = TestCertificates.Leaf(Host);
        using var next = TestCertificates.Leaf(Host);
        var arn = await ImportAsync(old, "us-east-1");
        _aws.AddDistribution("E1", [Host], arn);

        Assert.Null((await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(next, arn), "us-east-1")).Code);

        Assert.Equal(old.Fingerprint, await Handshake.LeafAsync(_aws.EdgePort, Host));
        _time.Advance(_aws.Limits.Propagation);
        Assert.Equal(next.Fingerprint, await Handshake.LeafAsync(_aws.EdgePort, Host));
        var detail = (await _client.AcmAsync("DescribeCertificate", new JsonObject { ["CertificateArn"] = arn }, "us-east-1")).Json["Certificate"]!;
        Assert.Equal("arn:aws:cloudfront::123456789012:distribution/E1", detail["InUseBy"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task A_reimport_cannot_change_the_kind_of_the_key_nor_bring_tags_nor_replace_an_issued_one()
    {
        using var old = TestCertificates.Leaf(Host);
        using var authority = TestCertificates.Root("Rsa Root", TestKey.Rsa());
        using var rsa = authority.Issue(new TestCertificateOptions { Names = [Host], Key = TestKey.Rsa() });
        var arn = await ImportAsync(old);
        var tagged = AwsSimulatorTests.Import(old, arn);
        tagged["Tags"] = new JsonArray();
        var issued = _aws.AddCertificate(AwsClient.Region, old.Pem, null, old.KeyPem, type: "AMAZON_ISSUED");

        Assert.Equal("ValidationException", (await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(rsa, arn))).Code);
        Assert.Equal("ValidationException", (await _client.AcmAsync("ImportCertificate", tagged)).Code);
        Assert.Equal("ValidationException", (await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(old, issued))).Code);
        Assert.Equal("ResourceNotFoundException", (await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(old, arn + "0"))).Code);
    }

    [Fact]
    public async Task A_bad_certificate_is_refused()
    {
        using var leaf = TestCertificates.Leaf(Host);
        using var other = TestCertificates.Leaf(Host);
        using var late = TestCertificates.Root().Issue(new TestCertificateOptions { Names = [Host], NotAfter = TestCertificates.Now.AddDays(-1) });
        using var mixed = TestCertificates.Root("Rsa Root", TestKey.Rsa()).IssueLeaf(Host);
        var mismatch = AwsSimulatorTests.Import(leaf);
        mismatch["PrivateKey"] = AwsSimulatorTests.Import(other)["PrivateKey"]!.GetValue<string>();
        var disorder = AwsSimulatorTests.Import(leaf);
        disorder["CertificateChain"] = AwsSimulatorTests.Import(other)["Certificate"]!.GetValue<string>();
        var twofold = AwsSimulatorTests.Import(leaf);
        twofold["Certificate"] = Convert.ToBase64String(Pem.Bytes(leaf.FullChainPem));

        foreach (var body in (JsonObject[])[mismatch, disorder, twofold, AwsSimulatorTests.Import(late), AwsSimulatorTests.Import(mixed)])
            Assert.Equal("ValidationException", (await _client.AcmAsync("ImportCertificate", body)).Code);
        Assert.Empty(_aws.CertificatesIn(AwsClient.Region));
    }

    [Fact]
    public async Task Quotas_hold_and_a_deletion_does_not_give_a_share_of_the_year_back()
    {
        using var leaf = TestCertificates.Leaf(Host);
        (_aws.Limits.ImportedCertificates, _aws.Limits.ImportsAYear) = (1, 2);
        var arn = await ImportAsync(leaf);

        Assert.Equal("LimitExceededException", (await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(leaf))).Code);
        Assert.Null((await _client.AcmAsync("DeleteCertificate", new JsonObject { ["CertificateArn"] = arn })).Code);
        await _client.AcmAsync("DeleteCertificate", new JsonObject { ["CertificateArn"] = await ImportAsync(leaf) });
        Assert.Equal("LimitExceededException", (await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(leaf))).Code);
    }

    [Fact]
    public async Task A_certificate_in_use_cannot_be_deleted_nor_right_after_it_was_replaced()
    {
        using var leaf = TestCertificates.Leaf(Host);
        _aws.Limits.Release = TimeSpan.FromSeconds(30);
        var (old, next) = (await ImportAsync(leaf), await ImportAsync(leaf));
        var listener = _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Network, "nlb").AddListener(443, "TLS", old);
        var delete = new JsonObject { ["CertificateArn"] = old };

        Assert.Equal("ResourceInUseException", (await _client.AcmAsync("DeleteCertificate", delete)).Code);
        Assert.Null((await _client.ElbV2Async("ModifyListener", ("ListenerArn", listener.Arn), ("Certificates.member.1.CertificateArn", next))).Code);
        Assert.Equal("ResourceInUseException", (await _client.AcmAsync("DeleteCertificate", delete)).Code);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Null((await _client.AcmAsync("DeleteCertificate", delete)).Code);
    }

    [Fact]
    public async Task A_new_certificate_is_unknown_to_load_balancers_for_a_while()
    {
        using var leaf = TestCertificates.Leaf(Host);
        _aws.Limits.Visibility = TimeSpan.FromSeconds(10);
        var arn = await ImportAsync(leaf);
        _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Classic, "clb").AddListener(443, "HTTPS", null);
        (string, string)[] fields = [("LoadBalancerName", "clb"), ("LoadBalancerPort", "443"), ("SSLCertificateId", arn)];

        Assert.Equal("CertificateNotFound", (await _client.ClassicAsync("SetLoadBalancerListenerSSLCertificate", fields)).Code);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null((await _client.ClassicAsync("SetLoadBalancerListenerSSLCertificate", fields)).Code);
        Assert.Equal([arn], (await _client.ClassicAsync("DescribeLoadBalancers", ("LoadBalancerNames.member.1", "clb"))).Values("SSLCertificateId"));
    }

    [Fact]
    public async Task A_listener_serves_its_list_by_name_and_its_default_to_all_others()
    {
        using var first = TestCertificates.Leaf(Host);
        using var second = TestCertificates.Leaf("shop.example.com");
        var (one, two) = (await ImportAsync(first), await ImportAsync(second));
        var listener = _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "alb").AddListener(443, "HTTPS", one);
        (string, string)[] fields = [("ListenerArn", listener.Arn), ("Certificates.member.1.CertificateArn", two)];

        Assert.Null((await _client.ElbV2Async("AddListenerCertificates", fields)).Code);
        Assert.Null((await _client.ElbV2Async("AddListenerCertificates", fields)).Code);

        Assert.Equal(first.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "shop.example.com"));
        _time.Advance(_aws.Limits.Propagation);
        Assert.Equal(second.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "shop.example.com"));
        Assert.Equal(first.Fingerprint, await Handshake.LeafAsync(listener.Tls!.Port, "127.0.0.1"));
        var certificates = await _client.ElbV2Async("DescribeListenerCertificates", ("ListenerArn", listener.Arn));
        Assert.Equal([one, two], certificates.Values("CertificateArn"));
        Assert.Equal(["true", "false"], certificates.Values("IsDefault"));
        var listeners = await _client.ElbV2Async("DescribeListeners", ("LoadBalancerArn", listener.Balancer.Arn));
        Assert.Equal([one], listeners.Values("CertificateArn"));
        Assert.Empty(listeners.Values("IsDefault"));
        Assert.Equal("OperationNotPermitted", (await _client.ElbV2Async("RemoveListenerCertificates", ("ListenerArn", listener.Arn), ("Certificates.member.1.CertificateArn", one))).Code);
        Assert.Null((await _client.ElbV2Async("RemoveListenerCertificates", fields)).Code);
    }

    [Fact]
    public async Task A_listener_refuses_what_it_cannot_serve()
    {
        using var leaf = TestCertificates.Leaf(Host);
        _aws.Limits.ListenerCertificates = 0;
        var (here, elsewhere) = (await ImportAsync(leaf), await ImportAsync(leaf, "us-east-1"));
        var balancer = _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "alb");
        var (https, http) = (balancer.AddListener(443, "HTTPS", here), balancer.AddListener(80, "HTTP", null));

        async Task<string?> CodeAsync(string action, Listener listener, string arn, params (string, string)[] more) =>
            (await _client.ElbV2Async(action, [("ListenerArn", listener.Arn), ("Certificates.member.1.CertificateArn", arn), .. more])).Code;

        Assert.Equal("CertificateNotFound", await CodeAsync("ModifyListener", https, elsewhere));
        Assert.Equal("UnsupportedProtocol", await CodeAsync("ModifyListener", http, here));
        Assert.Equal("ValidationError", await CodeAsync("ModifyListener", https, here, ("Certificates.member.1.IsDefault", "true")));
        Assert.Equal("ValidationError", await CodeAsync("ModifyListener", https, here, ("Certificates.member.2.CertificateArn", here)));
        Assert.Equal("TooManyCertificates", await CodeAsync("AddListenerCertificates", https, here));
        Assert.Equal("ListenerNotFound", (await _client.ElbV2Async("DescribeListenerCertificates", ("ListenerArn", https.Arn + "0"))).Code);
    }

    [Fact]
    public async Task A_distribution_takes_a_whole_configuration_that_matches_what_was_read()
    {
        using var old = TestCertificates.Leaf(Host);
        using var next = TestCertificates.Leaf(Host);
        var distribution = _aws.AddDistribution("E1", [Host], await ImportAsync(old, "us-east-1"));
        var arn = await ImportAsync(next, "us-east-1");
        var read = await _client.CloudFrontAsync("GET", ["E1", "config"]);
        var config = WithCertificate(read.Xml, arn);

        Assert.Equal("InvalidIfMatchVersion", (await _client.CloudFrontAsync("PUT", ["E1", "config"], null, config)).Code);
        Assert.Equal("PreconditionFailed", (await _client.CloudFrontAsync("PUT", ["E1", "config"], "E0", config)).Code);
        var written = await _client.CloudFrontAsync("PUT", ["E1", "config"], read.ETag, config);
        Assert.Equal(["InProgress"], written.Values("Status"));
        Assert.Equal(old.Fingerprint, await Handshake.LeafAsync(_aws.EdgePort, Host));
        Assert.NotEqual(read.ETag, written.ETag);

        _time.Advance(_aws.Limits.Deployment);

        Assert.Equal(["Deployed"], (await _client.CloudFrontAsync("GET", ["E1"])).Values("Status"));
        Assert.Equal(next.Fingerprint, await Handshake.LeafAsync(_aws.EdgePort, Host));
        Assert.Null(await Handshake.LeafAsync(_aws.EdgePort, "other.example.com"));
        Assert.Equal([arn], (await _client.CloudFrontAsync("GET", [])).Values("ACMCertificateArn"));
        Assert.Single(distribution.Configuration.Elements(Distribution.Space + "SomethingNew"));
    }

    [Fact]
    public async Task What_an_update_leaves_out_is_reset()
    {
        using var leaf = TestCertificates.Leaf(Host);
        var distribution = _aws.AddDistribution("E1", [Host], await ImportAsync(leaf, "us-east-1"));
        var read = await _client.CloudFrontAsync("GET", ["E1", "config"]);
        var config = read.Xml;
        config.Elements().Where(one => one.Name.LocalName is "PriceClass" or "WebACLId" or "SomethingNew").Remove();

        Assert.Null((await _client.CloudFrontAsync("PUT", ["E1", "config"], read.ETag, config)).Code);

        Assert.Equal("PriceClass_All", distribution.Configuration.Element(Distribution.Space + "PriceClass")!.Value);
        Assert.Equal("", distribution.Configuration.Element(Distribution.Space + "WebACLId")!.Value);
        Assert.Null(distribution.Configuration.Element(Distribution.Space + "SomethingNew"));
    }

    [Fact]
    public async Task A_distribution_refuses_a_configuration_that_is_wrong()
    {
        using var leaf = TestCertificates.Leaf(Host);
        using var foreign = TestCertificates.Leaf("other.example.com");
        using var large = TestCertificates.Root().Issue(new TestCertificateOptions { Names = [Host], Key = TestKey.P384() });
        var arn = await ImportAsync(leaf, "us-east-1");
        _aws.AddDistribution("E1", [Host], arn);
        _aws.AddDistribution("E2", [], null);
        var read = await _client.CloudFrontAsync("GET", ["E1", "config"]);

        async Task<string?> CodeAsync(Action<XElement> edit)
        {
            var config = WithCertificate(read.Xml, arn);
            edit(config);
            return (await _client.CloudFrontAsync("PUT", ["E1", "config"], read.ETag, config)).Code;
        }

        foreach (var name in (string[])["CallerReference", "Origins", "DefaultCacheBehavior", "Comment", "Enabled"])
            Assert.Equal("InvalidArgument", await CodeAsync(config => config.Element(Distribution.Space + name)!.Remove()));
        Assert.Equal("IllegalUpdate", await CodeAsync(config => config.Element(Distribution.Space + "CallerReference")!.Value = "another"));
        Assert.Equal("InconsistentQuantities", await CodeAsync(config => config.Element(Distribution.Space + "Aliases")!.Element(Distribution.Space + "Quantity")!.Value = "2"));
        Assert.Equal("MissingBody", (await _client.CloudFrontAsync("PUT", ["E1", "config"], read.ETag)).Code);
        Assert.Equal("NoSuchDistribution", (await _client.CloudFrontAsync("GET", ["E9", "config"])).Code);
        var (regional, uncovering, unsupported) = (await ImportAsync(leaf), await ImportAsync(foreign, "us-east-1"), await ImportAsync(large, "us-east-1"));
        foreach (var wrong in (string[])[regional, uncovering, unsupported])
            Assert.Equal("InvalidViewerCertificate", await CodeAsync(config => Viewer(config, "ACMCertificateArn").Value = wrong));
        Assert.Equal("InvalidViewerCertificate", await CodeAsync(config => Viewer(config, "MinimumProtocolVersion").Remove()));
        Assert.Equal("InvalidViewerCertificate", await CodeAsync(config => Viewer(config, "SSLSupportMethod").AddAfterSelf(new XElement(Distribution.Space + "Certificate", regional))));
        var second = await _client.CloudFrontAsync("GET", ["E2", "config"]);
        Assert.Equal("CNAMEAlreadyExists", (await _client.CloudFrontAsync("PUT", ["E2", "config"], second.ETag, WithCertificate(read.Xml, arn))).Code);
    }

    [Fact]
    public async Task A_server_certificate_has_one_name_is_bound_by_ARN_or_id_and_not_deleted_in_use()
    {
        using var leaf = TestCertificates.Leaf(Host);
        using var other = TestCertificates.Leaf(Host);
        _aws.Limits.ServerCertificates = 1;
        (string, string)[] upload = [("ServerCertificateName", "one"), ("Path", "/cloudfront/x/"), ("CertificateBody", leaf.Pem), ("CertificateChain", leaf.Issuer!.Pem), ("PrivateKey", leaf.KeyPem)];

        var added = await _client.IamAsync("UploadServerCertificate", upload);

        Assert.Equal(["arn:aws:iam::123456789012:server-certificate/cloudfront/x/one"], added.Values("Arn"));
        Assert.Equal("EntityAlreadyExists", (await _client.IamAsync("UploadServerCertificate", upload)).Code);
        Assert.Equal("KeyPairMismatch", (await _client.IamAsync("UploadServerCertificate", [.. upload[..4], ("PrivateKey", other.KeyPem)])).Code);
        Assert.Equal("MalformedCertificate", (await _client.IamAsync("UploadServerCertificate", [.. upload[..2], ("CertificateBody", leaf.FullChainPem), .. upload[3..]])).Code);
        Assert.Equal("LimitExceeded", (await _client.IamAsync("UploadServerCertificate", [("ServerCertificateName", "two"), .. upload[1..]])).Code);
        Assert.Equal(["one"], (await _client.IamAsync("ListServerCertificates", ("PathPrefix", "/cloudfront/"))).Values("ServerCertificateName"));
        Assert.Empty((await _client.IamAsync("ListServerCertificates", ("PathPrefix", "/other/"))).Values("ServerCertificateName"));
        var got = await _client.IamAsync("GetServerCertificate", ("ServerCertificateName", "one"));
        Assert.Equal(leaf.Pem.Trim(), Assert.Single(got.Values("CertificateBody")));
        Assert.DoesNotContain("PRIVATE", got.Body, StringComparison.Ordinal);

        _aws.AddDistribution("E1", [Host], added.Values("ServerCertificateId")[0]);
        Assert.Equal("DeleteConflict", (await _client.IamAsync("DeleteServerCertificate", ("ServerCertificateName", "one"))).Code);
        Assert.Equal("NoSuchEntity", (await _client.IamAsync("DeleteServerCertificate", ("ServerCertificateName", "two"))).Code);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(_aws.EdgePort, Host));
    }

    [Fact]
    public async Task It_is_rude_when_told_to_be()
    {
        _aws.Rudeness.Add(new FaultRule("iam.ListServerCertificates", Fault.Throttle, 1, TimeSpan.Zero));
        _aws.Rudeness.Add(new FaultRule("acm.ListCertificates", Fault.Throttle, 1, TimeSpan.Zero));
        _aws.Rudeness.Add(new FaultRule("*", Fault.ServerError, 1, TimeSpan.Zero));

        Assert.Equal("Throttling", (await _client.IamAsync("ListServerCertificates")).Code);
        Assert.Equal("ThrottlingException", (await _client.AcmAsync("ListCertificates", [])).Code);
        Assert.Contains("<html>", (await _client.AcmAsync("ListCertificates", [])).Code, StringComparison.Ordinal);
        Assert.Null((await _client.AcmAsync("ListCertificates", [])).Code);
        _aws.Deny("acm.ListCertificates");
        _aws.Deny("iam.ListServerCertificates");
        Assert.Equal("AccessDeniedException", (await _client.AcmAsync("ListCertificates", [])).Code);
        Assert.Equal("AccessDenied", (await _client.IamAsync("ListServerCertificates")).Code);
        Assert.Equal(["Throttling", "ThrottlingException", "InternalFailure", null, "AccessDeniedException", "AccessDenied"], _aws.Calls.Select(call => call.Code));
    }

    [Fact]
    public async Task A_slow_answer_is_a_good_one()
    {
        _aws.Rudeness.Add(new FaultRule("*", Fault.Slow, 1, TimeSpan.FromMilliseconds(50)));

        var slow = _client.AcmAsync("ListCertificates", []);
        while (!slow.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        Assert.Null((await slow).Code);
    }

    [Fact]
    public async Task One_resource_can_be_refused_while_its_neighbours_are_not()
    {
        using var leaf = TestCertificates.Leaf(Host);
        var arn = await ImportAsync(leaf);
        var balancer = _aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "alb");
        var (good, bad) = (balancer.AddListener(443, "HTTPS", arn), balancer.AddListener(8443, "HTTPS", arn));
        _aws.Refuse(bad.Arn, "InvalidConfigurationRequest");

        Assert.Null((await _client.ElbV2Async("ModifyListener", ("ListenerArn", good.Arn), ("Certificates.member.1.CertificateArn", arn))).Code);
        Assert.Equal("InvalidConfigurationRequest", (await _client.ElbV2Async("ModifyListener", ("ListenerArn", bad.Arn), ("Certificates.member.1.CertificateArn", arn))).Code);
        Assert.Null((await _client.ElbV2Async("DescribeListenerCertificates", ("ListenerArn", bad.Arn))).Code);
    }

    private async Task<string> ImportAsync(TestCertificate leaf, string region = AwsClient.Region)
    {
        var answer = await _client.AcmAsync("ImportCertificate", AwsSimulatorTests.Import(leaf), region);
        Assert.Null(answer.Code);
        return answer.Json["CertificateArn"]!.GetValue<string>();
    }

    private static XElement WithCertificate(XElement read, string arn)
    {
        var config = new XElement(read);
        var viewer = config.Element(Distribution.Space + "ViewerCertificate")!;
        viewer.Elements().Where(one => one.Name.LocalName is "Certificate" or "CertificateSource" or "CloudFrontDefaultCertificate").Remove();
        viewer.Element(Distribution.Space + "ACMCertificateArn")!.Value = arn;
        return config;
    }

    private static XElement Viewer(XElement config, string name) => config.Element(Distribution.Space + "ViewerCertificate")!.Element(Distribution.Space + name)!;
}
