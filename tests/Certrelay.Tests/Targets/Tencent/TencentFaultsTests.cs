using Certrelay.Targets.Calls;
using Certrelay.Targets.Tencent;

namespace Certrelay.Tests.Targets.Tencent;

public sealed class TencentFaultsTests
{
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
