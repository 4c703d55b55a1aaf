using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// A ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) that offers exactly one version, unless it is one of <see cref="ToProve"/>. Written by
/// hand because the framework offers what the host's OpenSSL policy allows: no TLS 1.0, no choice of cipher suites, the same for the whole process.
/// </summary>
internal sealed record ClientHello(TlsVersion Version)
{
    private static readonly ushort[] Tls13Suites = [0x1301, 0x1302, 0x1303];

    // ECDHE with AEAD first, then CBC for versions before 1.2.
    private static readonly ushort[] EcdsaSuites = [0xC02B, 0xC02C, 0xCCA9, 0xC023, 0xC024, 0xC009, 0xC00A];

    // ECDHE, DHE and plain RSA; the last one is 3DES, all that some old servers have.
    private static readonly ushort[] RsaSuites =
        [0xC02F, 0xC030, 0xCCA8, 0x009E, 0x009F, 0xCCAA, 0xC027, 0xC028, 0xC013, 0xC014, 0x0067, 0x006B, 0x0033, 0x0039, 0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035, 0x000A];

    // What proves a key, and is offered by the framework too, so that both ways lead to the same: ECDHE with AES-GCM, no signature of SHA-1 or Ed448.
    private static readonly ushort[] ProvingEcdsaSuites = [0xC02B, 0xC02C];
    private static readonly ushort[] ProvingRsaSuites = [0xC02F, 0xC030];
    private static readonly ushort[] ProvingSignatures =
        [0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601];

    private static readonly ushort[] EcdsaSignatures = [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0203];
    private static readonly ushort[] RsaSignatures = [0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601, 0x0201];

    // X25519, P-256, P-384, P-521.
    private static readonly ushort[] Groups = [KeyShare.Group, 0x0017, 0x0018, 0x0019];

    /// <summary>The name in SNI; null: none is sent.</summary>
    public string? ServerName { get; init; }

    /// <summary>Offers only cipher suites and signature algorithms that an RSA certificate can serve, as old clients do. TLS 1.2 and before.</summary>
    public bool RsaOnly { get; init; }

    /// <summary>The application protocols offered, in their order of preference; empty: no offer (RFC 7301).</summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];

    /// <summary>The share of X25519 whose secret somebody will compute; null: nobody will.</summary>
    public KeyShare? Share { get; private init; }

    /// <summary>Offers TLS 1.3 and 1.2, and of either only what has the server sign with the key of its certificate by an algorithm that can be checked.</summary>
    public static ClientHello ToProve(KeyShare share) => new(TlsVersion.Tls13) { Share = share };

    /// <summary>True for a cipher suite of TLS 1.2 whose server signs with an RSA key; false: with another.</summary>
    public static bool IsProvedByRsa(ushort suite) => Array.IndexOf(ProvingRsaSuites, suite) >= 0;

    /// <summary>True for a cipher suite of <see cref="ToProve"/> and TLS 1.2.</summary>
    public static bool IsProvedInTls12(ushort suite) => IsProvedByRsa(suite) || Array.IndexOf(ProvingEcdsaSuites, suite) >= 0;

    public static bool IsOfferedSignature(int scheme) => Array.IndexOf(ProvingSignatures, (ushort)scheme) >= 0;

    public static bool IsOfferedGroup(int group) => Array.IndexOf(Groups, (ushort)group) >= 0;

    /// <summary>One record with the whole message.</summary>
    public byte[] Encode()
    {
        var body = new WireWriter();
        body.UInt16((int)(Version is TlsVersion.Tls13 ? TlsVersion.Tls12 : Version));
        body.Bytes(RandomNumberGenerator.GetBytes(32));
        // RFC 8446 appendix D.4: a session id has middleboxes take TLS 1.3 for a resumed 1.2.
        body.Vector(1, id => id.Bytes(Version is TlsVersion.Tls13 ? RandomNumberGenerator.GetBytes(32) : []));
        body.Vector(2, list => list.UInt16s(Suites()));
        body.Vector(1, static list => list.Bytes([0]));
        body.Vector(2, WriteExtensions);

        var message = new WireWriter();
        message.Bytes([1]);
        message.Vector(3, inner => inner.Bytes(body.Written));
        var record = new WireWriter();
        record.Bytes([22]);
        record.UInt16((int)TlsVersion.Tls10);
        record.Vector(2, inner => inner.Bytes(message.Written));
        return record.Written.ToArray();
    }

