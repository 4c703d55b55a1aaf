using System.Text.Json.Nodes;
using Certrelay.RealParts.Support;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Tencent;

/// <summary>The vendor's official client agrees with the simulator, before any code of ours meets it.</summary>
[Collection(SecondClient.Alone)]
public sealed class TencentSdkTests
{
    [RealFact("node", "npm")]
    public async Task The_official_client_uploads_binds_and_reads_back()
    {
        await using var simulator = (TencentSimulator)await TencentSimulator.StartWithExamplesAsync(TimeProvider.System);
        using var folder = new TemporaryFolder();
        using var leaf = TestCertificates.Leaf("*.shop.example");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "full-chain.pem"), leaf.FullChainPem);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key.pem"), leaf.KeyPem);

        var seen = await SecondClient.RunAsync("Tencent", $"{simulator.Endpoint.Port}", folder.Path);

        var id = seen["id"]!.GetValue<string>();
        Assert.Equal(8, id.Length);
        Assert.Equal([id], Texts(seen["listed"]!));
        Assert.Equal("*.shop.example", seen["detail"]!.GetValue<string>());
        Assert.Equal(["cdn.shop.example"], Texts(seen["covered"]!));
        Assert.Equal(["lb-example1"], Texts(seen["balancers"]!));
        Assert.All((string[])["cdn", "listener", "rule", "waf"], product => Assert.Equal(id, seen[product]!.GetValue<string>()));
        Assert.Equal((1, 1, "FailedOperation.DeleteResourceFailed"), (seen["teo"]!.GetValue<int>(), seen["live"]!.GetValue<int>(), seen["refused"]!.GetValue<string>()));
        Assert.Equal(1, seen["cos"]!.GetValue<int>());
        foreach (var name in (string[])["cdn.shop.example", "waf.shop.example", "edge.shop.example", "live.shop.example", "files.shop.example"])
            Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(simulator.EdgePort, name));
        Assert.NotEqual(leaf.Fingerprint, await Handshake.LeafAsync(simulator.EdgePort, "vod.shop.example"));
        Assert.DoesNotContain(simulator.Calls, static call => call.Code is not null and not "FailedOperation.DeleteResourceFailed");
    }

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(static one => one!.GetValue<string>());
}
