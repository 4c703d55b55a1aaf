using System.Text.Json.Nodes;
using Certrelay.RealParts.Probing;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Cli;

public sealed class ProbeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultScene _scene = new();

    private string Trust
    {
        get
        {
            File.WriteAllText(_folder["root.pem"], FaultScene.Root.Pem);
            return _folder["root.pem"];
        }
    }

    [RealFact("nginx")]
    public async Task Good_endpoint_ends_with_0_and_a_line_in_the_table()
    {
        await _scene.NginxAsync(FaultScene.Leaf());

        using var run = CertrelayProcess.Start("probe", $"{FaultScene.First}:{_scene.Endpoint.Port}", "--name", "Shop.Example.com", "--trust", Trust);

        Assert.True(await run.ExitAsync() == 0, run.Output);
        Assert.StartsWith("ENDPOINT", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("1.2 1.3", run.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("none", run.Lines[1], StringComparison.Ordinal);
        Assert.Empty(run.Errors);
    }

    [RealFact("nginx")]
    public async Task Lines_of_JSON_come_in_the_order_of_the_input_and_a_fault_ends_with_1()
    {
        await _scene.NginxAsync(FaultScene.Leaf());
        var closed = RealProcess.FreePort(FaultScene.First);
        File.WriteAllText(_folder["hosts.txt"], $"# shops\n{FaultScene.First}:{closed}   # closed\n\n{FaultScene.First}:{_scene.Endpoint.Port}\n");

        using var run = CertrelayProcess.Start("probe", "--json", "--file", _folder["hosts.txt"], "--name", FaultScene.Name, "--trust", Trust);

        Assert.True(await run.ExitAsync() == 1, run.Output);
        var reports = run.Lines.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([false, true], reports.Select(report => (bool)report["good"]!));
        Assert.Equal("probe.refused", (string)reports[0]["addresses"]![0]!["findings"]![0]!["code"]!);
        Assert.Equal("complete", (string)reports[1]["addresses"]![0]!["chain"]!["state"]!);
    }

    [Theory]
    [InlineData("no endpoint", "no endpoint is named")]
    [InlineData("a port out of range", "is not host:port", "shop.example.com:70000")]
    [InlineData("a strange scheme", "unknown scheme", "gopher://shop.example.com")]
    [InlineData("no fingerprint", "--expect", "shop.example.com", "--expect", "abc")]
    [InlineData("no protocol", "--starttls", "shop.example.com", "--starttls", "ftp")]
    [InlineData("no such file", "hosts.txt", "--file", "/nonexistent/hosts.txt")]
    [InlineData("an unknown option", "--nonsense", "shop.example.com", "--nonsense")]
    public async Task Bad_usage_ends_with_2_and_says_why(string description, string why, params string[] arguments)
    {
        Assert.NotEmpty(description);
        using var run = CertrelayProcess.Start(["probe", .. arguments]);

        Assert.True(await run.ExitAsync() == 2, run.Output);
        Assert.Contains(why, run.Errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _scene.Dispose();
        _folder.Dispose();
    }
}
