using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Huawei;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Signing;
using Certrelay.Vault;

namespace Certrelay.Tests.Clouds;

/// <summary>Calls a simulated Huawei Cloud with the product's own signer, as a test that needs an answer only.</summary>
internal sealed class HuaweiCaller(HuaweiSimulator simulator, TimeProvider time, HuaweiCredentials? credentials = null) : IDisposable
{
    public const string Project = "0123456789abcdef0123456789abcdef";
    public const string Domain = "fedcba9876543210fedcba9876543210";

    private readonly HttpClient _client = new(new SocketsHttpHandler());
    private readonly HuaweiCredentials _credentials = credentials ?? HuaweiOptions.Example;

    public void Dispose() => _client.Dispose();

    /// <summary>Sends one call, signed now; the account or the project is named as the path asks for it.</summary>
    public async Task<(int Status, JsonNode? Body)> CallAsync(string method, string path, JsonNode? body = null, params (string Name, string Value)[] query)
    {
        using var own = new CloudCredentials(_credentials.AccessKey, new Secret(Encoding.UTF8.GetBytes(_credentials.SecretKey)), _credentials.SecurityToken);
        using var request = new CloudRequest
        {
            Method = method,
            Endpoint = simulator.Endpoint,
            Path = path[1..].Split('/'),
            Query = [.. query.Select(static one => new CloudField(one.Name, one.Value))],
            Headers = path.Contains("/cdn/", StringComparison.Ordinal) ? [new("X-Domain-Id", Domain)]
                : path.StartsWith("/v3/auth", StringComparison.Ordinal) || path == "/v3/projects" ? [] : [new("X-Project-Id", Project)],
            Content = body is null ? null : new CloudContent("application/json", Encoding.UTF8.GetBytes(body.ToJsonString())),
        };
        using var message = new HttpRequestMessage(new HttpMethod(method), request.ToUri());
        foreach (var (name, value) in (CloudField[])[.. request.Headers, .. SdkHmacSigner.Sign(request, own, time.GetUtcNow())])
            message.Headers.TryAddWithoutValidation(name, value);
        if (request.Content is { } content)
        {
            message.Content = new ByteArrayContent(content.Bytes.ToArray());
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(content.Type);
        }

        using var answer = await _client.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }
}
