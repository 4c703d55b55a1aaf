using System.Net;
using System.Net.Sockets;

namespace Certrelay.Tests.Clouds;

/// <summary>A port on loopback that leads to another one, or for a while to a third.</summary>
internal sealed class PortRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public PortRelay(int behind)
    {
        Behind = behind;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Behind { get; }

    /// <summary>Where connections go instead; null: to <see cref="Behind"/>.</summary>
    public int? Instead { get; set; }

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
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, Instead ?? Behind, _stop.Token);
                var (near, far) = (client.GetStream(), server.GetStream());
                // Whoever ends first ends both.
                await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A client that leaves is no concern of the others.
            }
        }
    }
}
