using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Alibaba;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>A recorded request of the vendor's official client, sent again as it was to a simulator that has the recording's clock and credentials.</summary>
internal static class AlibabaReplay
{
    /// <summary>The answer's body.</summary>
    /// <param name="change">Changes the header with the signature.</param>
    public static async Task<string> SendAsync(AlibabaSimulator simulator, JsonNode capture, Func<string, string>? change = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        var target = Text(capture, "path") + (Text(capture, "query") is { Length: > 0 } query ? $"?{query}" : "");
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(new HttpMethod(Text(capture, "method")), new Uri(simulator.Endpoint.GetLeftPart(UriPartial.Authority) + target, asWritten));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Text(capture, "body")));
        foreach (var one in capture["headers"]!.AsArray())
        {
            var (name, value) = (Text(one!, "name"), Text(one!, "value"));
            if (string.Equals(name, "authorization", StringComparison.OrdinalIgnoreCase) && change is not null)
                value = change(value);
            if (string.Equals(name, "content-type", StringComparison.OrdinalIgnoreCase))
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (string.Equals(name, "content-md5", StringComparison.OrdinalIgnoreCase))
                request.Content.Headers.TryAddWithoutValidation(name, value);
            else if (name.ToLowerInvariant() is not ("content-length" or "connection" or "accept-encoding" or "transfer-encoding"))
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
