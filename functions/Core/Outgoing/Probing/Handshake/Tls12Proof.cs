using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// What follows the ServerHello of TLS 1.2 with an ECDHE cipher suite (RFC 5246 section 7.4, RFC 8422 section 5.4). It is a proof when the leaf's key signed the server's
/// key exchange together with the randoms of both sides, which is how such a server shows that it holds the key. The signature covers neither the rest of the hellos nor the
/// certificates, of which it proves the leaf's key only: whoever sits on the way could change other bytes of them, or show another certificate of the same key, which
/// the end of a complete handshake would bring to light.
/// </summary>
internal sealed class Tls12Proof(ServerHello hello, ReadOnlyMemory<byte> clientRandom) : IServerProof
{
    private const int NamedCurve = 3;

    private MessageType _last = MessageType.ServerHello;

    public ServedCertificates? Served { get; private set; }

    public ServerExtensions? Extensions => hello.Extensions;

    public ProofState Take(HandshakeMessage message)
    {
        var before = _last;
        _last = message.Type;
        // A server that asks for a certificate may refuse whoever has none before its own side is done, so that only a complete handshake tells.
        return (before, message.Type) switch
        {
            (MessageType.ServerHello, MessageType.Certificate) => ReadCertificates(message.Body.Span),
            (MessageType.Certificate, MessageType.ServerKeyExchange) => Verify(message.Body.Span),
            (MessageType.ServerKeyExchange, MessageType.ServerHelloDone) => message.Body.IsEmpty ? ProofState.Proved : ProofState.Unsettled,
            _ => ProofState.Unsettled,
        };
    }

    private ProofState ReadCertificates(ReadOnlySpan<byte> body)
    {
        Served = ServedCertificates.Read(CertificateMessage.ReadTls12(body));
        return Served is null || Served.Leaf.PublicKey.Algorithm is KeyAlgorithm.Rsa != ClientHello.IsProvedByRsa(hello.CipherSuite)
            ? ProofState.Unsettled
            : ProofState.Reading;
    }

    private ProofState Verify(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var (kind, group) = (reader.Number(1), reader.Number(2));
        var point = reader.Vector(1);
        var parameters = body[..(body.Length - reader.Left)];
        var scheme = reader.Number(2);
        var signature = reader.Vector(2).ToArray();
        byte[] content = [.. clientRandom.Span, .. hello.Random, .. parameters];
        return reader.IsDone && kind is NamedCurve && ClientHello.IsOfferedGroup(group) && !point.IsEmpty
            && SignatureSchemes.CheckTls12(scheme, Served!.Leaf.PublicKey, new SignedBytes(content, signature))
                ? ProofState.Reading
                : ProofState.Unsettled;
    }
}
