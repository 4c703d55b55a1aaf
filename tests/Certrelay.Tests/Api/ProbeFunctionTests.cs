using System.Text.Json.Nodes;

namespace Certrelay.Tests.Api;

public sealed class ProbeFunctionTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Addresses_that_the_guard_refuses_are_told_and_the_order_is_kept()
    {
        var reply = await _server.SendAsync("POST", "/api/probe", """{"endpoints":["10.0.0.5:8443","smtp://127.0.0.1","[fe80::1]:443","169.254.169.254"]}""");

        Assert.Equal(200, reply.Status);
        Assert.False((bool)reply.Json["good"]!);
        var reports = reply.Json["endpoints"]!.AsArray();
        Assert.Equal(["10.0.0.5:8443", "127.0.0.1:25", "[fe80::1]:443", "169.254.169.254:443"], reports.Select(report => (string)report!["endpoint"]!));
        Assert.Equal(["none", "smtp", "none", "none"], reports.Select(report => (string)report!["startTls"]!));
        Assert.All(reports, report => Assert.Equal(["probe.forbidden"], Codes(report!)));
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_told_at_its_place()
    {
        var reply = await _server.SendAsync(
            "POST", "/api/probe", """{"endpoints":["shop.example.com","shop.example.com:0","a b","ftp://x"],"serverName":"-","expected":"abc"}""");

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(
            ["/serverName", "/endpoints/1", "/endpoints/2", "/endpoints/3", "/expected"],
            reply.Json["faults"]!.AsArray().Select(fault => (string)fault!["at"]!));
    }

    [Theory]
    [InlineData("no endpoints", """{"endpoints":[]}""")]
    [InlineData("too long a time", """{"endpoints":["a:1"],"timeoutSeconds":31}""")]
    [InlineData("an unknown field", """{"endpoints":["a:1"],"colour":1}""")]
    public async Task Requests_of_another_shape_are_refused(string description, string body)
    {
        Assert.NotEmpty(description);

        Assert.Equal("body.invalid", (await _server.SendAsync("POST", "/api/probe", body)).Problem);
    }

    [Fact]
    public async Task More_than_100_endpoints_are_refused()
    {
        var body = new JsonObject { ["endpoints"] = new JsonArray([.. Enumerable.Repeat("a.example.com", 101).Select(static text => (JsonNode)text)]) };

        Assert.Equal("body.invalid", (await _server.SendAsync("POST", "/api/probe", body.ToJsonString())).Problem);
    }

    private static IEnumerable<string> Codes(JsonNode report) =>
        report["addresses"]!.AsArray().SelectMany(static address => address!["findings"]!.AsArray()).Select(static finding => (string)finding!["code"]!);
}
