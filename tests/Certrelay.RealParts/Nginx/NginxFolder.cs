using System.Net;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Targets;
using Certrelay.Targets.Local;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.RealParts.Nginx;

/// <summary>A folder with a pair of files, an nginx that serves it, and the target that writes to it, made through the real services.</summary>
public sealed class NginxFolder : IDisposable
{
    public const string Name = "shop.example.com";

    private readonly DirectoryInfo _folder;
    private readonly ServiceProvider _services;

    private NginxFolder(DirectoryInfo folder, NginxServer server)
    {
        _folder = folder;
        Server = server;
        var local = new LocalOptions
        {
            Roots = new Dictionary<string, string> { ["tls"] = folder.FullName },
            Commands = new Dictionary<string, LocalCommand>
            {
                ["nginx-test"] = new() { Argv = server.TestArgv },
                ["nginx-reload"] = new() { Argv = server.ReloadArgv },
            },
        };
        _services = new ServiceCollection().AddLogging().AddTargets(new OutgoingOptions { AllowLoopbackEndpoints = true }, local).BuildServiceProvider();
        using var settings = JsonDocument.Parse("""{"root":"tls","test":"nginx-test","reload":"nginx-reload"}""");
        Target = DeployTargets.Find("nginx")!.Create(settings.RootElement, new TargetContext(_services));
    }

    public NginxServer Server { get; }

    public IDeployTarget Target { get; }

    public string CertificatePath => Path.Combine(_folder.FullName, "fullchain.pem");

    public string KeyPath => Path.Combine(_folder.FullName, "privkey.pem");

    public static async Task<NginxFolder> StartAsync(string address, IssuedChain served, string directives = "")
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-");
        var (certificate, key) = (Path.Combine(folder.FullName, "fullchain.pem"), Path.Combine(folder.FullName, "privkey.pem"));
        served.Write(certificate, key);
        return new NginxFolder(folder, await NginxServer.StartAsync(IPAddress.Parse(address), certificate, key, directives));
    }

    public Task<TargetReading> ReadAsync() => Target.ReadAsync(CancellationToken.None);

    public async Task<DeployResult> DeployAsync(IssuedChain chain)
    {
        using var bundle = chain.Bundle();
        return await Target.DeployAsync(bundle, job: null, CancellationToken.None);
    }

    public Task<DeployResult> RestoreAsync(TargetReading reading) =>
        Target.RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

    /// <summary>One round of four handshakes.</summary>
    public async Task<IReadOnlyList<ProbeResult>> ProbeAsync()
    {
        var endpoint = new Endpoint(Server.Address.ToString(), Server.Port) { ServerName = Name };
        var reading = await _services.GetRequiredService<EndpointProbe>()
            .ProbeAsync(endpoint, OutgoingClass.Endpoint, samples: 4, TimeSpan.FromSeconds(5), CancellationToken.None);
        return Assert.Single(reading.Addresses).Samples;
    }

    /// <summary>Returns once two rounds in a row show only this leaf, as a reload takes effect a moment after it was asked for.</summary>
    public async Task SeenAsync(Fingerprint leaf)
    {
        var good = 0;
        for (var round = 0; round < 100 && good < 2; round++)
        {
            good = (await ProbeAsync()).All(sample => sample.Leaf == leaf) ? good + 1 : 0;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.Equal(2, good);
    }

    /// <summary>Name, inode, mode, owner and time of each file.</summary>
    public Task<string> EntriesAsync() => RealProcess.RunAsync("ls", "-lAi", "--time-style=full-iso", _folder.FullName);

    public void Dispose()
    {
        Server.Dispose();
        _services.Dispose();
        _folder.Delete(recursive: true);
    }
}
