using System.Text.Json;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Alibaba Cloud's error codes and the kinds of failure that they stand for.</summary>
internal static class AlibabaFaults
{
    /// <summary>The failure that a JSON answer tells of: some products answer with status 200 and say that there was no success.</summary>
    public static CloudFault? Judge(CloudAnswer answer)
    {
        var delay = int.TryParse(answer.Header("x-acs-retry-after"), out var milliseconds) && milliseconds is >= 0 and < 86_400_000
            ? TimeSpan.FromMilliseconds(milliseconds)
            : answer.RetryAfter;
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            var code = root.Text("Code") ?? root.Text("code");
            var words = root.Text("Message") ?? root.Text("message") ?? "";
            if (answer.IsSuccess)
                return IsSuccess(root) ? null : Of(200, root.Text("ErrorCode") is { Length: > 0 } own ? own : code ?? "", words, delay);
            return Of(answer.Status, code ?? "", words, delay);
        }
        catch (JsonException)
        {
            // Some writes answer with nothing at all.
            return answer.IsSuccess && answer.Body.IsEmpty ? null : Of(answer.IsSuccess ? 502 : answer.Status, "", $"HTTP {answer}", delay);
        }
    }

    /// <summary>The failure behind a status, a code and the vendor's words.</summary>
    public static CloudFault Of(int status, string code, string words, TimeSpan? delay = null) => new(KindOf(status, code), code, words, delay);

    /// <summary>What a load balancer tells of a job.</summary>
    public static VendorJob JobOf(CloudAction action, string? status, string? code, string? words) => status switch
    {
        "Succeeded" => VendorJob.Done,
        "Failed" => new VendorJob(IsOver: true, Of(200, code is { Length: > 0 } ? code : "Failed", words ?? "").ToFailure(action)),
        _ => VendorJob.Running,
    };

    private static bool IsSuccess(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return true;
        foreach (var name in (string[])["Success", "success"])
        {
            if (root.TryGetProperty(name, out var success) && success.ValueKind == JsonValueKind.False)
                return false;
        }

        // The cloud-native API gateway has a word there.
        return root.Text("code") is null or "Ok" or "200";
    }

    // The longer codes come before the families that they are part of.
    private static CloudFaultKind KindOf(int status, string code) => code switch
    {
        "SignatureDoesNotMatch" or "IncompleteSignature" or "SecurityTokenExpired" => CloudFaultKind.Credentials,
        _ when In(code, "InvalidAccessKeyId") || In(code, "InvalidSecurityToken") => CloudFaultKind.Credentials,
        "InvalidTimeStamp.Expired" or "RequestTimeTooSkewed" => CloudFaultKind.Skew,
        // The next try has a nonce of its own.
        "SignatureNonceUsed" => CloudFaultKind.Busy,
        _ when code.Contains("Throttling", StringComparison.Ordinal) || status == 429 => CloudFaultKind.Throttled,
        "NoPermission" or "AccessDenied" => CloudFaultKind.Permission,
        _ when code.StartsWith("Forbidden", StringComparison.Ordinal) => CloudFaultKind.Permission,
        "OperationBusy" or "ServiceIsConfiguring" or "SystemBusy" or "ServiceBusy" or "NotActive.Listener" or "DomainExtensionProcessing" or "Waf.Pullin.ResourceProcessing"
            or "RepeatedCommit" => CloudFaultKind.Busy,
        _ when In(code, "IncorrectStatus") || In(code, "ResourceInConfiguring") || In(code, "StateError") => CloudFaultKind.Busy,
        "CertificateAndPrivateKeyIsRefered" => CloudFaultKind.InUse,
        "NeedVerifyDomainOwnership" => CloudFaultKind.Refused,
        _ when In(code, "QuotaExceeded") => CloudFaultKind.Quota,
        "InvalidCertIdentifier.ValueNotSupported" => CloudFaultKind.Certificate,
        _ when In(code, "Certificate") => CloudFaultKind.Certificate,
        "NameRepeat" => CloudFaultKind.Conflict,
        _ when code.Contains("Duplicate", StringComparison.Ordinal) || In(code, "ResourceAlreadyAssociated") => CloudFaultKind.Conflict,
        "NoSuchCname" or "NoSuchBucket" => CloudFaultKind.NotFound,
        _ when code.Contains("NotFound", StringComparison.Ordinal) || code.Contains("NotExist", StringComparison.Ordinal) => CloudFaultKind.NotFound,
        _ when status >= 500 => CloudFaultKind.Unavailable,
        _ when status == 409 => CloudFaultKind.Conflict,
        _ => CloudFaultKind.Refused,
    };

    private static bool In(string code, string family) => code == family || code.StartsWith(family + ".", StringComparison.Ordinal);
}
