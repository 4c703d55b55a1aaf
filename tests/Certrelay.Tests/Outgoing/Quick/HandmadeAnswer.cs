using System.Buffers.Binary;
using System.Security.Cryptography;
using Certrelay.Outgoing.Probing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Outgoing.Quick;

/// <summary>
/// The answer of a TLS 1.3 server (RFC 8446) to a ClientHello, made by hand with key schedule and sealing of its own, so that it can be wrong in any one place and right in
/// all others.
/// </summary>
internal sealed record HandmadeAnswer(TestCertificate Leaf)
{
    public const byte Extensions = 8;
    public const byte Request = 13;
    public const byte Certificate = 11;
    public const byte Verify = 15;
    public const byte Finished = 20;
    public const byte Ticket = 4;

    public ushort Suite { get; init; } = 0x1301;

    /// <summary>Whose key signs; null: the leaf's.</summary>
    public TestKey? Signer { get; init; }

    public ushort Scheme { get; init; } = 0x0403;

    public byte[] Order { get; init; } = [Extensions, Certificate, Verify, Finished];

    public byte[] EncryptedExtensions { get; init; } = [];

    public byte[] CertificateExtensions { get; init; } = [];

    public int ChainLength { get; init; } = 1;

    /// <summary>Changes a message after everything was worked out over it.</summary>
    public Func<byte, byte[], byte[]> Change { get; init; } = static (_, message) => message;

    /// <summary>Changes the ServerHello, before everything else is worked out.</summary>
    public Action<byte[]> ChangeHello { get; init; } = static _ => { };

    public byte[] MoreHelloExtensions { get; init; } = [];

    /// <summary>How many bytes of messages a record holds at most.</summary>
    public int RecordSize { get; init; } = 16_000;

    /// <summary>All bytes that the server sends.</summary>
    public byte[] To(byte[] helloRecord)
    {
        var (mine, theirs) = (new KeyShare(), ShareOf(helloRecord));
        var random = RandomNumberGenerator.GetBytes(32);
        byte[] extensions =
        [
            0, 43, 0, 2, 3, 4,
            0, 51, 0, 36, 0, 0x1D, 0, 32, .. mine.Public.Span,
            .. MoreHelloExtensions,
        ];
        var hello = Message(2, [3, 3, .. random, 32, .. helloRecord[44..76], (byte)(Suite >> 8), (byte)Suite, 0, .. Vector(2, extensions)]);
        ChangeHello(hello);
        List<byte> transcript = [.. helloRecord[5..], .. hello];
        var keys = new Keys(Suite, mine.Agree(theirs)!, [.. transcript]);
        List<byte> sent = [];
        foreach (var type in Order)
        {
            var message = Message(type, Body(type, keys, transcript));
            transcript.AddRange(message);
            sent.AddRange(Change(type, message));
        }

        return [.. Record(22, hello), .. Record(20, [1]), .. sent.Chunk(RecordSize).SelectMany(keys.Seal)];
    }

    public static byte[] Record(byte type, byte[] content) => [type, 3, 3, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private byte[] Body(byte type, Keys keys, List<byte> transcript) => type switch
    {
        Extensions => Vector(2, EncryptedExtensions),
        Request => [0, .. Vector(2, [0, 13, 0, 4, 0, 2, 4, 3])],
        Certificate => [0, .. Vector(3, [.. Enumerable.Repeat<byte[]>([.. Vector(3, Leaf.Der), .. Vector(2, CertificateExtensions)], ChainLength).SelectMany(static one => one)])],
        Verify => [(byte)(Scheme >> 8), (byte)Scheme, .. Vector(2, Sign(CryptographicOperations.HashData(keys.Hash, [.. transcript])))],
        Finished => keys.Finished(CryptographicOperations.HashData(keys.Hash, [.. transcript])),
        _ => [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0],
    };

    private byte[] Sign(byte[] digest)
    {
        byte[] content = [.. Enumerable.Repeat((byte)0x20, 64), .. "TLS 1.3, server CertificateVerify"u8, 0, .. digest];
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey((Signer ?? Leaf.Key).Pkcs8, out _);
        return key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    // The share is the last extension of our hello.
    private static byte[] ShareOf(byte[] helloRecord) => helloRecord[^32..];

    private static byte[] Message(byte type, byte[] body) => [type, .. Vector(3, body)];

    private static byte[] Vector(int octets, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length[^octets..], .. content];
    }

    private sealed class Keys
    {
        private readonly byte[] _secret;
        private readonly byte[] _key;
        private readonly byte[] _iv;
        private readonly bool _isChaCha;
        private byte _sequence;

        public Keys(ushort suite, byte[] shared, byte[] transcript)
        {
            Hash = suite == 0x1302 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
            _isChaCha = suite == 0x1303;
            var size = suite == 0x1302 ? 48 : 32;
            var early = HKDF.Extract(Hash, new byte[size], new byte[size]);
            var handshake = HKDF.Extract(Hash, shared, Expand(early, "derived", CryptographicOperations.HashData(Hash, Array.Empty<byte>()), size));
            _secret = Expand(handshake, "s hs traffic", CryptographicOperations.HashData(Hash, transcript), size);
            _key = Expand(_secret, "key", [], suite == 0x1301 ? 16 : 32);
            _iv = Expand(_secret, "iv", [], 12);
        }

        public HashAlgorithmName Hash { get; }

        public byte[] Finished(byte[] digest) => CryptographicOperations.HmacData(Hash, Expand(_secret, "finished", [], digest.Length), digest);

        public byte[] Seal(byte[] content)
        {
            // Padded by three, which is anybody's right.
            byte[] plain = [.. content, 22, 0, 0, 0];
            byte[] nonce = [.. _iv];
            nonce[11] ^= _sequence++;
            var (length, cipher, tag) = (plain.Length + 16, new byte[plain.Length], new byte[16]);
            byte[] header = [23, 3, 3, (byte)(length >> 8), (byte)length];
            if (_isChaCha)
            {
                using var chaCha = new ChaCha20Poly1305(_key);
                chaCha.Encrypt(nonce, plain, cipher, tag, header);
            }
            else
            {
                using var aes = new AesGcm(_key, 16);
                aes.Encrypt(nonce, plain, cipher, tag, header);
            }

            return [.. header, .. cipher, .. tag];
        }

        private byte[] Expand(byte[] secret, string label, byte[] context, int length) =>
            HKDF.Expand(Hash, secret, length, [0, (byte)length, .. Vector(1, [.. "tls13 "u8, .. System.Text.Encoding.ASCII.GetBytes(label)]), .. Vector(1, context)]);
    }
}
