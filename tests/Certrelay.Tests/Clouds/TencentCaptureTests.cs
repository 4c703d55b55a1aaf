using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The simulator against what the official client was seen to send, byte for byte.</summary>
public sealed class TencentCaptureTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 30, 45, TimeSpan.Zero));
    private readonly HttpClient _client = new(new SocketsHttpHandler());
    private TencentSimulator _simulator = null!;

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "tencent-*.json").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public async Task InitializeAsync() => _simulator = await TencentSimulator.StartAsync(_time);

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _simulator.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_capture_is_accepted_as_recorded(string name)
    {
        var capture = Read(name);
        PutInPlace(capture);

        var response = await SendAsync(capture, static value => value);

        // What the store was not told of before: a job of that number.
        var expected = name == "tencent-ssl-DescribeHostDeployRecordDetail" ? "FailedOperation.InvalidParam" : null;
        Assert.Equal(expected, TencentCaller.CodeOf(response));
        Assert.NotEmpty(response["RequestId"]!.GetValue<string>());
        Assert.Equal($"{capture["product"]}.{capture["action"]}", Assert.Single(_simulator.Calls).Action);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task One_changed_byte_of_a_captures_signature_is_refused(string name)
    {
        var capture = Read(name);
        PutInPlace(capture);

        var response = await SendAsync(capture, static value => value[..^1] + (value[^1] == '0' ? '1' : '0'));

        Assert.Equal("AuthFailure.SignatureFailure", TencentCaller.CodeOf(response));
        Assert.Empty(_simulator.Calls);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_capture_is_refused_sixteen_minutes_later(string name)
    {
        _time.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal("AuthFailure.SignatureExpire", TencentCaller.CodeOf(await SendAsync(Read(name), static value => value)));
    }

    private static JsonObject Read(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!.AsObject();

    // What the captures speak of: two certificates, a domain of each product, a listener with and one without SNI.
    private void PutInPlace(JsonObject capture)
    {
        if (capture["credentials"]!["token"] is { } token)
            _simulator.Allow(TencentCredentials.Example with { Token = token.GetValue<string>() });
        using var root = TestCertificates.Root();
        using var before = root.IssueLeaf("www.example.com", "example.com");
        using var after = root.IssueLeaf("www.example.com", "example.com");
        var old = _simulator.AddCertificate(before.FullChainPem, before.KeyPem, "before", "oLdCeRt1");
        _simulator.AddCertificate(after.FullChainPem, after.KeyPem, "after", "hVq1k2Xa");
        if (capture["action"]!.GetValue<string>() == "DeleteCertificate")
            return;
        _simulator.AddCdnDomain("www.example.com", old);
        _simulator.AddListener("ap-guangzhou", "lb-abcd1234", "lbl-efgh5678", old, ["www.example.com"]);
        _simulator.AddSniListener("ap-guangzhou", "lb-abcd1234", "lbl-ijkl9012", ("www.example.com", old));
        _simulator.AddWafDomain("www.example.com", "waf-domain-0001", "waf_2kxtlbky00b2v1fn", "ap-guangzhou", old);
    }

    private async Task<JsonObject> SendAsync(JsonObject capture, Func<string, string> change)
    {
        using var message = new HttpRequestMessage(new HttpMethod(capture["method"]!.GetValue<string>()), _simulator.Endpoint)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(capture["body"]!.GetValue<string>())),
        };
        foreach (var header in capture["headers"]!.AsArray())
        {
            var (name, value) = (header!["name"]!.GetValue<string>(), header["value"]!.GetValue<string>());
            if (name == "Content-Type")
                message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name is not ("Content-Length" or "Connection" or "Accept-Encoding"))
                Assert.True(message.Headers.TryAddWithoutValidation(name, name == "Authorization" ? change(value) : value), name);
        }

        using var answer = await _client.SendAsync(message);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Response"]!.AsObject();
    }
}
