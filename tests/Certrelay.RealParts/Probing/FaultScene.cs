using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Certrelay.Certificates;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;
using Certrelay.Watch.Probing;
using Certrelay.Watch.Revocation;

namespace Certrelay.RealParts.Probing;

/// <summary>The servers of one case, what is asked of them, and the certificates that they are given.</summary>
internal sealed class FaultScene : IDisposable
{
    public const string Name = "shop.example.com";

    public static readonly IPAddress First = IPAddress.Parse("127.0.0.2");
    public static readonly IPAddress Second = IPAddress.Parse("127.0.0.3");

    public static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>RSA, so that clients which know nothing else are served too; one for all, because making one takes long.</summary>
    public static readonly TestKey Key = TestKey.Rsa();

    public static readonly TestCertificate Root = TestCertificates.Root();
    public static readonly TestCertificate Intermediate = Root.IssueAuthority("Test Intermediate");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-");
    private readonly List<IDisposable> _servers = [];

    public Endpoint Endpoint { get; set; } = new(Name, 1) { Addresses = [First.ToString()] };

    /// <summary>Whether what certificates refer to may lie on loopback.</summary>
    public bool AllowContent { get; set; } = true;

    public ReportOptions Options { get; set; } = new()
    {
        Roots = TrustedRoots.None.With(Pem.Bytes(Root.Pem)),
        Survey = new SurveyOptions { Timeout = TimeSpan.FromSeconds(5) },
    };

    /// <summary>A good leaf for the name, or one that differs.</summary>
    public static TestCertificate Leaf(Func<TestCertificateOptions, TestCertificateOptions>? change = null, TestCertificate? issuer = null)
    {
        var options = new TestCertificateOptions { Names = [Name], Key = Key };
        return (issuer ?? Intermediate).Issue(change is null ? options : change(options));
    }

    /// <summary>Writes certificates and key, and returns the lines of nginx that serve them.</summary>
    public string Serve(TestCertificate leaf, params TestCertificate[] chain)
    {
        var (certificate, key) = Files(leaf, chain);
        return $"ssl_certificate {certificate}; ssl_certificate_key {key};";
    }

    /// <summary>Starts nginx with a default server; without a chain the leaf's own intermediates are sent. The endpoint leads to it.</summary>
    public async Task NginxAsync(TestCertificate leaf, TestCertificate[]? chain = null, string more = "", Func<string, string>? servers = null, bool hsts = true, IPAddress? at = null, int? port = null)
    {
        var address = at ?? First;
        port ??= RealProcess.FreePort(address);
        var (certificate, key) = Files(leaf, chain ?? [.. leaf.Intermediates()]);
        var protocols = more.Contains("ssl_protocols", StringComparison.Ordinal) ? "" : "ssl_protocols TLSv1.2 TLSv1.3;";
        var header = hsts ? "add_header Strict-Transport-Security \"max-age=31536000\" always;" : "";
        _servers.Add(await NginxServer.StartAsync(new NginxSite(address, port.Value, certificate, key)
        {
            Directives = $"{protocols} {header} {more}",
            MoreServers = servers?.Invoke($"listen {address}:{port} ssl; {protocols} {header}") ?? "",
        }));
        Endpoint = Endpoint with { Port = port.Value };
    }

    /// <summary>Starts nginx with plain HTTP only, and returns its port.</summary>
    public async Task<int> PlainHttpAsync(string more)
    {
        var (certificate, key) = Files(Leaf(), []);
        var port = RealProcess.FreePort(First);
        _servers.Add(await NginxServer.StartAsync(new NginxSite(First, port, certificate, key) { Tls = false, Directives = more }));
        return port;
    }

    /// <summary>Starts <c>openssl s_server</c> with a leaf and its intermediates.</summary>
    public async Task OpenSslAsync(TestCertificate leaf, params string[] switches)
    {
        var (certificate, key) = Files(leaf, []);
        var (chain, _) = Files(Intermediate, []);
        await OpenSslAsync(["-cert", certificate, "-key", key, "-cert_chain", chain, .. switches]);
    }

