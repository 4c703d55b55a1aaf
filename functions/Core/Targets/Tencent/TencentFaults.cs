using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Tencent's error codes, which come with status 200, and the kinds of failure that they stand for.</summary>
internal static class TencentFaults
{
    private const string UseEdgeOne = "The domain's product is EdgeOne now: use a target of the kind tencent-edgeone.";

    /// <summary>The failure behind a code and the vendor's words.</summary>
    public static CloudFault Of(string code, string words) => new(
        KindOf(code), code, code is "OperationDenied.ProductUpgraded" or "OperationDenied.ProductUpdating" or "OperationDenied.UserMigrating" ? $"{UseEdgeOne} {words}" : words);

    // The longer codes come before the families that they are part of.
    private static CloudFaultKind KindOf(string code) => code switch
    {
        "AuthFailure.SignatureExpire" => CloudFaultKind.Skew,
        "AuthFailure.UnauthorizedOperation" or "FailedOperation.AuthError" or "FailedOperation.NoProjectPermission" => CloudFaultKind.Permission,
        "LimitExceeded.CdnHostOpTooOften" => CloudFaultKind.Throttled,
        "FailedOperation.CertificateNotFound" or "FailedOperation.SslCertNotFound" or "InvalidParameter.QueryCertBySSLIDFailed"
            or "InvalidParameter.LBIdNotFound" or "InvalidParameter.ListenerIdNotFound" or "InvalidParameter.LocationNotFound" => CloudFaultKind.NotFound,
        "ResourceInUse.CdnOpInProgress" or "FailedOperation.InvalidLBStatus" or "ResourceUnavailable.DomainIpv6InConfigErr" => CloudFaultKind.Busy,
        "FailedOperation.CertificateExists" or "FailedOperation.CertificateNotDeployInstance" or "FailedOperation.CertificateDeployInstanceEmpty" => CloudFaultKind.Conflict,
        "FailedOperation.DeleteResourceFailed" => CloudFaultKind.InUse,
        "FailedOperation.CertificateInvalid" or "FailedOperation.CertificateMismatch" or "FailedOperation.CertificateParseError"
            or "InvalidParameter.InvalidCertificate" or "InvalidParameter.CertificationParameterErr" or "InvalidParameter.CdnCertNotPem" => CloudFaultKind.Certificate,
        _ when In(code, "AuthFailure") => CloudFaultKind.Credentials,
        _ when In(code, "UnauthorizedOperation") => CloudFaultKind.Permission,
        _ when In(code, "RequestLimitExceeded") => CloudFaultKind.Throttled,
        _ when In(code, "ResourceNotFound") => CloudFaultKind.NotFound,
        _ when In(code, "LimitExceeded") => CloudFaultKind.Quota,
        _ when In(code, "InternalError") => CloudFaultKind.Unavailable,
        _ => CloudFaultKind.Refused,
    };

    private static bool In(string code, string family) => code == family || code.StartsWith(family + ".", StringComparison.Ordinal);
}
