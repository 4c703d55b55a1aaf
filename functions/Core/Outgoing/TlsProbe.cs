using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.Outgoing;

/// <summary>
/// Looks at a server as a new client would: one fresh TCP connection, one complete TLS 1.2 or 1.3 handshake, nothing resumed, no proxy.
/// Any certificate is accepted, because the question is which one is served; that the handshake completes proves that the server holds its key.
/// </summary>
public sealed class TlsProbe(TimeProvider time)
{
    /// <summary>
    /// Probes exactly <paramref name="address"/>, which the caller has checked with <see cref="OutgoingGuard"/>. A fault of the network or of the
    /// server is in the result; only cancellation by the caller is thrown.
    /// </summary>
    public Task<ProbeResult> ProbeAsync(IPAddress address, Endpoint endpoint, TimeSpan timeout, CancellationToken cancellationToken) =>
        ProbeAsync(address, endpoint, timeout, offers: [], then: null, cancellationToken);

    /// <summary>
    /// As the other one, offering application protocols in their order of preference; <paramref name="then"/> talks over the finished handshake,
    /// within the same time.
    /// </summary>
    internal async Task<ProbeResult> ProbeAsync(
        IPAddress address, Endpoint endpoint, TimeSpan timeout, IReadOnlyList<SslApplicationProtocol> offers,
        Func<SslStream, CancellationToken, Task>? then, CancellationToken cancellationToken) =>
        (await ConnectAsync(
            address, endpoint, timeout, async (stream, started, token) => await HandshakeAsync(stream, address, endpoint, offers, then, started, token), cancellationToken))!;

    /// <summary>
    /// Connects and, where TLS begins, has <paramref name="handshake"/> look at the server within the time; it is told when the connection was begun. Its faults
    /// become a result, its null is passed on and not counted.
    /// </summary>
    internal async Task<ProbeResult?> ConnectAsync(
        IPAddress address, Endpoint endpoint, TimeSpan timeout, Func<OpeningStream, long, CancellationToken, Task<ProbeResult?>> handshake, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var peer = new IPEndPoint(address, endpoint.Port);
        OpeningStream? stream = null;
        try
        {
            stream = await OpeningStream.OpenAsync(peer, endpoint.EffectiveStartTls, either.Token);
            var result = await handshake(stream, started, either.Token);
            if (result is not null)
                ProductMeter.Handshakes.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
            return result;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && IsOfTheNetwork(exception))
        {
            // A refused connection is one, however late the answer comes to be read.
            var failure = deadline.IsCancellationRequested && exception is not SocketException
                ? FindingCodes.ProbeTimeout.At(peer.ToString(), $"{peer} did not complete a handshake in {timeout.TotalSeconds:0.#} s.")
                : ProbeFailure.Of(peer, exception, stream?.Opening);
            ProductMeter.Handshakes.Add(1, new KeyValuePair<string, object?>("outcome", failure.Code));
            return new ProbeResult(address, time.GetElapsedTime(started)) { Failure = failure };
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();
        }
    }

    private async Task<ProbeResult> HandshakeAsync(
        OpeningStream stream, IPAddress address, Endpoint endpoint, IReadOnlyList<SslApplicationProtocol> offers,
        Func<SslStream, CancellationToken, Task>? then, long started, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> sent = [];
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        var options = new SslClientAuthenticationOptions
        {
            // RFC 6066 section 3: no literal address and no trailing dot in the name.
            TargetHost = endpoint.IsAddress ? "" : endpoint.EffectiveServerName.TrimEnd('.'),
            ApplicationProtocols = offers.Count == 0 ? null : [.. offers],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            // Without a policy of our own the framework would fetch missing issuers from wherever the certificate says, past the guard.
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
                TrustMode = X509ChainTrustMode.CustomRootTrust,
            },
            RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
            {
                sent = AsSent(leaf, chain);
                return sent.Count > 0;
            },
        };
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        if (then is not null)
            await then(tls, cancellationToken);
        return new ProbeResult(address, elapsed)
        {
            Leaf = Fingerprint.Of(sent[0].Span),
            ChainAsSent = sent,
            Protocol = tls.SslProtocol,
            ApplicationProtocol = tls.NegotiatedApplicationProtocol is { Protocol.Length: > 0 } chosen ? chosen.ToString() : null,
        };
    }

    // On Linux the framework hands over OpenSSL's peer chain as the extra store: all that was sent, the leaf first. ChainElements would be
    // its own idea of the chain. Elsewhere the leaf is not part of it.
    private static List<ReadOnlyMemory<byte>> AsSent(X509Certificate? leaf, X509Chain? chain)
    {
        if (leaf is null)
            return [];
        List<ReadOnlyMemory<byte>> sent = [];
        foreach (var certificate in chain?.ChainPolicy.ExtraStore ?? [])
            sent.Add(certificate.RawData);
        var first = leaf.GetRawCertData();
        if (sent.Count == 0 || !sent[0].Span.SequenceEqual(first))
            sent.Insert(0, first);
        return sent;
    }

    private static bool IsOfTheNetwork(Exception exception) =>
        exception is SocketException or IOException or AuthenticationException or OperationCanceledException or CryptographicException
            or StartTlsDeclinedException;
}
