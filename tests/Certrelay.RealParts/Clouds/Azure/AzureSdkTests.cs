using Certrelay.RealParts.Support;
using Certrelay.Simulators.Azure;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds.Azure;

/// <summary>The official client of Key Vault's certificates against the simulator, over TLS, which it insists on: what it imports is what a handshake shows.</summary>
[Collection(SecondClient.Alone)]
public sealed class AzureSdkTests
{
    private const string Host = "www.example.com";
    private const string Passphrase = "second-client-passphrase";

    [RealFact("node", "npm")]
    public async Task The_official_client_imports_reads_deletes_and_recovers()
    {
        await using var azure = await AzureSimulator.StartAsync(TimeProvider.System, overTls: true);
        azure.Certificates.SettlingCalls = 2;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["secret"], AzureSimulator.ClientSecret);
        await File.WriteAllTextAsync(folder["root.pem"], azure.Root!.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["passphrase"], Passphrase);
        using var first = TestCertificates.Leaf(Host);
        using var second = TestCertificates.Leaf(Host);
        await File.WriteAllBytesAsync(folder["first.pfx"], first.ToPkcs12(Passphrase));
        await File.WriteAllBytesAsync(folder["second.pfx"], second.ToPkcs12(Passphrase));

        var said = await SecondClient.RunAsync(
            "Azure", $"https://localhost:{azure.Endpoint.Port}", AzureSimulator.TenantId, AzureSimulator.ClientId, folder["secret"], folder["root.pem"], folder["passphrase"],
            folder["first.pfx"], folder["second.pfx"]);

        Assert.Equal(
            $$"""{"tenants":["{{AzureSimulator.TenantId}}"],"refusal":[409,"Conflict"],"recovered":"www","versions":2,"absent":404}""", said.ToJsonString());
        Assert.Equal(2, azure.Certificates.Versions("www"));
        Assert.Equal(second.Fingerprint, await Handshake.LeafAsync(azure.AddConsumer("www").Port, Host));
    }
}