    /// <summary>Starts <c>openssl s_server</c> with a self-signed certificate and its key in one text.</summary>
    public async Task OpenSslAsync(string pair, params string[] switches)
    {
        await File.WriteAllTextAsync(this["pair.pem"], pair);
        await OpenSslAsync(["-cert", this["pair.pem"], "-key", this["pair.pem"], .. switches]);
    }

    private async Task OpenSslAsync(string[] switches)
    {
        var port = RealProcess.FreePort(First);
        var server = RealProcess.Start("openssl", ["s_server", "-accept", $"{First}:{port}", "-quiet", .. switches]);
        _servers.Add(server);
        await server.ListeningAsync(First, port);
        Endpoint = Endpoint with { Port = port };
    }

    /// <summary>Starts a server that talks in plain text first.</summary>
    public void Plain(StartTls startTls, Func<Stream, CancellationToken, Task<bool>> preamble, TestCertificate? leaf = null)
    {
        var server = PlainServer.Start(First, leaf ?? Leaf(), preamble);
        _servers.Add(server);
        Endpoint = Endpoint with { Port = server.Port, StartTls = startTls };
    }

    /// <summary>Keeps what the case needs until its end.</summary>
    public void Keep(IDisposable server) => _servers.Add(server);

    /// <summary>A file of the case, gone with it.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Listens and never answers.</summary>
    public void Silent()
    {
        var listener = new TcpListener(First, 0);
        listener.Start();
        _servers.Add(listener);
        Endpoint = Endpoint with { Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        Options = Options with { Survey = Options.Survey with { Timeout = TimeSpan.FromMilliseconds(500) } };
    }

    public async Task<EndpointReport> SurveyAsync()
    {
        var time = TimeProvider.System;
        var guard = new OutgoingGuard(new OutgoingOptions { AllowLoopbackEndpoints = true, Allow = AllowContent ? ["127.0.0.0/8"] : [] });
        var resolver = new SystemResolver(time);
        using var content = new ContentFetch(resolver, guard, time);
        return await new EndpointSurvey(resolver, guard, new TlsProbe(time), new RevocationCheck(content, time), time)
            .SurveyAsync(Endpoint, OutgoingClass.Endpoint, Options, CancellationToken.None);
    }

    /// <summary>The quick look at each pinned address, and a complete handshake beside it.</summary>
    public async Task<IReadOnlyList<(ProbeResult Quick, ProbeResult Complete)>> CompareAsync()
    {
        var probe = new TlsProbe(TimeProvider.System);
        var results = new List<(ProbeResult, ProbeResult)>();
        foreach (var address in Endpoint.Addresses.Select(IPAddress.Parse))
            results.Add((await QuickAsync(address), await probe.ProbeAsync(address, Endpoint, Options.Survey.Timeout, Offers, then: null, CancellationToken.None)));
        return results;
    }

    /// <summary>The quick look at one address.</summary>
    public Task<ProbeResult> QuickAsync(IPAddress address) =>
        new QuickProbe(new TlsProbe(TimeProvider.System), TimeProvider.System).ProbeAsync(address, Endpoint, Options.Survey.Timeout, Offers, CancellationToken.None);

    // Those of a survey.
    private SslApplicationProtocol[] Offers => Endpoint.EffectiveStartTls is StartTls.None ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [];

    public void Dispose()
    {
        _servers.ForEach(static server => server.Dispose());
        _folder.Delete(recursive: true);
    }

    private (string Certificate, string Key) Files(TestCertificate leaf, TestCertificate[] chain)
    {
        var path = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("n"));
        File.WriteAllText($"{path}.pem", leaf.Pem + string.Concat(chain.Select(static one => one.Pem)));
        File.WriteAllText($"{path}.key", leaf.KeyPem);
        return ($"{path}.pem", $"{path}.key");
    }
}
