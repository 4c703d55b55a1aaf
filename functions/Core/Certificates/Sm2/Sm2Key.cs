using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>Private keys on the curve of SM2. The point is computed by the framework, whose buffers are zeroed; BouncyCastle never sees a private number.</summary>
internal static class Sm2Key
{
    // RFC 5480 section 2 and RFC 5958 section 2 with the curve 1.2.156.10197.1.301: every length is fixed, so that only number and point change.
    private static ReadOnlySpan<byte> SpkiHead =>
        [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00];

    private static ReadOnlySpan<byte> Pkcs8Head =>
    [
        0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D,
        0x04, 0x6D, 0x30, 0x6B, 0x02, 0x01, 0x01, 0x04, 0x20,
    ];

    private static ReadOnlySpan<byte> PointHead => [0xA1, 0x44, 0x03, 0x42, 0x00];

    /// <param name="number">The private number, big-endian, in any length.</param>
    /// <param name="statedPoint">The point beside it in the file; empty when there is none.</param>
    public static PrivateKeyReading Read(ReadOnlySpan<byte> number, ReadOnlySpan<byte> statedPoint)
    {
        var digits = number.TrimStart((byte)0);
        if (digits.Length is 0 or > Sm2Curve.Length)
            return new PrivateKeyReading.Unreadable();
        var d = new byte[Sm2Curve.Length];
        try
        {
            digits.CopyTo(d.AsSpan(Sm2Curve.Length - digits.Length));
            if (d.AsSpan().SequenceCompareTo(Sm2Curve.Greatest) > 0)
                return new PrivateKeyReading.Unreadable();
            using var curve = ECDsa.Create(new ECParameters { Curve = Sm2Curve.Parameters, D = d });
            var q = curve.ExportParameters(includePrivateParameters: false).Q;
            byte[] point = [0x04, .. q.X!, .. q.Y!];
            // As with other curves: servers believe the point that is written beside the number.
            if (statedPoint is [0x04, ..] && !statedPoint.SequenceEqual(point))
                return new PrivateKeyReading.Unreadable();
            byte[] pkcs8 = [.. Pkcs8Head, .. d, .. PointHead, .. point];
            return new PrivateKeyReading.Usable(new PrivateKey(pkcs8, PublicKeyInfo.Read((byte[])[.. SpkiHead, .. point])));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }
}
