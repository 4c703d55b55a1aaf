using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Outgoing.Quick;

public sealed class QuickProbeTests : IDisposable
{
    private static readonly TestCertificate Leaf = TestCertificates.Leaf("shop.example.com");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly QuickProbe _probe = new(new TlsProbe(TimeProvider.System), TimeProvider.System);

    public QuickProbeTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Theory]
    [InlineData("TLS 1.3", SslProtocols.Tls13)]
    [InlineData("TLS 1.2", SslProtocols.Tls12)]
    public async Task One_connection_without_a_handshake_to_its_end_proves_the_key(string description, SslProtocols version)
    {
        Assert.NotEmpty(description);
        var served = ServeTlsAsync(version);

        var result = await ProbeAsync();

        Assert.Null(result.Failure);
        Assert.Equal((Leaf.Fingerprint, version, "http/1.1"), (result.Leaf, result.Protocol, result.ApplicationProtocol));
        Assert.Equal(Leaf.Der, result.ChainAsSent[0].ToArray());
        await Assert.ThrowsAnyAsync<IOException>(() => served);
    }

    [Fact]
    public async Task Server_without_the_key_is_refused_by_either_way()
    {
        using var other = TestKey.P256();
        var answer = new HandmadeAnswer(Leaf) { Signer = other };
        var served = Task.WhenAll(AnswerAsync(answer.To), AnswerAsync(static _ => HandmadeAnswer.Record(21, [2, 40])));

        var result = await ProbeAsync();

        Assert.Equal(("probe.handshake", null), (result.Failure!.Code, result.Leaf));
        await served;
    }

    [Theory]
    [InlineData("an alert", new byte[] { 21, 3, 3, 0, 2, 2, 40 })]
    [InlineData("another protocol", new byte[] { 72, 84, 84, 80, 47, 49, 46, 49 })]
    [InlineData("nothing", new byte[0])]
    public async Task Whatever_proves_nothing_is_left_to_a_complete_handshake(string description, byte[] first)
    {
        Assert.NotEmpty(description);
        var served = AnswerAsync(_ => first).ContinueWith(_ => ServeTlsAsync(SslProtocols.Tls13), TaskScheduler.Default).Unwrap();

        var result = await ProbeAsync();

        Assert.Equal((null, Leaf.Fingerprint), (result.Failure, result.Leaf));
        await served;
    }

    [Fact]
    public async Task Closed_port_is_refused()
    {
        var endpoint = new Endpoint("localhost", Port);
        _listener.Stop();

        var result = await _probe.ProbeAsync(IPAddress.Loopback, endpoint, TimeSpan.FromSeconds(5), [], CancellationToken.None);

        Assert.Equal("probe.refused", result.Failure!.Code);
    }

    [Fact]
    public async Task Silent_server_costs_one_time_out()
    {
        var result = await _probe.ProbeAsync(IPAddress.Loopback, new Endpoint("localhost", Port), TimeSpan.FromMilliseconds(300), [], CancellationToken.None);

        Assert.Equal("probe.timeout", result.Failure!.Code);
        Assert.True(_listener.Pending());
        using var only = await _listener.AcceptTcpClientAsync(_end.Token);
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_thrown()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _probe.ProbeAsync(IPAddress.Loopback, new Endpoint("localhost", Port), TimeSpan.FromSeconds(30), [], cancel.Token));
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _listener.Dispose();
    }

    private Task<ProbeResult> ProbeAsync() => _probe.ProbeAsync(
        IPAddress.Loopback, new Endpoint("shop.example.com", Port), TimeSpan.FromSeconds(10), [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], CancellationToken.None);

    /// <summary>Reads one record, says something, and hangs up when the other side does.</summary>
    private async Task AnswerAsync(Func<byte[], byte[]> answer)
    {
        using var client = await _listener.AcceptTcpClientAsync(_end.Token);
        var stream = client.GetStream();
        var header = new byte[5];
        await stream.ReadExactlyAsync(header, _end.Token);
        var fragment = new byte[header[3] << 8 | header[4]];
        await stream.ReadExactlyAsync(fragment, _end.Token);
        await stream.WriteAsync(answer([.. header, .. fragment]), _end.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null, _end.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task ServeTlsAsync(SslProtocols version)
    {
        using var client = await _listener.AcceptTcpClientAsync(_end.Token);
        using var own = Leaf.ToX509();
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
                EnabledSslProtocols = version,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            }, _end.Token);
    }
}
