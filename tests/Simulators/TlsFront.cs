using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Certrelay.Simulators;

/// <summary>A TLS listener on loopback that serves whatever certificate is bound at the moment of the handshake: an edge, or a load balancer's listener.</summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<string, StoredCertificate?> _bound;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <summary>Listens at once.</summary>
    /// <param name="bound">The certificate for a server name (empty: none was sent); null: the handshake is refused.</param>
    /// <param name="port">0: any free one.</param>
    public TlsFront(Func<string, StoredCertificate?> bound, int port = 0)
    {
        _bound = bound;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(
                    (_, hello, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = (_bound(hello.ServerName) ?? throw new AuthenticationException("Nothing is bound to this name.")).Context,
                    }),
                    null,
                    _stop.Token);
                // Until the client has seen enough.
                var rest = new byte[256];
                while (await tls.ReadAsync(rest, _stop.Token) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // A client that leaves, or is not served, is no concern of the others.
            }
        }
    }
}
