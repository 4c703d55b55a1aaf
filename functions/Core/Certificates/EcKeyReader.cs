using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>Reads an ECPrivateKey (RFC 5915 section 3) and computes its public point from the private number.</summary>
internal static class EcKeyReader
{
    /// <param name="sec1">The ECPrivateKey.</param>
    /// <param name="curveOid">The curve that the PKCS#8 around it names; null when there is none.</param>
    public static PrivateKeyReading Read(ReadOnlyMemory<byte> sec1, string? curveOid)
    {
        var fields = new DerReader(sec1).ReadSequence();
        fields.ReadSmallInteger();
        var number = fields.ReadOctetString();
        if (fields.NextIs(DerReader.Context(0)))
        {
            var parameters = fields.ReadSequence(DerReader.Context(0));
            if (!parameters.NextIs(Asn1Tag.ObjectIdentifier))
                return new PrivateKeyReading.Unsupported(PublicKeyInfo.ExplicitParameters);
            var inner = parameters.ReadOid();
            if (curveOid is not null && curveOid != inner)
                return new PrivateKeyReading.Unreadable();
            curveOid = inner;
        }
        if (curveOid is null)
            return new PrivateKeyReading.Unreadable();
        var curve = EllipticCurve.Of(curveOid);
        if (curve.Algorithm is KeyAlgorithm.OtherCurve)
            return new PrivateKeyReading.Unsupported(curve.Name);

        var point = fields.NextIs(DerReader.Context(1)) ? fields.ReadSequence(DerReader.Context(1)).ReadBitString(out _) : default;
        if (curve.Algorithm is KeyAlgorithm.Sm2)
            return Sm2Key.Read(number.Span, point.Span);
        return Import(ECCurve.CreateFromValue(curveOid), curve.PrivateKeyLength, number.Span, point.Span);
    }

    private static PrivateKeyReading Import(ECCurve curve, int length, ReadOnlySpan<byte> number, ReadOnlySpan<byte> statedPoint)
    {
        // Old writers leave out leading zeros, others add one; the framework wants the exact length.
        var digits = number.TrimStart((byte)0);
        if (digits.Length > length)
            return new PrivateKeyReading.Unreadable();
        var d = new byte[length];
        try
        {
            digits.CopyTo(d.AsSpan(length - digits.Length));
            using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, D = d });
            var publicKey = PublicKeyInfo.Read(ecdsa.ExportSubjectPublicKeyInfo());
            // Servers believe the point that is written beside the number: one of another key would break every handshake.
            if (statedPoint is [0x04, ..] && !statedPoint.SequenceEqual(publicKey.Key.Span))
                return new PrivateKeyReading.Unreadable();
            return new PrivateKeyReading.Usable(new PrivateKey(ecdsa.ExportPkcs8PrivateKey(), publicKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }
}
