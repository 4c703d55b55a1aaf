using System.Net.Sockets;

namespace Certrelay.Outgoing;

/// <summary>A connection that remembers the first bytes that came in, which tell a TLS server from any other better than an error text does.</summary>
internal sealed class OpeningStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Up to two bytes: type and major version of the first record, when it is TLS; null before anything came in.</summary>
    public byte[]? Opening { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        if (count > 0)
            Opening ??= buffer.Span[..Math.Min(count, 2)].ToArray();
        return count;
    }
}
