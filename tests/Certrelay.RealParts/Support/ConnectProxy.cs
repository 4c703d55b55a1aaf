using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certrelay.RealParts.Support;

/// <summary>An HTTP proxy on loopback that leads every CONNECT, whatever host it names, to one port: how a process meets a simulator under the cloud's real names.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ConnectProxy(int target)
    {
        _target = target;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await client.GetStream().ReadAsync(one, _stop.Token) > 0)
                    head.Append((char)one[0]);
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await client.GetStream().WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), _stop.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or SocketException)
            {
                // One side has left.
            }
        }
    }
}
