using System.Net;
using System.Net.Sockets;
using Certrelay.Certificates;
using Certrelay.Outgoing;

namespace Certrelay.Dns;

/// <summary>Connects to a host that a setting or somebody else named: resolved now, each address checked, and connected to just that address.</summary>
public sealed class GuardedConnection(IResolver resolver, OutgoingGuard guard)
{
    /// <summary>
    /// The first connection that an allowed address takes. Throws what the resolver throws, <see cref="Permanent"/> (<c>probe.forbidden</c>) when no address may be
    /// connected to, and <see cref="Transient"/> (<c>probe.refused</c>, <c>probe.timeout</c>, <c>probe.unreachable</c>) when none answers.
    /// </summary>
    public async Task<Socket> OpenAsync(OutgoingClass outgoing, string host, int port, CancellationToken cancellationToken)
    {
        Failure? last = null;
        foreach (var address in await resolver.AddressesAsync(host, cancellationToken))
        {
            if (guard.Check(outgoing, address) is { } forbidden)
            {
                last ??= new Permanent(forbidden.Code, forbidden.Message);
                continue;
            }

            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return socket;
            }
            catch (SocketException fault)
            {
                socket.Dispose();
                last = Of(fault, new IPEndPoint(address, port));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private static Transient Of(SocketException fault, IPEndPoint peer) => fault.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new Transient(FindingCodes.ProbeRefused.Code, $"{peer} refused the connection."),
        SocketError.TimedOut => new Transient(FindingCodes.ProbeTimeout.Code, $"{peer} did not answer in time."),
        _ => new Transient(FindingCodes.ProbeUnreachable.Code, $"{peer} cannot be reached ({fault.SocketErrorCode})."),
    };
}
