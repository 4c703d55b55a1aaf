using System.Text.Json.Nodes;
using Certrelay.RealParts.Support;
using Certrelay.Simulators.Alibaba;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Alibaba;

/// <summary>The vendor's official clients agree with the simulator, before any code of ours meets it.</summary>
[Collection(SecondClient.Alone)]
public sealed class AlibabaSdkTests
{
    [RealFact("node", "npm")]
    public async Task The_official_clients_upload_bind_and_read_back()
    {
        await using var simulator = (AlibabaSimulator)await AlibabaSimulator.StartWithExamplesAsync(TimeProvider.System);
        // What was bound last is looked at as soon as the clients have ended.
        simulator.Pace = new AlibabaPace(TimeSpan.Zero, TimeSpan.Zero);
        using var folder = new TemporaryFolder();
        using var leaf = TestCertificates.Leaf("*.shop.example");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "full-chain.pem"), leaf.FullChainPem);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key.pem"), leaf.KeyPem);

        var seen = await SecondClient.RunAsync("Alibaba", $"{simulator.Endpoint.Port}", folder.Path);

        var identifier = seen["identifier"]!.GetValue<string>();
        var number = identifier.Split('-')[0];
        Assert.Equal(["second-client"], Texts(seen["listed"]!).Where(static name => name == "second-client"));
        Assert.Null(seen["key"]);
        Assert.Equal((number, identifier, identifier, "second-client"), (Text(seen, "cdn"), Text(seen, "alb"), Text(seen, "oss"), Text(seen, "fc")));
        Assert.Equal([number], Texts(seen["esa"]!));
        Assert.StartsWith("https://127.0.0.1:", Text(seen, "cluster"), StringComparison.Ordinal);
        foreach (var name in (string[])["cdn.shop.example", "fc.shop.example", "files.shop.example", "esa.shop.example"])
            Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(simulator.EdgePort, name));
        Assert.DoesNotContain(simulator.Calls, static call => call.Code is not null);
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(static one => one!.GetValue<string>());
}
