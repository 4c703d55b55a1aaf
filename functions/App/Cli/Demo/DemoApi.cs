using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.App.Cli.Demo;

/// <summary>An answer of the API as any script would see it.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body, Uri? Location)
{
    /// <summary>The answer itself when its status is the expected one; ends the act otherwise.</summary>
    public ApiAnswer Expect(HttpStatusCode expected, string what) => Status == expected
        ? this
        : throw new ActFailedException($"{what} was answered with {(int)Status} instead of {(int)expected}: {Body}");
}

/// <summary>Calls the API.</summary>
internal sealed class DemoApi(HttpClient client)
{
    public Task<ApiAnswer> UploadAsync(string name, string pem, CancellationToken cancellationToken)
    {
        var content = new StringContent(pem, Encoding.ASCII, new MediaTypeHeaderValue("application/x-pem-file"));
        return SendAsync(HttpMethod.Post, $"api/certificates?name={name}", content, cancellationToken);
    }

    public Task<ApiAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), cancellationToken);

    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, content: null, cancellationToken);

    private async Task<ApiAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await client.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        using var json = body.Length > 0 ? JsonDocument.Parse(body) : null;
        return new ApiAnswer(response.StatusCode, json?.RootElement.Clone() ?? default, response.Headers.Location);
    }
}
