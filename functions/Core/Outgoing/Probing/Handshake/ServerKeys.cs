using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// What opens the server's half of a TLS 1.3 handshake and checks its end: the handshake traffic secret of RFC 8446 section 7.1 and the keys of section 7.3.
/// </summary>
internal sealed class ServerKeys : IDisposable
{
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly byte[] _secret;
    private readonly byte[] _iv;
    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;
    private ulong _sequence;

    private ServerKeys(HashAlgorithmName hash, byte[] secret, int keyLength, bool isChaCha)
    {
        (Hash, _secret) = (hash, secret);
        var key = Expand(hash, secret, "key"u8, [], keyLength);
        _iv = Expand(hash, secret, "iv"u8, [], NonceLength);
        if (isChaCha)
            _chaCha = new ChaCha20Poly1305(key);
        else
            _aes = new AesGcm(key, TagLength);
    }

    /// <summary>Of the cipher suite.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>Null for a cipher suite that cannot be read here. <paramref name="transcript"/>: both hellos.</summary>
    public static ServerKeys? Of(ushort suite, byte[] shared, ReadOnlySpan<byte> transcript) => suite switch
    {
        0x1301 => new(HashAlgorithmName.SHA256, SecretOf(Schedule.Sha256, shared, transcript), 16, isChaCha: false),
        0x1302 => new(HashAlgorithmName.SHA384, SecretOf(Schedule.Sha384, shared, transcript), 32, isChaCha: false),
        0x1303 when ChaCha20Poly1305.IsSupported => new(HashAlgorithmName.SHA256, SecretOf(Schedule.Sha256, shared, transcript), 32, isChaCha: true),
        _ => null,
    };

    /// <summary>The content and the type of a sealed record (RFC 8446 section 5.2), in their order; null when it is not whole or was not sealed with these keys.</summary>
    public (RecordType Type, ReadOnlyMemory<byte> Content)? Open(TlsRecord record)
    {
        var sealedLength = record.Fragment.Length;
        if (sealedLength <= TagLength)
            return null;
        var plain = new byte[sealedLength - TagLength];
        Span<byte> header = [(byte)record.Type, (byte)(record.Version >> 8), (byte)record.Version, (byte)(sealedLength >> 8), (byte)sealedLength];
        Span<byte> nonce = stackalloc byte[NonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _sequence++);
        for (var i = 0; i < NonceLength; i++)
            nonce[i] ^= _iv[i];
        var content = record.Fragment.Span[..^TagLength];
        var tag = record.Fragment.Span[^TagLength..];
        try
        {
            _aes?.Decrypt(nonce, content, tag, plain, header);
            _chaCha?.Decrypt(nonce, content, tag, plain, header);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        // Zeros pad it; before them is the type.
        var end = plain.AsSpan().LastIndexOfAnyExcept((byte)0);
        return end < 0 ? null : ((RecordType)plain[end], plain.AsMemory(0, end));
    }

    /// <summary>What the server's Finished must hold (RFC 8446 section 4.4.4).</summary>
    public byte[] Finished(ReadOnlySpan<byte> transcript)
    {
        var digest = CryptographicOperations.HashData(Hash, transcript);
        return CryptographicOperations.HmacData(Hash, Expand(Hash, _secret, "finished"u8, [], digest.Length), digest);
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }

    private static byte[] SecretOf(Schedule schedule, byte[] shared, ReadOnlySpan<byte> transcript)
    {
        var secret = HKDF.Extract(schedule.Hash, shared, schedule.Salt);
        return Expand(schedule.Hash, secret, "s hs traffic"u8, CryptographicOperations.HashData(schedule.Hash, transcript), schedule.Salt.Length);
    }

    /// <summary>HKDF-Expand-Label of RFC 8446 section 7.1.</summary>
    private static byte[] Expand(HashAlgorithmName hash, byte[] secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, int length)
    {
        byte[] info = [(byte)(length >> 8), (byte)length, (byte)(Prefix.Length + label.Length), .. Prefix, .. label, (byte)context.Length, .. context];
        return HKDF.Expand(hash, secret, length, info);
    }

    private static ReadOnlySpan<byte> Prefix => "tls13 "u8;

    /// <summary>The part of the key schedule that comes before the shared secret: without a PSK it is the same for all connections.</summary>
    private sealed record Schedule(HashAlgorithmName Hash, byte[] Salt)
    {
        public static Schedule Sha256 { get; } = Of(HashAlgorithmName.SHA256, 32);

        public static Schedule Sha384 { get; } = Of(HashAlgorithmName.SHA384, 48);

        private static Schedule Of(HashAlgorithmName hash, int length)
        {
            var early = HKDF.Extract(hash, new byte[length], new byte[length]);
            return new(hash, Expand(hash, early, "derived"u8, CryptographicOperations.HashData(hash, []), length));
        }
    }
}
