using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Certificates;
using Certrelay.Outgoing;

namespace Certrelay.Tests.Outgoing;

public sealed class TlsProbeTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TlsProbe _probe = new(TimeProvider.System);
    private readonly CancellationTokenSource _end = new();

    public TlsProbeTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Theory]
    [InlineData("a name", "shop.example.com", "shop.example.com")]
    [InlineData("a name with its trailing dot", "shop.example.com.", "shop.example.com")]
    [InlineData("an address", "127.0.0.1", "")]
    public async Task Server_sees_the_name_of_the_endpoint_but_never_an_address(string description, string host, string expected)
    {
        Assert.NotEmpty(description);
        using var certificate = SelfSigned();
        var seen = ServeTlsAsync(certificate);

        var result = await ProbeAsync(new Endpoint(host, Port));

        Assert.Null(result.Failure);
        Assert.Equal(Fingerprint.Of(certificate.RawData), result.Leaf);
        Assert.Equal(expected, await seen);
    }

    [Fact]
    public async Task Server_name_of_its_own_goes_before_the_host()
    {
        using var certificate = SelfSigned();
        var seen = ServeTlsAsync(certificate);

        await ProbeAsync(new Endpoint("127.0.0.1", Port) { ServerName = "www.example.com" });

        Assert.Equal("www.example.com", await seen);
    }

    [Fact]
    public async Task Closed_port_is_refused()
    {
        var port = Port;
        _listener.Stop();

        var result = await ProbeAsync(new Endpoint("127.0.0.1", port));

        Assert.Equal("probe.refused", result.Failure!.Code);
        Assert.Equal($"127.0.0.1:{port}", result.Failure.Scope);
    }

    [Theory]
    [InlineData("an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n", "probe.not-tls")]
    [InlineData("an SSH server", "SSH-2.0-OpenSSH_9.2\r\n", "probe.not-tls")]
    [InlineData("one strange byte", "H", "probe.not-tls")]
    [InlineData("nothing at all", "", "probe.handshake")]
    [InlineData("an alert", "\u0015\u0003\u0003\u0000\u0002\u0002\u0028", "probe.handshake")]
    public async Task Other_answers_are_told_apart(string description, string answer, string code)
    {
        Assert.NotEmpty(description);
        var served = ServeAsync(Encoding.Latin1.GetBytes(answer));

        var result = await ProbeAsync(new Endpoint("127.0.0.1", Port));
        // The probe may leave with a reset.
        await served.ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.Equal(code, result.Failure!.Code);
        Assert.Null(result.Leaf);
        Assert.Empty(result.ChainAsSent);
    }

    [Fact]
    public async Task Silent_server_costs_the_time_out_and_no_more()
    {
        var result = await _probe.ProbeAsync(IPAddress.Loopback, new Endpoint("localhost", Port), TimeSpan.FromMilliseconds(200), CancellationToken.None);

        Assert.Equal("probe.timeout", result.Failure!.Code);
        Assert.InRange(result.Elapsed, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_thrown()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _probe.ProbeAsync(IPAddress.Loopback, new Endpoint("localhost", Port), TimeSpan.FromSeconds(30), cancel.Token));
    }

    [Fact]
    public async Task Address_without_a_route_is_unreachable()
    {
        var result = await _probe.ProbeAsync(IPAddress.Broadcast, new Endpoint("localhost", Port), TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Equal("probe.unreachable", result.Failure!.Code);
    }

    [Fact]
    public async Task Nothing_is_fetched_from_where_the_certificate_says()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var issuer = $"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/issuer.cer";
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop.example.com", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuer]));
        var now = TimeProvider.System.GetUtcNow();
        using var leaf = request.Create(
            new X500DistinguishedName("CN=Absent issuer"), X509SignatureGenerator.CreateForECDsa(key), now.AddHours(-1), now.AddHours(1), [1, 2, 3]);
        using var certificate = leaf.CopyWithPrivateKey(key);
        var seen = ServeTlsAsync(certificate);

        var result = await ProbeAsync(new Endpoint("shop.example.com", Port));

        Assert.Equal(Fingerprint.Of(leaf.RawData), result.Leaf);
        Assert.False(elsewhere.Pending());
        await seen;
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _listener.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop.example.com", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private Task<ProbeResult> ProbeAsync(Endpoint endpoint) =>
        _probe.ProbeAsync(IPAddress.Loopback, endpoint, TimeSpan.FromSeconds(10), CancellationToken.None);

    private async Task ServeAsync(byte[] answer)
    {
        using var client = await _listener.AcceptTcpClientAsync(_end.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(answer, _end.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null, _end.Token);
    }

    private async Task<string> ServeTlsAsync(X509Certificate2 certificate)
    {
        var name = "";
        // Offline, or this server would itself go and fetch issuers.
        var served = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        using var client = await _listener.AcceptTcpClientAsync(_end.Token);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                name = hello.ServerName;
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = served });
            },
            null, _end.Token);
        return name;
    }
}
