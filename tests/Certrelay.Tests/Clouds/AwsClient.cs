using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Certrelay.Simulators.Aws;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Signing;
using Certrelay.Vault;

namespace Certrelay.Tests.Clouds;

/// <summary>What a service answered.</summary>
internal sealed record AwsAnswer(int Status, string Body, string? ETag)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public XElement Xml => XElement.Parse(Body);

    /// <summary>The error code in any protocol; null for a good answer.</summary>
    public string? Code => Status == 200 ? null : Body.StartsWith('{') ? Json["__type"]!.GetValue<string>()
        : Body.Contains("<Code>", StringComparison.Ordinal) ? Values("Code").Single()
        : Body;

    /// <summary>The texts of all elements of a name, whatever their namespace.</summary>
    public IReadOnlyList<string> Values(string name) => [.. Xml.Descendants().Where(one => one.Name.LocalName == name).Select(one => one.Value)];
}

/// <summary>A caller of the simulator that does nothing by itself but sign.</summary>
internal sealed class AwsClient(AwsSimulator aws, TimeProvider time) : IDisposable
{
    public const string Region = "eu-west-1";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });

    public AwsKey Key { get; set; } = AwsKey.Lasting;

    public Task<AwsAnswer> AcmAsync(string action, JsonObject body, string region = Region) => SendAsync(
        "acm", region, "POST", [], [new("x-amz-target", "CertificateManager." + action)], new CloudContent("application/x-amz-json-1.1", Encoding.UTF8.GetBytes(body.ToJsonString())));

    public Task<AwsAnswer> ElbV2Async(string action, params (string Name, string Value)[] fields) => QueryAsync("elasticloadbalancing", Region, action, "2015-12-01", fields);

    public Task<AwsAnswer> ClassicAsync(string action, params (string Name, string Value)[] fields) => QueryAsync("elasticloadbalancing", Region, action, "2012-06-01", fields);

    public Task<AwsAnswer> IamAsync(string action, params (string Name, string Value)[] fields) => QueryAsync("iam", "us-east-1", action, "2010-05-08", fields);

    public Task<AwsAnswer> QueryAsync(string service, string region, string action, string version, params (string Name, string Value)[] fields) => SendAsync(
        service, region, "POST", [], [],
        CloudContent.Form([new("Action", action), new("Version", version), .. fields.Select(one => new CloudField(one.Name, one.Value))]));

    public Task<AwsAnswer> CloudFrontAsync(string method, string[] path, string? match = null, XElement? body = null) => SendAsync(
        "cloudfront", "us-east-1", method, ["2020-05-31", "distribution", .. path], match is null ? [] : [new("If-Match", match)],
        body is null ? null : new CloudContent("application/xml", Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting))));

    public async Task<AwsAnswer> SendAsync(
        string service, string region, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> headers, CloudContent? content)
    {
        using var call = new CloudRequest { Method = method, Endpoint = aws.Endpoint, Path = path, Headers = headers, Content = content };
        using var credentials = new CloudCredentials(Key.AccessKeyId, new Secret(Encoding.UTF8.GetBytes(Key.SecretAccessKey)), Key.SessionToken);
        var signed = SigV4Signer.Sign(call, region, service, credentials, time.GetUtcNow());
        return await SendAsync(method, call.ToUri(), [.. headers, .. signed], content?.Type, content?.Bytes.ToArray());
    }

    /// <summary>Sends what is given, as it is.</summary>
    public async Task<AwsAnswer> SendAsync(string method, Uri address, IEnumerable<CloudField> headers, string? type, byte[]? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("content-type", type);
        }

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request, CancellationToken.None);
        return new AwsAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.TryGetValues("ETag", out var tags) ? tags.Single() : null);
    }

    public void Dispose() => _http.Dispose();
}
