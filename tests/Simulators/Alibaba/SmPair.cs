using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Both certificates of a pair for SM2 (GB/T 38636): one signs, to the key of the other clients encrypt.</summary>
internal static class SmPair
{
    private const string EcKey = "1.2.840.10045.2.1";
    private const string Sm2 = "1.2.156.10197.1.301";

    private const X509KeyUsageFlags Encrypting = X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyAgreement;

    // GB/T 32918.5, section 2.
    private static readonly ECCurve Curve = new()
    {
        CurveType = ECCurve.ECCurveType.PrimeShortWeierstrass,
        Prime = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"),
        A = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"),
        B = Convert.FromHexString("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"),
        G = new ECPoint
        {
            X = Convert.FromHexString("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
            Y = Convert.FromHexString("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"),
        },
        Order = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"),
        Cofactor = [1],
    };

    /// <summary>Reads a pair; throws <see cref="CertificateFaultException"/> for parts in each other's place, other algorithms and keys of other certificates.</summary>
    public static (StoredCertificate Signing, string EncryptionPem) Read(string signing, string signingKey, string encryption, string encryptionKey)
    {
        var (sign, encrypt) = (Certificates(signing), Certificates(encryption));
        Check(sign[0], signingKey, X509KeyUsageFlags.DigitalSignature);
        Check(encrypt[0], encryptionKey, Encrypting);
        if (sign[0].Issuer != encrypt[0].Issuer)
            throw new CertificateFaultException(CertificateFault.Mismatch);
        return (StoredCertificate.Unserved(sign[0], [.. sign.Skip(1)]), encrypt[0].ExportCertificatePem());
    }

    private static X509Certificate2Collection Certificates(string pem)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new CertificateFaultException(CertificateFault.BadCertificate);
        }

        return all.Count > 0 ? all : throw new CertificateFaultException(CertificateFault.BadCertificate);
    }

    private static void Check(X509Certificate2 leaf, string key, X509KeyUsageFlags usage)
    {
        if (leaf.PublicKey.Oid.Value != EcKey || leaf.PublicKey.EncodedParameters is not { } parameters || AsnDecoder.ReadObjectIdentifier(parameters.RawData, AsnEncodingRules.DER, out _) != Sm2)
            throw new CertificateFaultException(CertificateFault.BadCertificate);
        if (!leaf.Extensions.OfType<X509KeyUsageExtension>().Any(extension => (extension.KeyUsages & usage) != X509KeyUsageFlags.None))
            throw new CertificateFaultException(CertificateFault.BadCertificate);
        using var curve = ECDsa.Create(new ECParameters { Curve = Curve, D = Number(key) });
        var point = curve.ExportParameters(includePrivateParameters: false).Q;
        byte[] expected = [0x04, .. point.X!, .. point.Y!];
        if (!leaf.PublicKey.EncodedKeyValue.RawData.SequenceEqual(expected))
            throw new CertificateFaultException(CertificateFault.Mismatch);
    }

    /// <summary>The private number of a PKCS#8 key on the curve (RFC 5958, RFC 5915).</summary>
    private static byte[] Number(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            if (pem[fields.Label] != "PRIVATE KEY")
                throw new CertificateFaultException(CertificateFault.BadKey);
            var outer = new AsnReader(Convert.FromBase64String(pem[fields.Base64Data]), AsnEncodingRules.DER).ReadSequence();
            outer.ReadInteger();
            var algorithm = outer.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != EcKey || algorithm.ReadObjectIdentifier() != Sm2)
                throw new CertificateFaultException(CertificateFault.BadKey);
            var inner = new AsnReader(outer.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            inner.ReadInteger();
            return inner.ReadOctetString();
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or AsnContentException)
        {
            throw new CertificateFaultException(CertificateFault.BadKey);
        }
    }
}
