namespace Certrelay.Outgoing.Probing;

/// <summary>
/// What a server answers a ClientHello with, as far as it is in clear: version and cipher suite always, the certificates up to TLS 1.2.
/// </summary>
internal sealed record ServerFlight
{
    /// <summary>The version that the server chose; null when it chose none. A HelloRetryRequest counts: it asks for another share only.</summary>
    public TlsVersion? Version { get; private set; }

    public ushort CipherSuite { get; private set; }

    /// <summary>As DER, in the order sent (RFC 5246 section 7.4.2).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; private set; } = [];

    /// <summary>The server asked for a client certificate.</summary>
    public bool WantsCertificate { get; private set; }

    /// <summary>Why the server refused; null when it did not say.</summary>
    public TlsAlert? Refusal { get; private set; }

    /// <summary>True when what came was not TLS.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>Reads until the server has said all that is in clear, refuses, or hangs up; throws <see cref="IOException"/> for a broken connection.</summary>
    public static async Task<ServerFlight> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var flight = new ServerFlight();
        var records = new RecordStream(stream);
        var messages = new HandshakeMessages();
        while (true)
        {
            switch (await records.NextAsync(cancellationToken))
            {
                case RecordOutcome.End:
                    return flight;
                // RFC 6066 section 3 lets a server warn that it does not know the name and go on.
                case RecordOutcome.Record when records.Current is { Type: RecordType.Alert, Fragment.Span: [1, 112] }:
                    break;
                case RecordOutcome.Record when records.Current is { Type: RecordType.Alert, Fragment.Span: [.., var description] }:
                    return flight with { Refusal = new TlsAlert(description) };
                case RecordOutcome.Record when records.Current is { Type: RecordType.Handshake }:
                    messages.Add(records.Current.Fragment.Span);
                    if (flight.Take(messages))
                        return flight;
                    break;
                default:
                    return flight with { IsForeign = true };
            }
        }
    }

    /// <summary>Takes the whole messages; true when nothing more in clear follows.</summary>
    private bool Take(HandshakeMessages messages)
    {
        while (messages.TryNext(out var message))
        {
            if (Take(message.Type, message.Body.Span))
                return true;
        }

        return false;
    }

    private bool Take(MessageType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case MessageType.ServerHello:
                return TakeHello(ServerHello.Read(body));
            case MessageType.Certificate:
                var found = CertificateMessage.ReadTls12(body);
                (Certificates, IsForeign) = (found ?? [], found is null);
                return IsForeign;
            case MessageType.CertificateRequest:
                WantsCertificate = true;
                return false;
            default:
                return type is MessageType.ServerHelloDone;
        }
    }

    private bool TakeHello(ServerHello? hello)
    {
        CipherSuite = hello?.CipherSuite ?? 0;
        if (hello is not null && Enum.IsDefined((TlsVersion)hello.Version))
            Version = (TlsVersion)hello.Version;
        else
            IsForeign = true;
        return IsForeign || Version is TlsVersion.Tls13;
    }
}
