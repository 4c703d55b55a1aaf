using System.Net;
using System.Net.Sockets;

namespace Certrelay.Outgoing;

/// <summary>A connection that remembers the first bytes that came in, which tell a TLS server from any other better than an error text does.</summary>
internal sealed class OpeningStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Up to two bytes: type and major version of the first record, when it is TLS; null before anything came in.</summary>
    public byte[]? Opening { get; private set; }

    /// <summary>
    /// A fresh connection to the peer, led to where TLS begins. Throws <see cref="SocketException"/>, <see cref="IOException"/> or
    /// <see cref="StartTlsDeclinedException"/>.
    /// </summary>
    public static async Task<OpeningStream> OpenAsync(IPEndPoint peer, StartTls startTls, CancellationToken cancellationToken)
    {
        var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        OpeningStream? stream = null;
        try
        {
            await socket.ConnectAsync(peer, cancellationToken);
            stream = new OpeningStream(socket);
            await StartTlsPreamble.RunAsync(stream, startTls, cancellationToken);
            stream.Opening = null;
            return stream;
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        if (count > 0)
            Opening ??= buffer.Span[..Math.Min(count, 2)].ToArray();
        return count;
    }
}
