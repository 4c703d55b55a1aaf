using System.Net;
using System.Net.Sockets;
using Certrelay.Certificates;

namespace Certrelay.Outgoing;

/// <summary>Names the fault behind an exception of a probe.</summary>
internal static class ProbeFailure
{
    private const int LongestReason = 240;

    /// <summary>The finding for <paramref name="exception"/>; <paramref name="opening"/> are the first bytes that the server sent, null when it sent none.</summary>
    public static Finding Of(IPEndPoint peer, Exception exception, byte[]? opening)
    {
        var scope = peer.ToString();
        if (exception is SocketException socket)
            return OfConnection(socket, scope);
        if (exception is StartTlsDeclinedException declined)
            return FindingCodes.ProbeStartTls.At(scope, $"What answers at {scope} {declined.Message}.");
        if (opening is null)
            return FindingCodes.ProbeHandshake.At(scope, $"{scope} closed the connection without an answer to the handshake.");
        return LooksLikeTls(opening)
            ? FindingCodes.ProbeHandshake.At(scope, $"The TLS handshake with {scope} failed: {Reason(exception)}")
            : FindingCodes.ProbeNotTls.At(scope, $"What answers at {scope} does not speak TLS.");
    }

    private static Finding OfConnection(SocketException exception, string scope) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => FindingCodes.ProbeRefused.At(scope, $"{scope} refused the connection."),
        SocketError.TimedOut => FindingCodes.ProbeTimeout.At(scope, $"{scope} did not answer in time."),
        _ => FindingCodes.ProbeUnreachable.At(scope, $"{scope} cannot be reached: {exception.Message}."),
    };

    // RFC 8446 section 5.1: a server opens with a handshake (22) or an alert (21) record, and the major version is 3 in every one.
    private static bool LooksLikeTls(byte[] opening) => opening[0] is 21 or 22 && (opening.Length < 2 || opening[1] == 3);

    private static string Reason(Exception exception)
    {
        var innermost = exception.GetBaseException().Message.ReplaceLineEndings(" ").Trim();
        return innermost.Length <= LongestReason ? innermost : innermost[..LongestReason];
    }
}
