using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>The error codes of AWS and the kinds of failure that they stand for, whichever protocol brought them.</summary>
internal static class AwsFaults
{
    /// <summary>The failure behind a code, in the service's own words.</summary>
    public static CloudFault Of(CloudAction action, int status, string code, string words, TimeSpan? retryAfter) =>
        new(status >= 500 ? CloudFaultKind.Unavailable : KindOf(action, code, words), code, words, retryAfter);

    private static CloudFaultKind KindOf(CloudAction action, string code, string words) => code switch
    {
        "RequestExpired" or "RequestTimeTooSkewed" => CloudFaultKind.Skew,
        // Most services have one code for a wrong signature and for one that is too old.
        "InvalidSignatureException" or "SignatureDoesNotMatch" => words.Contains("expired", StringComparison.Ordinal) || words.Contains("not yet current", StringComparison.Ordinal)
            ? CloudFaultKind.Skew : CloudFaultKind.Credentials,
        "UnrecognizedClientException" or "InvalidClientTokenId" or "ExpiredToken" or "ExpiredTokenException" or "InvalidAccessKeyId" or "AuthFailure"
            or "IncompleteSignature" or "IncompleteSignatureException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException" => CloudFaultKind.Credentials,
        "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "NotAuthorized" or "OptInRequired" => CloudFaultKind.Permission,
        "Throttling" or "ThrottlingException" or "ThrottledException" or "TooManyRequestsException" or "RequestLimitExceeded" or "RequestThrottled" => CloudFaultKind.Throttled,
        "ResourceNotFoundException" or "NoSuchDistribution" or "ListenerNotFound" or "LoadBalancerNotFound" or "CertificateNotFound" or "NoSuchEntity" => CloudFaultKind.NotFound,
        "ConflictException" or "PriorRequestNotComplete" or "ConcurrentModification" or "RequestInProgressException" => CloudFaultKind.Busy,
        "EntityAlreadyExists" or "PreconditionFailed" or "InvalidIfMatchVersion" or "CNAMEAlreadyExists" => CloudFaultKind.Conflict,
        "ResourceInUseException" or "DeleteConflict" => CloudFaultKind.InUse,
        "LimitExceededException" or "LimitExceeded" or "TooManyCertificates" => CloudFaultKind.Quota,
        "MalformedCertificate" or "KeyPairMismatch" or "InvalidViewerCertificate" => CloudFaultKind.Certificate,
        // ACM has no code of its own for a certificate that it does not take.
        "ValidationException" when action == AwsActions.ImportCertificate => CloudFaultKind.Certificate,
        "InternalFailure" or "InternalError" or "ServiceUnavailable" => CloudFaultKind.Unavailable,
        _ => CloudFaultKind.Refused,
    };
}
