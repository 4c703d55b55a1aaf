using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Certrelay.Targets.Signing;
using static Certrelay.Tests.Targets.Signing.Signing;

namespace Certrelay.Tests.Targets.Signing;

public sealed partial class CloudRequestTests
{
    [Fact]
    public void What_may_hold_a_key_does_not_print()
    {
        using var credentials = Credentials(token: "SECRET-TOKEN", secret: "SECRET-KEY");
        using var request = new CloudRequest
        {
            Method = "POST",
            Endpoint = new Uri("https://cas.example.com"),
            Path = ["SECRET-path"],
            Query = [new("Key", "SECRET-query")],
            Headers = [new("x-acs-note", "SECRET-header")],
            Content = Json("SECRET-body"),
        };

        string[] shown =
        [
            $"{request}", $"{request.Content}", $"{credentials}", $"{request.Query[0]}", $"{request.Headers[0]}",
            string.Join(',', request.Query), $"{request.Content!.Bytes}",
        ];

        Assert.Equal("POST cas.example.com", shown[0]);
        Assert.All(shown, text => Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_body_is_hashed_once_and_over_the_bytes_sent()
    {
        using var content = CloudContent.Json("application/json", new Sample("ä/\"<😀"), SampleJson.Default.Sample);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content.Bytes.Span)), content.Sha256);
        Assert.Same(content.Sha256, content.Sha256);
    }

    [Fact]
    public void No_body_hashes_as_no_bytes()
    {
        using var request = Get();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), request.BodySha256);
    }

    [Fact]
    public void A_body_is_zeroed_when_its_request_is_disposed()
    {
        var bytes = Encoding.UTF8.GetBytes("key");
        var request = new CloudRequest { Method = "POST", Endpoint = new Uri("https://api.example.com"), Content = new CloudContent("text/plain", bytes) };
        request.Dispose();

        Assert.Equal(new byte[3], bytes);
        Assert.Throws<ObjectDisposedException>(() => request.Content.Bytes);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void A_dot_segment_is_refused(string segment) => Assert.Throws<ArgumentException>(() => Get(path: ["v3", segment, "listeners"]));

    [Theory]
    [InlineData("a name given twice", "x-amz-note", "X-Amz-Note", "v")]
    [InlineData("the host", "x-amz-note", "Host", "v")]
    [InlineData("the content type", "x-amz-note", "content-type", "v")]
    [InlineData("the signature", "x-amz-note", "authorization", "v")]
    [InlineData("a line break", "x-amz-note", "x-amz-other", "SECRET\r\nx-amz-forged: 1")]
    public void A_header_is_refused(string description, string first, string second, string value)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Get(headers: [new(first, "v"), new(second, value)]));
        Assert.False(refusal.Message.Contains("SECRET", StringComparison.Ordinal), description);
    }

    [Fact]
    public void A_port_is_part_of_the_signed_host_unless_it_is_the_schemes_own()
    {
        using var own = new CloudRequest { Method = "GET", Endpoint = new Uri("https://API.example.com:443") };
        using var other = new CloudRequest { Method = "GET", Endpoint = new Uri("https://api.example.com:8443") };

        Assert.Equal("api.example.com", own.Authority);
        Assert.Equal("api.example.com:8443", other.Authority);
    }

    [Fact]
    public async Task The_request_line_and_host_on_the_wire_are_those_that_were_signed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var request = new CloudRequest
        {
            Method = "GET",
            Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"),
            Path = ["*.example.com", "a/b", "ä%41~", "", "中 +", ""],
            Query = [new("cname", ""), new("k", "a b*c'(é)")],
        };

        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        using var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), request.ToUri());
        var sending = client.SendAsync(message, CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            lines.Add(line);
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        using var answer = await sending;

        Assert.Equal($"GET {request.RequestTarget} HTTP/1.1", lines[0]);
        Assert.Equal("/%2A.example.com/a%2Fb/%C3%A4%2541~//%E4%B8%AD%20%2B/?cname=&k=a%20b%2Ac%27%28%C3%A9%29", request.RequestTarget);
        Assert.Contains($"Host: {request.Authority}", lines);
    }

    internal sealed record Sample(string Name);

    [JsonSerializable(typeof(Sample))]
    internal sealed partial class SampleJson : JsonSerializerContext;
}
