using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators.Aws;
using Certrelay.Targets;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Targets.Aws.AwsBench;

namespace Certrelay.Tests.Targets.Aws;

/// <summary>The stores of AWS: found by fingerprint, uploaded once, removed only when unused; and what the kinds claim of themselves.</summary>
public sealed class AwsStoreTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TestCertificate _leaf = TestCertificates.Leaf(Www, "*.shop.example.com");
    private AwsBench _bench = null!;

    private static IEnumerable<TargetKind> OfAws => DeployTargets.All.Where(static kind => kind.Cloud?.Vendor == CloudVendor.Aws);

    public static TheoryData<string> Kinds => [.. OfAws.Select(static kind => kind.Name)];

    public async Task InitializeAsync() => _bench = await StartAsync(region: Region);

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _leaf.Dispose();
    }

    [Fact]
    public async Task An_elliptic_certificate_that_somebody_else_imported_is_found_among_many_and_its_name_told()
    {
        for (var i = 0; i < 3; i++)
        {
            using var other = TestCertificates.Leaf(Www);
            _bench.Add(other);
        }

        var arn = _bench.Add(_leaf);
        using var session = await _bench.SessionAsync(AwsAlbTarget.Kind);
        using var bundle = _leaf.ToBundle("shop");
        var store = AcmStore.Open(session, region: null);

        var found = await store.FindAsync(bundle, "any", None);

        Assert.Equal((arn, "", _leaf.Fingerprint), (found!.Id, found.Name, found.Fingerprint!.Value));
        Assert.Equal(["*.shop.example.com", Www], found.Names.Order(StringComparer.Ordinal));
        Assert.Equal("acm.eu-west-1", store.Id);
        Assert.Equal(4, await store.ListAsync(None).CountAsync());
    }

    [Fact]
    public async Task Both_stores_take_find_and_remove_an_upload_under_its_name()
    {
        using var session = await _bench.SessionAsync(AwsCloudFrontTarget.Kind);
        using var bundle = _leaf.ToBundle("shop");
        foreach (var store in (ICertificateStore[])[AcmStore.Open(session, region: null), new ServerCertificateStore(new AwsApi(session))])
        {
            Assert.Null(await store.FindAsync(bundle, "certrelay-shop", None));
            var id = await store.UploadAsync(bundle, $"certrelay-shop-{store.Id}", None);
            var found = await store.FindAsync(bundle, "certrelay-shop", None);

            Assert.Equal((id, $"certrelay-shop-{store.Id}"), (found!.Id, found.Name));
            Assert.Contains(id, await store.ListAsync(None).Select(static one => one.Id).ToListAsync());
            Assert.True(await store.RemoveAsync(id, None));
            Assert.True(await store.RemoveAsync(id, None));
            Assert.Null(await store.FindAsync(bundle, "certrelay-shop", None));
        }
    }

    [Fact]
    public async Task What_is_in_use_stays_in_both_stores()
    {
        using var session = await _bench.SessionAsync(AwsCloudFrontTarget.Kind);
        var arn = _bench.Add(_leaf);
        var (_, id) = _bench.Cloud.AddServerCertificate("one", "/cloudfront/", _leaf.Pem, Chain(_leaf), _leaf.KeyPem);
        _bench.Cloud.AddDistribution("E1", [Www], id);
        _bench.Cloud.AddLoadBalancer(Region, LoadBalancerKind.Network, "nlb").AddListener(443, "TLS", arn);

        Assert.False(await AcmStore.Open(session, region: null).RemoveAsync(arn, None));
        Assert.False(await new ServerCertificateStore(new AwsApi(session)).RemoveAsync(id, None));
    }

    [Fact]
    public async Task A_full_store_is_a_matter_of_quota_and_a_bad_certificate_one_of_the_certificate()
    {
        using var session = await _bench.SessionAsync(AwsAlbTarget.Kind);
        using var bundle = _leaf.ToBundle("shop");
        using var expired = TestCertificates.Root().Issue(new TestCertificateOptions { Names = [Www], NotAfter = TestCertificates.NotBefore.AddDays(1) });
        using var old = expired.ToBundle("shop");
        var store = AcmStore.Open(session, region: null);

        Assert.Equal(FindingCodes.CloudCertificate.Code, (await Assert.ThrowsAsync<Permanent>(() => store.UploadAsync(old, "certrelay-shop", None))).Code);
        _bench.Cloud.Limits.ImportedCertificates = 0;
        Assert.Equal(FindingCodes.CloudQuota.Code, (await Assert.ThrowsAsync<Permanent>(() => store.UploadAsync(bundle, "certrelay-shop", None))).Code);
    }

    [Fact]
    public async Task No_log_line_holds_a_key()
    {
        using var session = await _bench.SessionAsync(AwsCloudFrontTarget.Kind);
        using var bundle = _leaf.ToBundle("shop");
        _bench.Cloud.Deny("acm.ImportCertificate");

        await Assert.ThrowsAsync<Permanent>(() => AcmStore.Open(session, region: null).UploadAsync(bundle, "certrelay-shop", None));
        await new ServerCertificateStore(new AwsApi(session)).UploadAsync(bundle, "certrelay-shop", None);

        var key = _leaf.KeyPem.Split('\n')[1][..40];
        Assert.NotEmpty(_bench.Log);
        Assert.DoesNotContain(_bench.Log, line => line.Contains(key, StringComparison.Ordinal) || line.Contains(AwsKey.Lasting.SecretAccessKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Temporary_credentials_work_and_unknown_ones_are_told_as_such()
    {
        await using var temporary = await StartAsync(AwsKey.Temporary);
        await using var unknown = await StartAsync(AwsKey.Lasting with { AccessKeyId = "AKIAI00000000EXAMPLE" });

        foreach (var kind in OfAws)
        {
            using var good = await temporary.SessionAsync(kind);
            using var bad = await unknown.SessionAsync(kind);
            await kind.Cloud!.Check(good, None);
            Assert.Equal(FindingCodes.CloudCredentials.Code, (await Assert.ThrowsAsync<Permanent>(() => kind.Cloud.Check(bad, None))).Code);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_policy_of_a_kind_allows_exactly_what_it_calls(string kind)
    {
        using var policy = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "infra", "policies", "aws", $"{kind}.json")));
        var statements = policy.RootElement.GetProperty("Statement").EnumerateArray().ToList();
        var allowed = statements.SelectMany(static one => one.GetProperty("Action").EnumerateArray()).Select(static one => one.GetString()!).ToList();

        Assert.Equal("2012-10-17", policy.RootElement.GetProperty("Version").GetString());
        Assert.All(statements, static one => Assert.Equal("Allow", one.GetProperty("Effect").GetString()));
        Assert.Equal(DeployTargets.Find(kind)!.Cloud!.Actions.Select(static action => action.Permission).Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("acm", "UnrecognizedClientException", "", 400, CloudFaultKind.Credentials)]
    [InlineData("acm", "InvalidSignatureException", "Signature expired: 20261122T083045Z is now earlier than", 400, CloudFaultKind.Skew)]
    [InlineData("iam", "SignatureDoesNotMatch", "The request signature we calculated does not match", 403, CloudFaultKind.Credentials)]
    [InlineData("iam", "SignatureDoesNotMatch", "Signature not yet current: 20261122T083045Z is still later than", 403, CloudFaultKind.Skew)]
    [InlineData("iam", "RequestExpired", "", 400, CloudFaultKind.Skew)]
    [InlineData("iam", "ExpiredToken", "", 403, CloudFaultKind.Credentials)]
    [InlineData("cloudfront", "AccessDenied", "", 403, CloudFaultKind.Permission)]
    [InlineData("elbv2", "Throttling", "", 400, CloudFaultKind.Throttled)]
    [InlineData("elbv2", "PriorRequestNotComplete", "", 429, CloudFaultKind.Busy)]
    [InlineData("elbv2", "ListenerNotFound", "", 400, CloudFaultKind.NotFound)]
    [InlineData("elbv2", "TooManyCertificates", "", 400, CloudFaultKind.Quota)]
    [InlineData("elb", "InvalidConfigurationRequest", "", 409, CloudFaultKind.Refused)]
    [InlineData("acm", "ConflictException", "", 400, CloudFaultKind.Busy)]
    [InlineData("acm", "ResourceInUseException", "", 400, CloudFaultKind.InUse)]
    [InlineData("iam", "DeleteConflict", "", 409, CloudFaultKind.InUse)]
    [InlineData("iam", "EntityAlreadyExists", "", 409, CloudFaultKind.Conflict)]
    [InlineData("cloudfront", "PreconditionFailed", "", 412, CloudFaultKind.Conflict)]
    [InlineData("cloudfront", "InvalidViewerCertificate", "", 400, CloudFaultKind.Certificate)]
    [InlineData("acm", "ValidationException", "", 400, CloudFaultKind.Refused)]
    [InlineData("iam", "ServiceFailure", "", 500, CloudFaultKind.Unavailable)]
    public void A_code_stands_for_a_kind_of_failure(string service, string code, string words, int status, CloudFaultKind kind) =>
        Assert.Equal(kind, AwsFaults.Of(new CloudAction(service, "Any", Writes: false) { Permission = "" }, status, code, words, null).Kind);

    [Fact]
    public void A_validation_of_an_import_is_about_the_certificate() =>
        Assert.Equal(CloudFaultKind.Certificate, AwsFaults.Of(AwsActions.ImportCertificate, 400, "ValidationException", "", null).Kind);
}
