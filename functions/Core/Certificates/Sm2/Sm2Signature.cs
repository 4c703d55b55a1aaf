using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Certrelay.Certificates;

/// <summary>Checks SM2 signatures over SM3 (GB/T 32918.2), as certificates bear them.</summary>
internal static class Sm2Signature
{
    // Uncompressed: SEC 1 section 2.3.3.
    private const int PointLength = 1 + (2 * Sm2Curve.Length);

    // Who signs is part of what is signed; in certificates it is always this one (GM/T 0009 section 10).
    private static readonly byte[] Identity = "1234567812345678"u8.ToArray();

    // The general arithmetic that GMNamedCurves hands out takes five times as long.
    private static readonly ECDomainParameters Domain = DomainOf();

    /// <summary>False for another signature, and for a key that is no point of the curve.</summary>
    public static bool Verify(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> signature, PublicKeyInfo key) => Verify(content, signature, key, Identity);

    /// <summary>The same in the name of nobody: what OpenSSL 3 signs unless it is told otherwise, and no client accepts.</summary>
    public static bool VerifyNameless(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> signature, PublicKeyInfo key) => Verify(content, signature, key, []);

    private static bool Verify(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> signature, PublicKeyInfo key, byte[] identity)
    {
        if (key is not { Algorithm: KeyAlgorithm.Sm2, Key: { Length: PointLength, Span: [0x04, ..] } })
            return false;
        try
        {
            var point = Domain.Curve.DecodePoint(key.Key.ToArray());
            var signer = new SM2Signer();
            signer.Init(false, new ParametersWithID(new ECPublicKeyParameters(point, Domain), identity));
            signer.BlockUpdate(content.ToArray(), 0, content.Length);
            return signer.VerifySignature(signature.ToArray());
        }
        catch (Exception fault) when (fault is ArgumentException or ArithmeticException or FormatException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private static ECDomainParameters DomainOf()
    {
        var curve = CustomNamedCurves.GetByOid(GMObjectIdentifiers.sm2p256v1);
        return new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H);
    }
}
