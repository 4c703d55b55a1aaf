using System.Text.Json.Nodes;
using Certrelay.RealParts.Probing;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Cli;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

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

    [Fact]
    public async Task Named_stores_judge_the_chain_at_the_moment_that_is_asked_for()
    {
        var leaf = FaultScene.Leaf();
        File.WriteAllText(_folder["chain.pem"], leaf.FullChainPem);
        File.WriteAllText(_folder["own.pem"], FaultScene.Root.Pem);
        File.WriteAllText(_folder["other.pem"], TestCertificates.Root("Another Root").Pem);
        string[] stores = ["--store", $"own={_folder["own.pem"]}", "--store", $"other={_folder["other.pem"]}"];
        using var now = CertrelayProcess.Start(["inspect", .. stores, _folder["chain.pem"]]);
        using var later = CertrelayProcess.Start(["inspect", .. stores, "--at", $"{FaultScene.Now.AddYears(20):yyyy-MM-dd}", "--json", _folder["chain.pem"]]);

        Assert.True(await now.ExitAsync() == 0, now.Output);
        Assert.Contains(now.Lines, static line => line.TrimStart().StartsWith("trusted by   own: ", StringComparison.Ordinal));
        Assert.Contains(now.Lines, static line => line.TrimStart().StartsWith("not by       other: ", StringComparison.Ordinal));
        Assert.True(await later.ExitAsync() == 1, later.Output);
        var report = JsonNode.Parse(later.Lines[0])!;
        Assert.Contains(report["findings"]!.AsArray(), static finding => (string)finding!["code"]! == "leaf.expired");
        Assert.Contains("expired", (string)report["trust"]!.AsArray().Single(static verdict => (string)verdict!["store"]! == "own")!["why"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_stores_and_moment_is_told_at_once()
    {
        File.WriteAllText(_folder["chain.pem"], FaultScene.Leaf().FullChainPem);
        using var run = CertrelayProcess.Start("inspect", "--store", "own", "--store", $"absent={_folder["absent.pem"]}", "--at", "tomorrow", _folder["chain.pem"]);

        Assert.True(await run.ExitAsync() == 2, run.Output);
        Assert.Contains("--store: 'own' is not name=path", run.Errors, StringComparison.Ordinal);
        Assert.Contains("absent.pem", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--at: 'tomorrow' is no moment", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Lines);
    }

    public void Dispose() => _folder.Dispose();
}
