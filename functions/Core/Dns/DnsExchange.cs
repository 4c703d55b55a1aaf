using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Certrelay.Dns;

/// <summary>
/// One question to one server: by UDP from a port of its own with an id drawn anew, by TCP when the answer does not fit. Throws <see cref="SocketException"/>,
/// <see cref="IOException"/> and <see cref="FormatException"/> for a server that is of no use, <see cref="OperationCanceledException"/> when the time is over.
/// </summary>
internal static class DnsExchange
{
    private const int LargestDatagram = 4096;

    public static async Task<DnsMessage> AskAsync(IPEndPoint server, byte[] name, DnsQuestion question, CancellationToken cancellationToken)
    {
        var message = await AskAsync(server, Query(name, question, edns: true), cancellationToken);
        // A server of before 1999 knows no EDNS, and says so in one of these ways (RFC 6891, section 7).
        return message.Code is DnsMessage.FormatError or DnsMessage.NotImplemented or DnsMessage.BadVersion
            ? await AskAsync(server, Query(name, question, edns: false), cancellationToken)
            : message;
    }

    private static byte[] Query(byte[] name, DnsQuestion question, bool edns) =>
        DnsMessage.Query(BinaryPrimitives.ReadUInt16LittleEndian(RandomNumberGenerator.GetBytes(2)), name, question, edns);

    private static async Task<DnsMessage> AskAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken)
    {
        var message = await ByUdpAsync(server, query, cancellationToken);
        return message.IsTruncated ? await ByTcpAsync(server, query, cancellationToken) : message;
    }

    private static async Task<DnsMessage> ByUdpAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected: the system drops what other addresses send, and tells when nobody listens.
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(query, cancellationToken);
        var buffer = new byte[LargestDatagram];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (DnsMessage.Parse(buffer.AsSpan(0, length), query) is { } message)
                return message;
        }
    }

    private static async Task<DnsMessage> ByTcpAsync(IPEndPoint server, byte[] query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket);
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken);
        await stream.ReadExactlyAsync(framed.AsMemory(0, 2), cancellationToken);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
        await stream.ReadExactlyAsync(response, cancellationToken);
        return DnsMessage.Parse(response, query) is { IsTruncated: false } message ? message : throw new FormatException("The server answered something else.");
    }
}
