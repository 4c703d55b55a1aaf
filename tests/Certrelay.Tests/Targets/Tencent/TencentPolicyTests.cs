using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

public sealed class TencentPolicyTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "infra", "policies", "tencent");

    private static IEnumerable<string> Names => DeployTargets.All.Where(static kind => kind.Cloud is { Vendor: CloudVendor.Tencent }).Select(static kind => kind.Name);

    public static TheoryData<string> Kinds => [.. Names];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kinds_policy_allows_exactly_what_it_calls(string kind)
    {
        var policy = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, kind + ".json")))!;

        var statement = Assert.Single(policy["statement"]!.AsArray())!;
        Assert.Equal(("2.0", "allow"), (policy["version"]!.GetValue<string>(), statement["effect"]!.GetValue<string>()));
        Assert.Equal(
            DeployTargets.Find(kind)!.Cloud!.Actions.Select(static action => action.Permission).Order(StringComparer.Ordinal),
            statement["action"]!.AsArray().Select(static action => action!.GetValue<string>()));
    }

    [Fact]
    public void There_is_no_policy_without_its_kind() =>
        Assert.Equal(Names.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("AuthFailure.SignatureFailure", CloudFaultKind.Credentials)]
    [InlineData("AuthFailure.SecretIdNotFound", CloudFaultKind.Credentials)]
    [InlineData("AuthFailure.TokenFailure", CloudFaultKind.Credentials)]
    [InlineData("AuthFailure.SignatureExpire", CloudFaultKind.Skew)]
    [InlineData("AuthFailure.UnauthorizedOperation", CloudFaultKind.Permission)]
    [InlineData("UnauthorizedOperation.CamNoAuth", CloudFaultKind.Permission)]
    [InlineData("FailedOperation.AuthError", CloudFaultKind.Permission)]
    [InlineData("RequestLimitExceeded", CloudFaultKind.Throttled)]
    [InlineData("RequestLimitExceeded.UinLimitExceeded", CloudFaultKind.Throttled)]
    [InlineData("LimitExceeded.CdnHostOpTooOften", CloudFaultKind.Throttled)]
    [InlineData("LimitExceeded", CloudFaultKind.Quota)]
    [InlineData("ResourceNotFound.CdnHostNotExists", CloudFaultKind.NotFound)]
    [InlineData("InvalidParameter.LocationNotFound", CloudFaultKind.NotFound)]
    [InlineData("ResourceInUse.CdnOpInProgress", CloudFaultKind.Busy)]
    [InlineData("FailedOperation.InvalidLBStatus", CloudFaultKind.Busy)]
    [InlineData("FailedOperation.CertificateNotDeployInstance", CloudFaultKind.Conflict)]
    [InlineData("FailedOperation.DeleteResourceFailed", CloudFaultKind.InUse)]
    [InlineData("FailedOperation.CertificateMismatch", CloudFaultKind.Certificate)]
    [InlineData("OperationDenied.ProductUpgraded", CloudFaultKind.Refused)]
    [InlineData("InternalError", CloudFaultKind.Unavailable)]
    [InlineData("SomethingNew", CloudFaultKind.Refused)]
    public void Codes_stand_for_their_kinds(string code, object kind) => Assert.Equal(kind, TencentFaults.Of(code, "words").Kind);
}
