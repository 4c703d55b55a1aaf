using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Certrelay.App.Http;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;

namespace Certrelay.Tests.Http;

public sealed class BodyTests : IAsyncLifetime
{
    private readonly EdgeFunctions.Journal _journal = new();
    private EdgeServer _server = null!;
    private string _token = "";

    public static TheoryData<string, string, string[]> Shapes() => new()
    {
        { "nothing but a wrong kind", "[]", ["{at}: is to be an object"] },
        { "a missing property", "{}", ["/text: is missing"] },
        { "a null where none may be", """{"text":null}""", ["/text: must not be null"] },
        { "a wrong type", """{"text":5}""", ["/text: is to be a string"] },
        { "an unknown property", """{"text":"a","titel":"b"}""", ["/titel: is unknown"] },
        { "another case", """{"Text":"a"}""", ["/Text: is unknown", "/text: is missing"] },
        { "a property twice", """{"text":"a","text":"b"}""", ["/text: occurs twice"] },
        { "a number as text", """{"text":"a","priority":"1"}""", ["/priority: is to be an integer"] },
        { "a number with a fraction", """{"text":"a","priority":1.5}""", ["/priority: is to be an integer"] },
        { "a word outside the list", """{"text":"a","for":"root"}""", ["/for: is to be one of viewer, operator, deployer, exporter, auditor, admin"] },
        { "a number for a word", """{"text":"a","for":1}""", ["/for: is to be one of viewer, operator, deployer, exporter, auditor, admin"] },
        { "no moment", """{"text":"a","at":"soon"}""", ["/at: is to be a time such as 2026-01-05T08:00:00Z"] },
        { "an array that is none", """{"text":"a","parts":{}}""", ["/parts: is to be an array"] },
        { "an object that is none", """{"text":"a","tags":[]}""", ["/tags: is to be an object"] },
        { "a map's value", """{"text":"a","tags":{"a/b":1}}""", ["/tags/a~1b: is to be a string"] },
        { "a null in an array", """{"text":"a","parts":[null]}""", ["/parts/0: must not be null"] },
        {
            "everything at once", """{"titel":1,"priority":true,"parts":[{"name":"a"},{"name":2,"size":3,"x":0}]}""",
            ["/titel: is unknown", "/priority: is to be an integer", "/parts/0/size: is missing", "/parts/1/name: is to be a string", "/parts/1/x: is unknown", "/text: is missing"]
        },
        {
            "annotations, deep ones too", """{"text":"","parts":[{"name":"A","size":10}]}""",
            ["/text: The field text must be a string with a minimum length of 1 and a maximum length of 20", "/parts/0/name: is to be of letters", "/parts/0/size: The field size must be between 1 and 9"]
        },
    };

    public static TheoryData<string, string?, int> ContentTypes() => new()
    {
        { "JSON", "application/json", 200 },
        { "JSON in UTF-8", "application/json; charset=utf-8", 200 },
        { "the other type that the call takes", "application/x-pem-file", 200 },
        { "JSON in another charset", "application/json; charset=utf-16", 415 },
        { "a form", "application/x-www-form-urlencoded", 415 },
        { "no type", null, 415 },
    };

    public async Task InitializeAsync()
    {
        _server = await EdgeFunctionsServer.StartAsync(_journal, options: new EdgeOptions { BodyLimit = 1000, BodyTimeout = TimeSpan.FromMilliseconds(400) });
        _token = await _server.TokenAsync(Role.Operator);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Names_every_fault_of_the_body(string row, string body, string[] faults)
    {
        Assert.NotEmpty(row);

        var reply = await _server.SendAsync("POST", "/api/notes", _token, body);

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(faults.Select(fault => fault.Replace("{at}", "", StringComparison.Ordinal)), reply.Faults);
        Assert.Empty(_journal.Lines);
    }

    [Theory]
    [InlineData("{\"text\":\"a\"", "Line 1, byte 12 is not JSON.")]
    [InlineData("{\"text\":\n secret}", "Line 2, byte 2 is not JSON.")]
    public async Task Text_that_is_no_JSON_is_malformed_and_not_repeated(string body, string detail)
    {
        var reply = await _server.SendAsync("POST", "/api/notes", _token, body);

        Assert.Equal((400, "body.malformed", detail), (reply.Status, reply.Problem, (string?)reply.Json["detail"]));
        Assert.DoesNotContain(_server.Log, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_without_its_body_is_told_so()
    {
        var reply = await _server.SendAsync("POST", "/api/notes", _token);

        Assert.Equal((400, "body.missing"), (reply.Status, reply.Problem));
    }

    [Theory]
    [MemberData(nameof(ContentTypes))]
    public async Task Takes_only_the_declared_content_types(string row, string? type, int status)
    {
        Assert.NotEmpty(row);
        var content = new ByteArrayContent("{\"text\":\"a\"}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        var reply = await _server.SendAsync("POST", "/api/echo", body: content);

        Assert.Equal(status, reply.Status);
        if (status != 200)
            Assert.Equal("body.type", reply.Problem);
    }

    [Fact]
    public async Task Takes_no_content_encoding()
    {
        var content = new StringContent("{}", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal("body.type", (await _server.SendAsync("POST", "/api/echo", body: content)).Problem);
    }

    [Fact]
    public async Task A_body_of_the_limit_is_taken_and_one_byte_more_is_not()
    {
        var fits = await _server.SendAsync("POST", "/api/echo", body: Pem(new byte[1000]));
        var large = await _server.SendAsync("POST", "/api/echo", body: Pem(new byte[1001]));

        Assert.Equal("1000 ", (string?)fits.Json["text"]);
        Assert.Equal((413, "body.too-large"), (large.Status, large.Problem));
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_held_to_the_limit()
    {
        var answer = await RawAsync("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-pem-file\r\nTransfer-Encoding: chunked\r\n\r\n", $"7d0\r\n{new string('a', 2000)}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("body.too-large", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_in_time_is_too_slow()
    {
        var answer = await RawAsync("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-pem-file\r\nContent-Length: 100\r\n\r\n", "abc");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("body.too-slow", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_buffer_of_a_body_is_zeroed_when_the_call_ends()
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.ASCII.GetBytes(new string('k', 50_000)));
        var body = await RequestBody.ReadAsync(context.Request, new EdgeOptions(), TimeProvider.System, default);
        var bytes = body.Bytes;
        Assert.Equal(50_000, bytes.Span.Count((byte)'k'));

        body.Dispose();

        Assert.Equal(-1, bytes.Span.IndexOfAnyExcept((byte)0));
        Assert.True(body.Bytes.IsEmpty);
    }

    private static ByteArrayContent Pem(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-pem-file");
        return content;
    }

    /// <summary>Sends text as it stands and reads until the server closes.</summary>
    private async Task<string> RawAsync(string head, string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + body));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