    private ushort[] Suites() => this switch
    {
        { Share: not null } => [.. Tls13Suites, .. ProvingEcdsaSuites, .. ProvingRsaSuites],
        { Version: TlsVersion.Tls13 } => Tls13Suites,
        { RsaOnly: true } => RsaSuites,
        _ => [.. EcdsaSuites, .. RsaSuites],
    };

    private ushort[] Signatures() => this switch
    {
        { Share: not null } => ProvingSignatures,
        { RsaOnly: true } => RsaSignatures,
        _ => [.. EcdsaSignatures, .. RsaSignatures],
    };

    private void WriteExtensions(WireWriter writer)
    {
        if (ServerName is { } name)
            Extension(writer, 0, value => value.Vector(2, list => { list.Bytes([0]); list.Vector(2, host => host.Bytes(Encoding.ASCII.GetBytes(name))); }));
        Extension(writer, 10, static value => value.Vector(2, static list => list.UInt16s(Groups)));
        Extension(writer, 11, static value => value.Vector(1, static list => list.Bytes([0])));
        if (Version >= TlsVersion.Tls12)
            Extension(writer, 13, value => value.Vector(2, list => list.UInt16s(Signatures())));
        if (ApplicationProtocols.Count > 0)
            Extension(writer, 16, value => value.Vector(2, WriteProtocols));
        // Extended master secret (RFC 7627) and secure renegotiation (RFC 5746), which strict servers demand up to TLS 1.2.
        if (Version < TlsVersion.Tls13 || Share is not null)
        {
            Extension(writer, 23, static _ => { });
            Extension(writer, 0xFF01, static value => value.Bytes([0]));
        }

        if (Version < TlsVersion.Tls13)
            return;
        Extension(writer, 43, value => value.Vector(1, list => list.UInt16s(Share is null ? [(ushort)TlsVersion.Tls13] : [(ushort)TlsVersion.Tls13, (ushort)TlsVersion.Tls12])));
        Extension(writer, 45, static value => value.Vector(1, static list => list.Bytes([1])));
        // Any 32 bytes are a share of X25519 (RFC 7748 section 5); without a share nobody computes the secret, because the answer is all that is read.
        Extension(writer, 51, value => value.Vector(2, shares =>
        {
            shares.UInt16(KeyShare.Group);
            shares.Vector(2, share => share.Bytes(Share is null ? RandomNumberGenerator.GetBytes(KeyShare.Length) : Share.Public.Span));
        }));
    }

    private void WriteProtocols(WireWriter list)
    {
        foreach (var protocol in ApplicationProtocols)
            list.Vector(1, name => name.Bytes(protocol.Protocol.Span));
    }

    private static void Extension(WireWriter writer, int type, Action<WireWriter> content)
    {
        writer.UInt16(type);
        writer.Vector(2, content);
    }

    /// <summary>Writes numbers in network order and vectors behind their length (RFC 8446 section 3.4).</summary>
    private sealed class WireWriter
    {
        private readonly List<byte> _bytes = [];

        public ReadOnlySpan<byte> Written => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void UInt16(int value) => Bytes([(byte)(value >> 8), (byte)value]);

        public void UInt16s(ushort[] values) => Array.ForEach(values, value => UInt16(value));

        public void Vector(int lengthBytes, Action<WireWriter> content)
        {
            var at = _bytes.Count;
            Bytes(new byte[lengthBytes]);
            content(this);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, _bytes.Count - at - lengthBytes);
            length[^lengthBytes..].CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[at..]);
        }
    }
}
