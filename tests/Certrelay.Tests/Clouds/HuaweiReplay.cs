using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Huawei;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>A recorded request of Huawei's official client, sent again as it was to a simulator that has the recording's clock and credentials.</summary>
internal sealed class HuaweiReplay
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    private readonly JsonNode _capture;

    private HuaweiReplay(JsonNode capture) => _capture = capture;

    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "huawei-*.json").Select(static path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public DateTimeOffset Clock => _capture["clock"]!.GetValue<DateTimeOffset>();

    public HuaweiCredentials Credentials => new(
        _capture["credentials"]!["ak"]!.GetValue<string>(), _capture["credentials"]!["sk"]!.GetValue<string>(), (string?)_capture["credentials"]!["securityToken"]);

    public string Method => Text("method");

    public string RawPath => Text("path");

    /// <summary>The recorded body; null where there was none.</summary>
    public JsonNode? Body => Text("body") is { Length: > 0 } body ? JsonNode.Parse(body) : null;

    public static HuaweiReplay Read(string name) => new(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!);

    /// <summary>Sends it, with one header changed where one is given.</summary>
    public async Task<(int Status, JsonNode? Body)> SendAsync(HuaweiSimulator simulator, string? header = null, Func<string, string>? change = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        var target = Text("query") is { Length: > 0 } query ? $"{RawPath}?{query}" : RawPath;
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(simulator.Endpoint.GetLeftPart(UriPartial.Authority) + target, asWritten));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Text("body")));
        foreach (var one in _capture["headers"]!.AsArray())
        {
            var (name, value) = (one!["name"]!.GetValue<string>(), one["value"]!.GetValue<string>());
            if (string.Equals(name, header, StringComparison.OrdinalIgnoreCase))
                value = change!(value);
            if (string.Equals(name, "content-type", StringComparison.OrdinalIgnoreCase))
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name is not ("Content-Length" or "Connection" or "Accept-Encoding"))
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, body.Length == 0 ? null : JsonNode.Parse(body));
    }

    private string Text(string name) => _capture[name]!.GetValue<string>();
}
