using System.Security.Cryptography;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// What follows the ServerHello of TLS 1.3 (RFC 8446 sections 4.3 and 4.4). It is a proof when the leaf's key signed the transcript up to the certificates, the random of
/// our ClientHello included, and the server's Finished is that of the same transcript and of the keys agreed on: what every client checks.
/// </summary>
internal sealed class Tls13Proof(ServerKeys keys) : IServerProof
{
    private static readonly int[] Known = [ServerExtensions.ServerName, ServerExtensions.SupportedGroups, ServerExtensions.ApplicationProtocols];

    // Section 4.4.3.
    private static readonly byte[] SignedHead = [.. Enumerable.Repeat((byte)' ', 64), .. "TLS 1.3, server CertificateVerify\0"u8];

    private MessageType _last = MessageType.ServerHello;

    public ServedCertificates? Served { get; private set; }

    public ServerExtensions? Extensions { get; private set; }

    public ProofState Take(HandshakeMessage message)
    {
        var before = _last;
        _last = message.Type;
        return (before, message.Type) switch
        {
            (MessageType.ServerHello, MessageType.EncryptedExtensions) => ReadExtensions(message.Body.Span),
            // A client without a certificate is one until the server has it in hand, which comes after its Finished.
            (MessageType.EncryptedExtensions, MessageType.CertificateRequest) => ProofState.Reading,
            (MessageType.EncryptedExtensions or MessageType.CertificateRequest, MessageType.Certificate) => ReadCertificates(message.Body.Span),
            (MessageType.Certificate, MessageType.CertificateVerify) => Verify(message),
            (MessageType.CertificateVerify, MessageType.Finished) => CryptographicOperations.FixedTimeEquals(keys.Finished(message.Before.Span), message.Body.Span)
                ? ProofState.Proved
                : ProofState.Unsettled,
            _ => ProofState.Unsettled,
        };
    }

    private ProofState ReadExtensions(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        Extensions = ServerExtensions.Read(reader.Vector(2));
        return reader.IsDone && Extensions?.Types.All(Known.Contains) is true ? ProofState.Reading : ProofState.Unsettled;
    }

    private ProofState ReadCertificates(ReadOnlySpan<byte> body)
    {
        Served = ServedCertificates.Read(CertificateMessage.ReadTls13(body));
        return Served is null ? ProofState.Unsettled : ProofState.Reading;
    }

    private ProofState Verify(HandshakeMessage message)
    {
        var reader = new WireReader(message.Body.Span);
        var scheme = reader.Number(2);
        var signature = reader.Vector(2).ToArray();
        byte[] content = [.. SignedHead, .. CryptographicOperations.HashData(keys.Hash, message.Before.Span)];
        return reader.IsDone && SignatureSchemes.CheckTls13(scheme, Served!.Leaf.PublicKey, new SignedBytes(content, signature)) ? ProofState.Reading : ProofState.Unsettled;
    }
}
