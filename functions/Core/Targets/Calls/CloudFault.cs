using Certrelay.Certificates;

namespace Certrelay.Targets.Calls;

/// <summary>What kind of failure a vendor's error code stands for.</summary>
public enum CloudFaultKind
{
    /// <summary>Unknown key id, wrong secret, ended session.</summary>
    Credentials,

    /// <summary>The clocks differ by more than the vendor allows.</summary>
    Skew,

    /// <summary>The account may not do this.</summary>
    Permission,

    /// <summary>Called too often.</summary>
    Throttled,

    /// <summary>The resource or the certificate does not exist.</summary>
    NotFound,

    /// <summary>The resource is being changed: later.</summary>
    Busy,

    /// <summary>The state is another one than the call supposes: there already, changed meanwhile, bound already.</summary>
    Conflict,

    /// <summary>Still bound somewhere: cannot be deleted.</summary>
    InUse,

    /// <summary>The account may not have more of them.</summary>
    Quota,

    /// <summary>The vendor does not take this certificate, chain or key.</summary>
    Certificate,

    /// <summary>Any other refusal of what was asked.</summary>
    Refused,

    /// <summary>The vendor's own fault, or no answer.</summary>
    Unavailable,
}

/// <summary>A vendor's error, read once for all its calls.</summary>
/// <param name="Code">The vendor's own code.</param>
/// <param name="Words">The vendor's own words; shown only after <see cref="VendorWords.Clean"/>.</param>
/// <param name="RetryAfter">The delay that the vendor named.</param>
public sealed record CloudFault(CloudFaultKind Kind, string Code, string Words, TimeSpan? RetryAfter = null)
{
    // Words may repeat what was sent.
    public override string ToString() => $"{Kind} {Code}";

    /// <summary>The failure that adapters and the runner see, with the code of its kind.</summary>
    public Failure ToFailure(CloudAction action)
    {
        var finding = FindingOf(Kind);
        var words = VendorWords.Clean(Words);
        var message = $"{action}: {finding.Meaning} ({VendorWords.Clean(Code)}{(words.Length == 0 ? "" : ": ")}{words})";
        return Kind is CloudFaultKind.Skew or CloudFaultKind.Throttled or CloudFaultKind.Busy or CloudFaultKind.Unavailable
            ? new Transient(finding.Code, message, RetryAfter)
            : new Permanent(finding.Code, message);
    }

    private static FindingCode FindingOf(CloudFaultKind kind) => kind switch
    {
        CloudFaultKind.Credentials => FindingCodes.CloudCredentials,
        CloudFaultKind.Skew => FindingCodes.CloudSkew,
        CloudFaultKind.Permission => FindingCodes.CloudPermission,
        CloudFaultKind.Throttled => FindingCodes.CloudThrottled,
        CloudFaultKind.NotFound => FindingCodes.CloudNotFound,
        CloudFaultKind.Busy => FindingCodes.CloudBusy,
        CloudFaultKind.Conflict => FindingCodes.CloudConflict,
        CloudFaultKind.InUse => FindingCodes.CloudInUse,
        CloudFaultKind.Quota => FindingCodes.CloudQuota,
        CloudFaultKind.Certificate => FindingCodes.CloudCertificate,
        CloudFaultKind.Refused => FindingCodes.CloudRefused,
        _ => FindingCodes.CloudUnavailable,
    };
}
