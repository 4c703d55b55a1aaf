using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Tencent;

/// <summary>What every answer of Tencent is wrapped in.</summary>
internal sealed record TencentAnswer<T>(T Response);

/// <summary>The part of an answer that tells of a failure.</summary>
internal sealed record TencentVerdict(TencentError? Error);

/// <summary>A failure in the vendor's words.</summary>
internal sealed record TencentError(string Code, string? Message);

/// <summary>Calls of Tencent Cloud's API 3.0: one path, action and version in headers, JSON bodies, signature V3.</summary>
/// <remarks>SSL API 2019-12-05, CDN API 2018-06-06, CLB API 2018-03-17, WAF API 2018-01-25.</remarks>
internal sealed partial class TencentApi(CloudSession session)
{
    private const string Json = "application/json";

    public CloudSession Session => session;

    /// <summary>True when writes are recorded and not sent.</summary>
    public bool Plans => session.Plan is not null;

    /// <summary>Makes one call with parameters; throws as <see cref="CloudSession.SendAsync"/> and <see cref="CloudAnswer.Json"/> do.</summary>
    /// <param name="region">The region of the resource; null for actions without one.</param>
    /// <param name="write">What a plan tells; required for an action that writes.</param>
    public Task<T> CallAsync<T>(
        CloudAction action, JsonObject parameters, JsonTypeInfo<TencentAnswer<T>> shape, string resource, CancellationToken cancellationToken,
        string? region = null, CloudWrite? write = null) =>
        CallAsync(action, CloudContent.Json(Json, parameters, TencentApiJson.Default.JsonObject), shape, resource, cancellationToken, region, write);

    /// <summary>As above with a body of its own, which the call zeroes.</summary>
    public async Task<T> CallAsync<T>(
        CloudAction action, CloudContent content, JsonTypeInfo<TencentAnswer<T>> shape, string resource, CancellationToken cancellationToken,
        string? region = null, CloudWrite? write = null)
    {
        var version = VersionOf(action.Service);
        using var call = new CloudCall
        {
            Action = action,
            Resource = resource,
            Write = write,
            Request = new CloudRequest
            {
                Method = "POST",
                Endpoint = session.Endpoint(HostOf(action.Service, session.Account.Site)),
                Headers = region is null
                    ? [new("X-TC-Action", action.Name), new("X-TC-Version", version)]
                    : [new("X-TC-Action", action.Name), new("X-TC-Version", version), new("X-TC-Region", region)],
                Content = content,
            },
            Sign = (request, credentials, now) => Tc3Signer.Sign(request, action.Service, credentials, now),
            Judge = Judge,
        };
        using var answer = await session.SendAsync(call, cancellationToken);
        return answer.Json(shape).Response;
    }

    /// <summary>The answer that stands in for one that holds nothing of interest.</summary>
    public static CloudAnswer Placeholder() => CloudAnswer.Of(200, """{"Response":{"RequestId":"planned-request"}}""");

    /// <summary>The host of a service; only the certificate store has one of its own for accounts of the international site.</summary>
    internal static string HostOf(string service, string site) =>
        service == "ssl" && site == "international" ? "ssl.intl.tencentcloudapi.com" : $"{service}.tencentcloudapi.com";

    private static string VersionOf(string service) => service switch
    {
        "ssl" => "2019-12-05",
        "cdn" => "2018-06-06",
        "clb" => "2018-03-17",
        "waf" => "2018-01-25",
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, "No version of this service is known."),
    };

    private static CloudFault? Judge(CloudAnswer answer)
    {
        if (!answer.IsSuccess)
            return new CloudFault(CloudFaultKind.Unavailable, $"HTTP {answer}", "", answer.RetryAfter);
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, TencentApiJson.Default.TencentAnswerTencentVerdict)?.Response?.Error is { } error
                ? TencentFaults.Of(error.Code, error.Message ?? "")
                : null;
        }
        catch (JsonException)
        {
            return new CloudFault(CloudFaultKind.Unavailable, "no JSON", "");
        }
    }

    [JsonSerializable(typeof(JsonObject))]
    [JsonSerializable(typeof(TencentAnswer<TencentVerdict>))]
    private sealed partial class TencentApiJson : JsonSerializerContext;
}
