using System.Net;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Dns;

/// <summary>BIND on a port of its own with the zones of <see cref="Zones"/>; no other server is asked.</summary>
/// <remarks>https://bind9.readthedocs.io/en/v9.18/reference.html</remarks>
public sealed class NamedServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private RealProcess? _named;

    public IPEndPoint Address { get; } = new(IPAddress.Loopback, RealProcess.FreePort(IPAddress.Loopback));

    public async Task InitializeAsync()
    {
        // Where BIND is missing, each test says so.
        if (Installed.WhyNot(["named"], mustRun: false) is not null)
            return;
        foreach (var (zone, text) in Zones.All)
            await File.WriteAllTextAsync(_folder[zone], text);
        await File.WriteAllTextAsync(_folder["named.conf"], $$"""
            options {
                directory "{{_folder.Path}}";
                pid-file none;
                session-keyfile none;
                listen-on port {{Address.Port}} { 127.0.0.1; };
                listen-on-v6 { none; };
                recursion no;
                allow-transfer { none; };
                dnssec-validation no;
                minimal-responses no;
                notify no;
            };
            controls { };
            {{string.Concat(Zones.All.Keys.Select(zone => $"zone \"{zone}\" {{ type primary; file \"{zone}\"; }};\n"))}}
            """);
        _named = RealProcess.Start("named", "-c", _folder["named.conf"], "-g");
        await _named.ListeningAsync(Address.Address, Address.Port);
    }

    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _named?.Dispose();
        _named = null;
        if (Directory.Exists(_folder.Path))
            _folder.Dispose();
    }
}
