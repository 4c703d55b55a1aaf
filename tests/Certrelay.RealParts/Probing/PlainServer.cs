using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Probing;

/// <summary>
/// A loopback server that speaks a scripted preamble in plain text to each connection and then, when the script says so, real TLS by the framework.
/// For protocols whose servers are no part of the suite, and for servers that misbehave.
/// </summary>
internal sealed class PlainServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Stream, CancellationToken, Task<bool>> _preamble;
    private readonly SslStreamCertificateContext? _served;

    private PlainServer(IPAddress address, TestCertificate? served, Func<Stream, CancellationToken, Task<bool>> preamble)
    {
        _listener = new TcpListener(address, 0);
        _preamble = preamble;
        if (served is not null)
            _served = SslStreamCertificateContext.Create(served.ToX509(), [.. served.Intermediates().Select(static one => X509CertificateLoader.LoadCertificate(one.Der))], offline: true);
        _listener.Start(64);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary><paramref name="preamble"/> returns true when TLS shall follow.</summary>
    public static PlainServer Start(IPAddress address, TestCertificate? served, Func<Stream, CancellationToken, Task<bool>> preamble) =>
        new(address, served, preamble);

    /// <summary>
    /// A preamble of lines: what begins with <c>&gt;</c> is sent; what begins with <c>&lt;</c> is a line that the client must send. TLS follows when
    /// <paramref name="tls"/>.
    /// </summary>
    public static Func<Stream, CancellationToken, Task<bool>> Lines(bool tls, params string[] script) => async (stream, token) =>
    {
        foreach (var step in script)
        {
            if (step[0] == '>')
                await stream.WriteAsync(Encoding.ASCII.GetBytes(step[1..] + "\r\n"), token);
            else if (await ReadLineAsync(stream, token) is var line && line != step[1..])
                return false;
        }

        return tls;
    };

    /// <summary>A preamble of bytes: so many are read, then these are sent.</summary>
    public static Func<Stream, CancellationToken, Task<bool>> Bytes(bool tls, int expected, byte[] answer) => async (stream, token) =>
    {
        await stream.ReadExactlyAsync(new byte[expected], token);
        await stream.WriteAsync(answer, token);
        return tls;
    };

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) > 0 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }

    private async Task AcceptAsync()
    {
        var end = _end.Token;
        while (!end.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(end);
            _ = ServeAsync(client, end);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            var stream = client.GetStream();
            if (!await _preamble(stream, cancellationToken))
                return;
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _served }, cancellationToken);
            await tls.CopyToAsync(Stream.Null, cancellationToken);
        }
    }
}
