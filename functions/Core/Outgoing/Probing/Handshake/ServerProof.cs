using System.Net.Security;
using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>How far a server has come in showing that it holds the key of its certificate.</summary>
internal enum ProofState
{
    Reading,

    Proved,

    /// <summary>Not by what is read here: another way of the handshake, a refusal, a fault. A complete handshake has to tell which.</summary>
    Unsettled,
}

/// <summary>What follows a ServerHello, by version.</summary>
internal interface IServerProof
{
    /// <summary>Null until the server's Certificate came.</summary>
    ServedCertificates? Served { get; }

    /// <summary>Where the server says which application protocol it chose.</summary>
    ServerExtensions? Extensions { get; }

    /// <summary>Takes the next message in the order sent.</summary>
    ProofState Take(HandshakeMessage message);
}

/// <summary>The certificates of a handshake, all of them well-formed; never empty.</summary>
internal sealed record ServedCertificates(CertificateRecord Leaf, IReadOnlyList<ReadOnlyMemory<byte>> Chain)
{
    /// <summary>Null for none, and when one of them is no certificate: a complete handshake fails with that.</summary>
    public static ServedCertificates? Read(List<ReadOnlyMemory<byte>>? chain)
    {
        CertificateRecord? leaf = null;
        foreach (var der in chain ?? [])
        {
            if (!CertificateRecord.TryParse(der, out var record))
                return null;
            leaf ??= record;
        }

        return leaf is null ? null : new ServedCertificates(leaf, chain!);
    }
}

/// <summary>
/// Reads a server's answer to <see cref="ClientHello.ToProve"/>, record by record, until it is proved that the server holds the key of the leaf that it shows, in TLS 1.3
/// as <see cref="Tls13Proof"/> says, in TLS 1.2 as <see cref="Tls12Proof"/> does. Whatever else comes is <see cref="ProofState.Unsettled"/>; nothing throws.
/// </summary>
internal sealed class ServerProof(ReadOnlyMemory<byte> helloRecord, KeyShare share, IReadOnlyList<SslApplicationProtocol> offers) : IDisposable
{
    private const int RecordHeader = 5;

    // Of TLS 1.3 only, of 1.2 only; what was not asked for is unusual, and left to a complete handshake.
    private static readonly int[] Tls13Extensions = [ServerExtensions.SupportedVersions, ServerExtensions.KeyShare];

    private static readonly int[] Tls12Extensions =
    [
        ServerExtensions.ServerName, ServerExtensions.PointFormats, ServerExtensions.ApplicationProtocols, ServerExtensions.ExtendedMasterSecret, ServerExtensions.Renegotiation,
    ];

    private readonly HandshakeMessages _messages = Begin(helloRecord.Span[RecordHeader..]);
    private ServerKeys? _keys;
    private IServerProof? _proof;

    /// <summary>The version that the server chose; null before its ServerHello.</summary>
    public TlsVersion? Version { get; private set; }

    public ServedCertificates? Served => _proof?.Served;

    public SslApplicationProtocol? ApplicationProtocol => _proof?.Extensions?.Chosen;

    // RFC 8446 section 4.1.2: type and length, version, random, session id behind its length.
    private ReadOnlyMemory<byte> ClientRandom => helloRecord.Slice(RecordHeader + 6, 32);

    private ReadOnlyMemory<byte> SessionId => helloRecord.Slice(RecordHeader + 39, 32);

    /// <summary>Takes the next record.</summary>
    public ProofState Take(TlsRecord record)
    {
        // Nothing protects this field of a record in clear, but every server writes the one number.
        if (record.Version != (int)TlsVersion.Tls12)
            return ProofState.Unsettled;
        switch (record.Type)
        {
            // RFC 6066 section 3 lets a server warn that it does not know the name and go on.
            case RecordType.Alert when _keys is null && record.Fragment.Span is [1, 112]:
            // RFC 8446 appendix D.4: said for the sake of middleboxes.
            case RecordType.ChangeCipherSpec when _keys is not null && record.Fragment.Span is [1]:
                return ProofState.Reading;
            case RecordType.Handshake when _keys is null:
                return Take(record.Fragment);
            case RecordType.ApplicationData when _keys?.Open(record) is (RecordType.Handshake, { IsEmpty: false } content):
                return Take(content);
            default:
                return ProofState.Unsettled;
        }
    }

    public void Dispose() => _keys?.Dispose();

    private static HandshakeMessages Begin(ReadOnlySpan<byte> hello)
    {
        var messages = new HandshakeMessages();
        messages.Add(hello);
        messages.TryNext(out _);
        return messages;
    }

    private ProofState Take(ReadOnlyMemory<byte> fragment)
    {
        _messages.Add(fragment.Span);
        var state = ProofState.Reading;
        while (state is ProofState.Reading && _messages.TryNext(out var message))
            state = _proof?.Take(message) ?? TakeHello(message);
        return state is ProofState.Proved && !IsSettled() ? ProofState.Unsettled : state;
    }

    /// <summary>Nothing follows the flight, and the application protocol is one of those offered.</summary>
    private bool IsSettled() => _messages.IsAtBoundary && (ApplicationProtocol is not { } chosen || offers.Contains(chosen));

    private ProofState TakeHello(HandshakeMessage message)
    {
        if (message.Type is not MessageType.ServerHello || ServerHello.Read(message.Body.Span) is not { IsRetry: false, IsDowngrade: false, Compression: 0 } hello)
            return ProofState.Unsettled;
        _proof = (TlsVersion)hello.Version switch
        {
            TlsVersion.Tls13 => BeginTls13(hello),
            TlsVersion.Tls12 => BeginTls12(hello),
            _ => null,
        };
        Version = _proof is null ? null : (TlsVersion)hello.Version;
        return _proof is null ? ProofState.Unsettled : ProofState.Reading;
    }

    private Tls13Proof? BeginTls13(ServerHello hello)
    {
        // Section 5.1: no message may go on behind a change of keys.
        if (!_messages.IsAtBoundary || !hello.SessionId.AsSpan().SequenceEqual(SessionId.Span) || !hello.Extensions.Types.All(Tls13Extensions.Contains)
            || hello.Extensions.ShareGroup is not KeyShare.Group || share.Agree(hello.Extensions.Share) is not { } secret)
            return null;
        _keys = ServerKeys.Of(hello.CipherSuite, secret, _messages.Transcript.Span);
        return _keys is null ? null : new Tls13Proof(_keys);
    }

    private Tls12Proof? BeginTls12(ServerHello hello) =>
        hello.Extensions.Types.All(Tls12Extensions.Contains)
        // OpenSSL's clients refuse whoever does not speak RFC 5746.
        && hello.Extensions.Types.Contains(ServerExtensions.Renegotiation)
        && ClientHello.IsProvedInTls12(hello.CipherSuite)
            ? new Tls12Proof(hello, ClientRandom)
            : null;
}
