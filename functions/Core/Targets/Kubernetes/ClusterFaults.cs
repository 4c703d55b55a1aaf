using System.Text.Json;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Kubernetes;

/// <summary>Reads how a cluster's API tells of a failure (<c>Status</c>, meta/v1), and says what kind each is.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/</remarks>
internal static class ClusterFaults
{
    /// <summary>The failure of an answer; null for a success.</summary>
    public static CloudFault? Judge(CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var status = Read(answer.Body);
        // The account's own credentials are good, or there would be no kubeconfig: they are not to be given up for one cluster.
        var words = answer.Status == 401 ? "The cluster does not know who the kubeconfig speaks for." : status?.Message ?? "";
        return new CloudFault(KindOf(answer.Status, status), status?.Reason ?? $"HTTP {answer}", words, answer.RetryAfter);
    }

    private static CloudFaultKind KindOf(int code, ClusterStatus? status) => code switch
    {
        401 or 403 => CloudFaultKind.Permission,
        404 => CloudFaultKind.NotFound,
        409 when status is { Reason: "AlreadyExists" } || status?.Details?.Causes?.Any(static cause => cause.Reason == "FieldManagerConflict") == true => CloudFaultKind.Conflict,
        // The object changed between two looks at it.
        409 => CloudFaultKind.Busy,
        429 => CloudFaultKind.Throttled,
        >= 500 => CloudFaultKind.Unavailable,
        _ => CloudFaultKind.Refused,
    };

    private static ClusterStatus? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, ClusterJson.Default.ClusterStatus);
        }
        catch (JsonException)
        {
            // A page of something between us and the cluster.
            return null;
        }
    }
}
