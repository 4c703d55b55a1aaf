using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// The look of a wide scan: one fresh connection and one ClientHello, and the answer read until the server has proved that it holds the key of its leaf
/// (<see cref="ServerProof"/>); then it hangs up, which costs both sides a part of what a complete handshake does. Whatever is not proved so is left to a complete handshake over
/// another connection, so that no server comes off worse. What a rollout is judged by is always a complete one: <see cref="TlsProbe"/>.
/// </summary>
internal sealed class QuickProbe(TlsProbe probe, TimeProvider time)
{
    private readonly KeyShare _share = new();

    /// <summary>As <see cref="TlsProbe.ProbeAsync(IPAddress, Endpoint, TimeSpan, CancellationToken)"/>, with application protocols to offer.</summary>
    public async Task<ProbeResult> ProbeAsync(
        IPAddress address, Endpoint endpoint, TimeSpan timeout, IReadOnlyList<SslApplicationProtocol> offers, CancellationToken cancellationToken) =>
        await probe.ConnectAsync(address, endpoint, timeout, (stream, started, token) => LookAsync(stream, address, endpoint, offers, started, token), cancellationToken)
        ?? await probe.ProbeAsync(address, endpoint, timeout, offers, then: null, cancellationToken);

    /// <summary>Null when nothing was proved.</summary>
    private async Task<ProbeResult?> LookAsync(
        OpeningStream stream, IPAddress address, Endpoint endpoint, IReadOnlyList<SslApplicationProtocol> offers, long started, CancellationToken cancellationToken)
    {
        var name = endpoint.IsAddress ? null : endpoint.EffectiveServerName.TrimEnd('.');
        var hello = (ClientHello.ToProve(_share) with { ServerName = name, ApplicationProtocols = offers }).Encode();
        using var proof = new ServerProof(hello, _share, offers);
        var records = new RecordStream(stream);
        var state = ProofState.Reading;
        try
        {
            await stream.WriteAsync(hello, cancellationToken);
            while (state is ProofState.Reading && await records.NextAsync(cancellationToken) is RecordOutcome.Record)
                state = proof.Take(records.Current);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // Some refuse by a reset; the complete handshake says what it makes of that.
            return null;
        }

        return state is not ProofState.Proved ? null : new ProbeResult(address, time.GetElapsedTime(started))
        {
            Leaf = proof.Served!.Leaf.Fingerprint,
            ChainAsSent = proof.Served.Chain,
            Protocol = proof.Version is TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12,
            ApplicationProtocol = proof.ApplicationProtocol?.ToString(),
        };
    }
}
