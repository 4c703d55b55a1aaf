using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>Calls of AWS in the three protocols of the services used here, Signature Version 4 throughout.</summary>
/// <remarks>ACM 2015-12-08 (JSON 1.1), CloudFront 2020-05-31 (XML), Elastic Load Balancing 2015-12-01 and 2012-06-01, IAM 2010-05-08 (forms).</remarks>
internal sealed partial class AwsApi(CloudSession session)
{
    public CloudSession Session => session;

    /// <summary>True for an account of the China partition, which has hosts, regions and rules of its own.</summary>
    public bool IsChina => session.Account.Site == "aws-cn";

    /// <summary>The region of a call about no resource in particular.</summary>
    public string HomeRegion => session.Account.Region ?? (IsChina ? "cn-north-1" : "us-east-1");

    /// <summary>The host of a service, and the region that its calls are signed for; IAM and CloudFront have one a partition.</summary>
    public static (string Host, string Region) Place(string service, string region, bool isChina) => (service, isChina) switch
    {
        ("iam", false) => ("iam.amazonaws.com", "us-east-1"),
        ("iam", true) => ("iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("cloudfront", false) => ("cloudfront.amazonaws.com", "us-east-1"),
        ("cloudfront", true) => ("cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        (_, false) => ($"{service}.{region}.amazonaws.com", region),
        (_, true) => ($"{service}.{region}.amazonaws.com.cn", region),
    };

    /// <summary>Makes one call of ACM in a region; the caller disposes the answer. Throws as <see cref="CloudSession.SendAsync"/> does.</summary>
    public Task<CloudAnswer> AcmAsync(CloudAction action, string region, CloudContent content, string resource, CancellationToken cancellationToken, CloudWrite? write = null) =>
        SendAsync(action, "acm", region, "POST", [], [], [new("X-Amz-Target", $"CertificateManager.{action.Name}")], content, resource, write, cancellationToken);

    /// <summary>Makes one call of a load balancer's API; the result without its two wrappers.</summary>
    public Task<XElement> BalancingAsync(
        CloudAction action, string region, IEnumerable<CloudField> parameters, string resource, CancellationToken cancellationToken, CloudWrite? write = null) =>
        QueryAsync(
            action, "elasticloadbalancing", region, Form(action, action.Service == "elb" ? "2012-06-01" : "2015-12-01", parameters), resource, write, cancellationToken);

    /// <summary>The entries of a load balancer's list, page by page.</summary>
    /// <param name="list">The element that holds them.</param>
    public async IAsyncEnumerable<XElement> BalancingPagesAsync(
        CloudAction action, string region, string list, IReadOnlyList<CloudField> parameters, string resource, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            CloudField[] next = marker is null ? [] : [new("Marker", marker)];
            var page = await BalancingAsync(action, region, [.. parameters, new("PageSize", "400"), .. next], resource, cancellationToken);
            foreach (var entry in page.Entries(list))
                yield return entry;
            marker = page.Text("NextMarker") is { Length: > 0 } more ? more : null;
        }
        while (marker is not null);
    }

    /// <summary>Makes one call of IAM; the result without its two wrappers.</summary>
    /// <param name="secret">The last parameter, as UTF-8, where it must not become a text; the caller zeroes it.</param>
    public Task<XElement> IamAsync(
        CloudAction action, IEnumerable<CloudField> parameters, string resource, CancellationToken cancellationToken, CloudWrite? write = null,
        (string Name, ReadOnlyMemory<byte> Value)? secret = null)
    {
        var content = Form(action, "2010-05-08", parameters);
        if (secret is { } last)
            content = AwsForm.With(content, last.Name, last.Value.Span);
        return QueryAsync(action, "iam", HomeRegion, content, resource, write, cancellationToken);
    }

    /// <summary>Makes one call of CloudFront; the caller disposes the answer. Throws as <see cref="CloudSession.SendAsync"/> does.</summary>
    /// <param name="path">Behind <c>/2020-05-31/distribution</c>.</param>
    public Task<CloudAnswer> CloudFrontAsync(
        CloudAction action, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> query, string resource, CancellationToken cancellationToken,
        IReadOnlyList<CloudField>? headers = null, XElement? body = null, CloudWrite? write = null) =>
        SendAsync(
            action, "cloudfront", HomeRegion, method, ["2020-05-31", "distribution", .. path], query, headers ?? [], body is null ? null : new CloudContent("application/xml", AwsXml.Write(body)), resource, write,
            cancellationToken);

    /// <summary>The distributions of the account, each in short.</summary>
    public async IAsyncEnumerable<XElement> DistributionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            CloudField[] next = marker is null ? [] : [new("Marker", marker)];
            using var answer = await CloudFrontAsync(AwsActions.ListDistributions, "GET", [], [new("MaxItems", "100"), .. next], "", cancellationToken);
            var page = AwsXml.Read(answer);
            foreach (var one in page.Entries("Items"))
                yield return one;
            marker = page.Text("IsTruncated") == "true" ? page.Text("NextMarker") : null;
        }
        while (marker is not null);
    }

    /// <summary>The answer of a form's action as a plan goes on with it.</summary>
    public static CloudAnswer Placeholder(CloudAction action, string result = "") =>
        CloudAnswer.Of(200, $"<{action.Name}Response><{action.Name}Result>{result}</{action.Name}Result></{action.Name}Response>");

    private static CloudContent Form(CloudAction action, string version, IEnumerable<CloudField> parameters) =>
        CloudContent.Form([new("Action", action.Name), new("Version", version), .. parameters]);

    private async Task<XElement> QueryAsync(
        CloudAction action, string service, string region, CloudContent content, string resource, CloudWrite? write, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(action, service, region, "POST", [], [], [], content, resource, write, cancellationToken);
        return AwsXml.Read(answer).Child($"{action.Name}Result") ?? new XElement("None");
    }

    private async Task<CloudAnswer> SendAsync(
        CloudAction action, string service, string region, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> query,
        IReadOnlyList<CloudField> headers, CloudContent? content, string resource, CloudWrite? write, CancellationToken cancellationToken)
    {
        var (host, scope) = Place(service, region, IsChina);
        using var call = new CloudCall
        {
            Action = action,
            Resource = resource,
            Write = write,
            Request = new CloudRequest { Method = method, Endpoint = session.Endpoint(host), Path = path, Query = query, Headers = headers, Content = content },
            Sign = (request, credentials, now) => SigV4Signer.Sign(request, scope, service, credentials, now),
            Judge = answer => Judge(action, answer),
        };
        return await session.SendAsync(call, cancellationToken);
    }

    private static CloudFault? Judge(CloudAction action, CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var (code, words) = action.Service == "acm" ? JsonError(answer) : XmlError(answer);
        return code is not null ? AwsFaults.Of(action, answer.Status, code, words ?? "", answer.RetryAfter)
            : new CloudFault(answer.Status == 429 ? CloudFaultKind.Throttled : CloudFaultKind.Unavailable, $"HTTP {answer}", "", answer.RetryAfter);
    }

    private static (string? Code, string? Words) XmlError(CloudAnswer answer)
    {
        var error = AwsXml.TryRead(answer)?.Child("Error");
        return (error?.Text("Code"), error?.Text("Message"));
    }

    private static (string? Code, string? Words) JsonError(CloudAnswer answer)
    {
        try
        {
            var error = JsonSerializer.Deserialize(answer.Body.Span, AwsErrorJson.Default.AwsError);
            // Some services put a namespace before the code, and a link behind it.
            return (error?.Type?.Split('#')[^1].Split(':')[0], error?.Message);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private sealed record AwsError([property: JsonPropertyName("__type")] string? Type, [property: JsonPropertyName("message")] string? Message);

    [JsonSerializable(typeof(AwsError))]
    private sealed partial class AwsErrorJson : JsonSerializerContext;
}
