using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>The question whether one certificate was revoked (RFC 6960 section 4.1).</summary>
internal static class OcspRequest
{
    private const string Sha1Oid = "1.3.14.3.2.26";

    /// <summary>A request without nonce and signature, as RFC 5019 section 2.1 profiles it, so that prepared answers fit.</summary>
    public static byte[] Encode(CertificateRecord certificate, CertificateRecord issuer)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
            writer.WriteEncodedValue(CertificateId(certificate, issuer));
        return writer.Encode();
    }

    /// <summary>The CertID (RFC 6960 section 4.1.1) by SHA-1, the only hash that every responder knows (RFC 5019 section 2.1.1); nothing rests on its strength.</summary>
    public static byte[] CertificateId(CertificateRecord certificate, CertificateRecord issuer)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha1Oid);
                writer.WriteNull();
            }

#pragma warning disable CA5350
            writer.WriteOctetString(SHA1.HashData(issuer.SubjectBytes.Span));
            writer.WriteOctetString(SHA1.HashData(KeyBits(issuer.PublicKey).Span));
#pragma warning restore CA5350
            writer.WriteInteger(Convert.FromHexString(certificate.Serial));
        }

        return writer.Encode();
    }

    // The bit string of the SubjectPublicKeyInfo without tag, length and unused bits.
    private static ReadOnlyMemory<byte> KeyBits(PublicKeyInfo key)
    {
        var sequence = new DerReader(key.Spki).ReadSequence();
        sequence.ReadEncoded();
        return sequence.ReadBitString(out _);
    }
}
