using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets.Signing;
using Certrelay.Targets.Tencent;
using Certrelay.Vault;

namespace Certrelay.Tests.Clouds;

/// <summary>What a call to Tencent may do otherwise than well.</summary>
internal sealed record TencentCallOptions
{
    public string? Region { get; init; }

    /// <summary>By how much the caller's clock is ahead.</summary>
    public TimeSpan Skew { get; init; }

    public string? Version { get; init; }

    public TencentCredentials Credentials { get; init; } = TencentCredentials.Example;

    /// <summary>Changes the value of the Authorization header.</summary>
    public Func<string, string>? Authorization { get; init; }
}

/// <summary>A client of the simulator for tests: signs as the product does, sends any body.</summary>
internal sealed class TencentCaller(Uri endpoint, TimeProvider time) : IDisposable
{
    private static readonly Dictionary<string, string> Versions = new(StringComparer.Ordinal)
    {
        ["ssl"] = "2019-12-05",
        ["cdn"] = "2018-06-06",
        ["clb"] = "2018-03-17",
        ["waf"] = "2018-01-25",
    };

    private readonly HttpClient _client = new(new SocketsHttpHandler());

    /// <summary>The <c>Response</c> of a call; the action with its service: <c>ssl.UploadCertificate</c>.</summary>
    public async Task<JsonObject> CallAsync(string action, JsonObject body, TencentCallOptions? options = null)
    {
        options ??= new TencentCallOptions();
        var (service, name) = (action.Split('.')[0], action.Split('.')[1]);
        using var request = new CloudRequest
        {
            Method = "POST",
            Endpoint = endpoint,
            Headers =
            [
                new("X-TC-Action", name),
                new("X-TC-Version", options.Version ?? Versions.GetValueOrDefault(service, "2020-01-01")),
                .. options.Region is { } region ? (CloudField[])[new("X-TC-Region", region)] : [],
            ],
            Content = new CloudContent("application/json", Encoding.UTF8.GetBytes(body.ToJsonString())),
        };
        using var credentials = new CloudCredentials(
            options.Credentials.SecretId, new Secret(Encoding.UTF8.GetBytes(options.Credentials.SecretKey)), options.Credentials.Token);
        using var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(request.Content.Bytes.ToArray()) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (header, value) in request.Headers.Concat(Tc3Signer.Sign(request, service, credentials, time.GetUtcNow() + options.Skew)))
            message.Headers.TryAddWithoutValidation(header, header == "Authorization" && options.Authorization is { } change ? change(value) : value);
        using var answer = await _client.SendAsync(message);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Response"]!.AsObject();
    }

    /// <summary>The error code of a call; null when it succeeds.</summary>
    public async Task<string?> CodeAsync(string action, JsonObject body, TencentCallOptions? options = null) => CodeOf(await CallAsync(action, body, options));

    public static string? CodeOf(JsonObject response) => response["Error"]?["Code"]?.GetValue<string>();

    public void Dispose() => _client.Dispose();
}
