using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Certrelay.Certificates;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Targets;

namespace Certrelay.RealParts.Nginx;

/// <summary>What the probe says of real servers that do not simply serve a certificate.</summary>
public sealed class ProbeTests : IDisposable
{
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.3");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-");
    private readonly IssuedChain _chain = IssuedChain.Of(NginxFolder.Name);
    private readonly TlsProbe _probe = new(TimeProvider.System);

    public ProbeTests() => _chain.Write(CertificatePath, KeyPath);

    private string CertificatePath => Path.Combine(_folder.FullName, "fullchain.pem");

    private string KeyPath => Path.Combine(_folder.FullName, "privkey.pem");

    [RealFact("nginx")]
    public async Task Plain_HTTP_is_not_TLS()
    {
        using var server = await NginxServer.StartAsync(new NginxSite(First, RealProcess.FreePort(First), CertificatePath, KeyPath) { Tls = false });

        Assert.Equal("probe.not-tls", (await ProbeAsync(server.Port)).Failure!.Code);
    }

    [RealTheory("nginx")]
    [InlineData("only TLS 1.1", "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;", "probe.handshake")]
    [InlineData("a handshake refused for the name", "ssl_reject_handshake on;", "probe.handshake")]
    [InlineData("a client certificate wanted", "ssl_verify_client optional_no_ca;", null)]
    [InlineData("sessions and tickets", "ssl_session_cache shared:s:1m; ssl_session_tickets on;", null)]
    public async Task Servers_are_told_apart(string description, string directives, string? code)
    {
        Assert.NotEmpty(description);
        using var server = await NginxServer.StartAsync(First, CertificatePath, KeyPath, directives);

        foreach (var result in new[] { await ProbeAsync(server.Port), await ProbeAsync(server.Port) })
        {
            Assert.Equal(code, result.Failure?.Code);
            Assert.Equal(code is null ? _chain.Fingerprint : null, result.Leaf);
        }
    }

    [RealFact("nginx")]
    public async Task Name_chooses_the_certificate()
    {
        var other = IssuedChain.Of("other.example.com");
        var (otherCertificate, otherKey) = (Path.Combine(_folder.FullName, "other.pem"), Path.Combine(_folder.FullName, "other.key"));
        other.Write(otherCertificate, otherKey);
        var port = RealProcess.FreePort(First);
        using var server = await NginxServer.StartAsync(new NginxSite(First, port, CertificatePath, KeyPath)
        {
            MoreServers = $"server {{ listen {First}:{port} ssl; server_name other.example.com; ssl_certificate {otherCertificate}; ssl_certificate_key {otherKey}; }}",
        });

        Assert.Equal(_chain.Fingerprint, (await ProbeAsync(port)).Leaf);
        Assert.Equal(other.Fingerprint, (await ProbeAsync(port, "other.example.com")).Leaf);
        Assert.Equal(_chain.Fingerprint, (await ProbeAsync(port, First.ToString())).Leaf);
    }

    [RealFact("nginx")]
    public async Task Hanging_address_beside_a_good_one_costs_one_time_out()
    {
        using var server = await NginxServer.StartAsync(First, CertificatePath, KeyPath);
        using var hanging = new TcpListener(Second, server.Port);
        hanging.Start();
        var probe = new EndpointProbe(
            new SystemResolver(TimeProvider.System), new OutgoingGuard(new OutgoingOptions { AllowLoopbackEndpoints = true }), _probe);
        var endpoint = new Endpoint(NginxFolder.Name, server.Port) { Addresses = [First.ToString(), Second.ToString()] };
        var started = Stopwatch.GetTimestamp();

        var reading = await probe.ProbeAsync(endpoint, OutgoingClass.Endpoint, samples: 4, TimeSpan.FromSeconds(2), CancellationToken.None);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(5));
        Assert.All(reading.Addresses[0].Samples, sample => Assert.Equal(_chain.Fingerprint, sample.Leaf));
        Assert.All(reading.Addresses[1].Samples, sample => Assert.Equal(FindingCodes.ProbeTimeout.Code, sample.Failure!.Code));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<ProbeResult> ProbeAsync(int port, string name = NginxFolder.Name) =>
        _probe.ProbeAsync(First, new Endpoint(First.ToString(), port) { ServerName = name }, TimeSpan.FromSeconds(5), CancellationToken.None);
}
