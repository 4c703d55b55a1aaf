using Certrelay.RealParts.Support;
using Certrelay.Simulators.Huawei;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Huawei;

/// <summary>The vendor's official client agrees with the simulator, before any code of ours meets it.</summary>
[Collection(SecondClient.Alone)]
public sealed class HuaweiSdkTests
{
    [RealFact("node", "npm")]
    public async Task The_official_client_uploads_binds_and_reads_back()
    {
        await using var simulator = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        using var first = TestCertificates.Leaf("www.example.com");
        using var leaf = TestCertificates.Leaf("www.example.com");
        simulator.Cdn.SettlesAfter = TimeSpan.Zero;
        simulator.Cdn.AddDomain("www.example.com", first.Pem, first.KeyPem);
        var listener = simulator.ElbListeners.Add(simulator.ElbCertificates.Add("first", first.Pem, first.KeyPem));
        using var folder = new TemporaryFolder();
        var (certificate, key) = (Path.Combine(folder.Path, "full-chain.pem"), Path.Combine(folder.Path, "key.pem"));
        await File.WriteAllTextAsync(certificate, leaf.FullChainPem);
        await File.WriteAllTextAsync(key, leaf.KeyPem);
        var credentials = HuaweiOptions.Example;

        var seen = await SecondClient.RunAsync(
            "Huawei", simulator.Endpoint.GetLeftPart(UriPartial.Authority), credentials.AccessKey, credentials.SecretKey, certificate, key, "www.example.com", listener);

        Assert.Equal(Assert.Single(simulator.Scm.Ids), seen["scm"]!.GetValue<string>());
        Assert.Contains(seen["elb"]!.GetValue<string>(), simulator.ElbCertificates.Ids);
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(simulator.CdnPort, "www.example.com"));
        Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(simulator.ElbListeners.PortOf(listener), "www.example.com"));
        Assert.DoesNotContain(simulator.Calls, static call => call.Code is not null);
    }
}
