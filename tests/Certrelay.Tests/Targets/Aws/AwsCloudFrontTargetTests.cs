using Certrelay.Certificates;
using Certrelay.Simulators.Aws;
using Certrelay.Targets;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Targets.Calls;
using static Certrelay.Tests.Targets.Aws.AwsBench;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>Distributions of CloudFront.</summary>
public sealed class AwsCloudFrontTargetTests : IAsyncLifetime
{
    private const string Home = "us-east-1";

    private readonly TestCertificate _old = TestCertificates.Leaf(Www);
    private readonly TestCertificate _new = TestCertificates.Leaf(Www, "shop.example.com");
    private AwsBench _bench = null!;

    public async Task InitializeAsync() => _bench = await StartAsync();

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task The_certificate_is_named_and_nothing_else_of_the_configuration_changes()
    {
        var distribution = _bench.Cloud.AddDistribution("E1", [Www], _bench.Add(_old, Home));
        var configuration = distribution.Configuration;
        var before = await _bench.ReadAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);

        Assert.True(Assert.Single(await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new)).Succeeded);
        await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);
        Assert.Equal(["acm.ImportCertificate", "cloudfront.UpdateDistribution"], _bench.Writes);
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(_bench.Cloud.EdgePort, Www));
        configuration.Descendants(Distribution.Space + "ACMCertificateArn").Single().Value = _bench.Cloud.CertificatesIn(Home)[^1];
        Assert.Equal(configuration.ToString(), distribution.Configuration.ToString());

        await _bench.RestoreAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new, before);
        Assert.Equal(_old.Fingerprint, await Handshake.LeafAsync(_bench.Cloud.EdgePort, Www));
        Assert.Equal(_old.Fingerprint, before.Resources[0].Fingerprint);
    }

    [Fact]
    public async Task The_first_certificate_of_a_distribution_does_not_order_addresses_of_its_own()
    {
        var distribution = _bench.Cloud.AddDistribution("E1", [], null);
        var before = await _bench.ReadAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);

        await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);
        var viewer = distribution.Configuration.Element(Distribution.Space + "ViewerCertificate")!;
        Assert.Equal(["ACMCertificateArn", "SSLSupportMethod", "MinimumProtocolVersion"], viewer.Elements().Select(static one => one.Name.LocalName));
        Assert.Equal(["sni-only", "TLSv1.2_2021"], viewer.Elements().Skip(1).Select(static one => one.Value));

        await _bench.RestoreAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new, before);
        Assert.Null(before.Resources[0].Bound);
        Assert.Equal("CloudFrontDefaultCertificate", Assert.Single(distribution.Configuration.Element(Distribution.Space + "ViewerCertificate")!.Elements()).Name.LocalName);
    }

    [Fact]
    public async Task Settings_of_the_viewer_connection_stay_as_they_were()
    {
        var distribution = _bench.Cloud.AddDistribution("E1", [Www], _bench.Add(_old, Home), viewerSupport: "static-ip", viewerProtocol: "TLSv1.2_2019");

        await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);

        Assert.Equal(["static-ip", "TLSv1.2_2019"], distribution.Configuration.Element(Distribution.Space + "ViewerCertificate")!.Elements().Skip(1).Select(static one => one.Value));
    }

    [Fact]
    public async Task It_is_polled_until_the_edge_has_it()
    {
        _bench.Cloud.Limits.Deployment = TimeSpan.FromHours(1);
        _bench.Cloud.AddDistribution("E1", [Www], _bench.Add(_old, Home));

        await _bench.UseAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new, async target =>
        {
            using var bundle = _new.ToBundle("shop");
            var first = Assert.IsType<DeployResult.Pending>(await target.DeployAsync(bundle, null, CancellationToken.None));
            Assert.IsType<DeployResult.Pending>(await target.DeployAsync(bundle, first.Job, CancellationToken.None));
            // As after a crash before the job was saved: the write is not made again, its way is followed.
            return Assert.IsType<DeployResult.Pending>(await target.DeployAsync(bundle, null, CancellationToken.None));
        });
        Assert.Equal(["acm.ImportCertificate", "cloudfront.UpdateDistribution"], _bench.Writes);
    }

    [Fact]
    public async Task With_match_covered_it_follows_each_distribution_whose_aliases_are_all_covered()
    {
        var old = _bench.Add(_old, Home);
        using var wide = TestCertificates.Leaf("other.example.com");
        var foreign = _bench.Add(wide, Home);
        _bench.Cloud.AddDistribution("E1", [Www], old);
        _bench.Cloud.AddDistribution("E2", ["shop.example.com"], old);
        var other = _bench.Cloud.AddDistribution("E3", ["other.example.com"], foreign);
        _bench.Cloud.AddDistribution("E4", [], null);
        var settings = new { account = CloudBench.Account, match = "covered" };
        var before = await _bench.ReadAsync(AwsCloudFrontTarget.Kind, settings, _new);

        Assert.Equal(["E1", "E2"], before.Resources.Select(static resource => resource.Id));
        Assert.Equal(["E1", "E2"], (await _bench.DeployAsync(AwsCloudFrontTarget.Kind, settings, _new)).Select(static outcome => outcome.Id));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(_bench.Cloud.EdgePort, "shop.example.com"));
        Assert.Equal(foreign, other.Configuration.Descendants(Distribution.Space + "ACMCertificateArn").Single().Value);
        Assert.All((await _bench.ReadAsync(AwsCloudFrontTarget.Kind, settings, _new)).Resources, resource => Assert.Equal(_new.Fingerprint, resource.Fingerprint));
    }

    [Fact]
    public async Task An_alias_that_the_certificate_does_not_cover_blocks_before_any_write()
    {
        using var wide = TestCertificates.Leaf(Www, "more.example.com");
        _bench.Cloud.AddDistribution("E1", [Www, "more.example.com"], _bench.Add(wide, Home));

        var refusal = Assert.Single(await _bench.RefusalsAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new));

        Assert.Equal(FindingCodes.TargetNotCovered.Code, refusal.Code);
        Assert.Contains("more.example.com", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_refused_distribution_fails_alone_and_stays_told_through_the_polls()
    {
        _bench.Cloud.Limits.Deployment = TimeSpan.FromMilliseconds(200);
        var old = _bench.Add(_old, Home);
        _bench.Cloud.AddDistribution("E1", [Www], old);
        _bench.Cloud.AddDistribution("E2", ["shop.example.com"], old);
        _bench.Cloud.Refuse("E1", "InvalidViewerCertificate");

        var outcomes = await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1", "E2"), _new);

        Assert.Equal([("E1", false, FindingCodes.CloudCertificate.Code), ("E2", true, null)], outcomes.Select(static one => (one.Id, one.Succeeded, one.Code)));
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(_bench.Cloud.EdgePort, "shop.example.com"));
    }

    [Fact]
    public async Task A_plan_ends_with_its_writes_and_waits_for_no_edge()
    {
        var old = _bench.Add(_old, Home);
        _bench.Cloud.AddDistribution("E1", [Www], old);
        var plan = new CloudPlan();

        Assert.True(Assert.Single(await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new, plan)).Succeeded);
        Assert.Empty(_bench.Writes);
        await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);

        Assert.Equal(_bench.Writes, plan.Calls.Select(static call => call.Action));
        Assert.Equal(("E1", old), (plan.Calls[^1].Resource, plan.Calls[^1].Replaces));
    }

    [Fact]
    public async Task In_China_the_certificate_lies_in_IAM_and_is_bound_by_its_id()
    {
        await using var china = await StartAsync(AwsKey.China);
        var (_, id) = china.Cloud.AddServerCertificate("before", "/cloudfront/", _old.Pem, Chain(_old), _old.KeyPem, "aws-cn");
        var distribution = china.Cloud.AddDistribution("E1", [Www], id, "aws-cn");
        var before = await china.ReadAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);

        Assert.True(Assert.Single(await china.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new)).Succeeded);
        await china.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new);
        Assert.Equal(["iam.UploadServerCertificate", "cloudfront.UpdateDistribution"], china.Writes);
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(china.Cloud.EdgePort, Www));
        Assert.Equal(["before", CloudUploads.NameOf("shop", _new.Fingerprint, 128)], china.Cloud.ServerCertificateNames);

        await china.RestoreAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new, before);
        Assert.Equal((_old.Fingerprint, id), (before.Resources[0].Fingerprint!.Value, distribution.Configuration.Descendants(Distribution.Space + "IAMCertificateId").Single().Value));
    }

    [Fact]
    public async Task A_change_that_somebody_makes_in_between_stays()
    {
        var distribution = _bench.Cloud.AddDistribution("E1", [Www], _bench.Add(_old, Home));
        _bench.Cloud.BeforeNextUpdate = () => distribution.Overwrite("Comment", "changed meanwhile");

        Assert.True(Assert.Single(await _bench.DeployAsync(AwsCloudFrontTarget.Kind, Listed("E1"), _new)).Succeeded);

        Assert.Equal("changed meanwhile", distribution.Configuration.Element(Distribution.Space + "Comment")!.Value);
        Assert.Contains(_bench.Cloud.Calls, static call => call.Code == "PreconditionFailed");
        Assert.Equal(_new.Fingerprint, await Handshake.LeafAsync(_bench.Cloud.EdgePort, Www));
    }

    [Theory]
    [InlineData("nothing listed", "listed", new string[0])]
    [InlineData("both", "covered", new[] { "E1" })]
    [InlineData("no id", "listed", new[] { "d111111abcdef8.cloudfront.net" })]
    [InlineData("named twice", "listed", new[] { "E1", "E1" })]
    public void Settings_that_name_no_distributions_are_refused(string description, string match, string[] distributions)
    {
        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { account = CloudBench.Account, match, distributions });

        Assert.True(AwsCloudFrontTarget.Kind.Check(settings, null!).Count == 1, description);
    }

    private static object Listed(params string[] distributions) => new { account = CloudBench.Account, distributions };
}
