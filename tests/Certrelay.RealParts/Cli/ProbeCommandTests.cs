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

    [Fact]
    public async Task Inspection_of_files_ends_with_what_an_upload_would_meet()
    {
        var leaf = FaultScene.Leaf();
        File.WriteAllText(_folder["chain.pem"], leaf.FullChainPem);
        File.WriteAllText(_folder["key.pem"], leaf.KeyPem);
        File.WriteAllText(_folder["old.pem"], FaultScene.Leaf(static options => options with { NotAfter = FaultScene.Now.AddDays(-1) }).FullChainPem);
        using var good = CertrelayProcess.Start("inspect", "--together", "--need-key", "--json", _folder["chain.pem"], _folder["key.pem"]);
        using var mixed = CertrelayProcess.Start("inspect", _folder["chain.pem"], _folder["old.pem"]);
        using var absent = CertrelayProcess.Start("inspect", _folder["absent.pem"]);
        File.WriteAllText(_folder["secret"], "secret\n");
        File.WriteAllBytes(_folder["store.pfx"], leaf.ToPkcs12("secret"));
        using var store = CertrelayProcess.Start("inspect", "--need-key", "--passphrase-file", _folder["secret"], _folder["store.pfx"]);
        using var closed = CertrelayProcess.Start("inspect", _folder["store.pfx"]);

        Assert.True(await good.ExitAsync() == 0, good.Output);
        Assert.True((bool)JsonNode.Parse(good.Lines[0])!["hasPrivateKey"]!);
        Assert.DoesNotContain("PRIVATE KEY-----", good.Output, StringComparison.Ordinal);
        Assert.True(await mixed.ExitAsync() == 1, mixed.Output);
        Assert.Contains(mixed.Lines, line => line.Contains("leaf.expired", StringComparison.Ordinal));
        Assert.True(await absent.ExitAsync() == 2, absent.Output);
        Assert.True(await store.ExitAsync() == 0, store.Output);
        Assert.True(await closed.ExitAsync() == 1, closed.Output);
        Assert.Contains(closed.Lines, line => line.Contains("file.encrypted", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _scene.Dispose();
        _folder.Dispose();
    }
}
