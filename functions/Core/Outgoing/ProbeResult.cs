using System.Net;
using System.Security.Authentication;
using Certrelay.Certificates;

namespace Certrelay.Outgoing;

/// <summary>
/// What one handshake with one address showed. Without a <see cref="Failure"/> the server proved that it holds the key of <see cref="Leaf"/>: the handshake was completed, or
/// read as far as <see cref="Probing.QuickProbe"/> does.
/// </summary>
public sealed record ProbeResult(IPAddress Address, TimeSpan Elapsed)
{
    /// <summary>The certificate that the server proved; null after a failure.</summary>
    public Fingerprint? Leaf { get; init; }

    /// <summary>Every certificate of the server's message as DER, the leaf included, in the order and number sent (RFC 8446 section 4.4.2).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ChainAsSent { get; init; } = [];

    public SslProtocols? Protocol { get; init; }

    /// <summary>The application protocol that the server chose (RFC 7301); null when none was offered or chosen.</summary>
    public string? ApplicationProtocol { get; init; }

    /// <summary><c>probe.forbidden</c>, <c>refused</c>, <c>unreachable</c>, <c>timeout</c>, <c>starttls</c>, <c>not-tls</c> or <c>handshake</c>.</summary>
    public Finding? Failure { get; init; }
}
