using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Certrelay.Certificates;

/// <summary>Ed25519 (RFC 8032 section 5.1) in certificates and keys (RFC 8410), which the framework does not know.</summary>
internal static class Ed25519Key
{
    public const string Oid = "1.3.101.112";

    /// <summary>Of a key of either kind, in octets.</summary>
    public const int Length = 32;

    private const int SignatureLength = 64;

    // RFC 8410 sections 4 and 7: only the key itself changes.
    private static ReadOnlySpan<byte> SpkiHead => [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    private static ReadOnlySpan<byte> Pkcs8Head => [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    /// <param name="wrapped">The CurvePrivateKey of RFC 8410 section 7: an OCTET STRING in that of PKCS#8.</param>
    public static PrivateKeyReading Read(ReadOnlyMemory<byte> wrapped)
    {
        var reader = new DerReader(wrapped);
        var seed = reader.ReadOctetString().Span;
        reader.ThrowIfNotEmpty();
        if (seed.Length is not Length)
            return new PrivateKeyReading.Unreadable();
        var copy = seed.ToArray();
        try
        {
            var point = new byte[Length];
            Ed25519.GeneratePublicKey(copy, 0, point, 0);
            return new PrivateKeyReading.Usable(new PrivateKey([.. Pkcs8Head, .. copy], PublicKeyInfo.Read((byte[])[.. SpkiHead, .. point])));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <summary>False for another signature, and for a key that is no point of the curve.</summary>
    public static bool Verify(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> signature, PublicKeyInfo key) =>
        key is { Algorithm: KeyAlgorithm.Ed25519, Key.Length: Length } && signature.Length is SignatureLength
        && Ed25519.Verify(signature.ToArray(), 0, key.Key.ToArray(), 0, content.ToArray(), 0, content.Length);
}
