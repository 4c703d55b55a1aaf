using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.RealParts.Formats.Matrix;

/// <summary>A certificate for a key of ML-DSA-65 (FIPS 204, RFC 9881) and such a key: right in form, of random bytes, because neither this OpenSSL nor the framework on it can make one.</summary>
internal static class MlDsa
{
    private const string Oid = "2.16.840.1.101.3.4.3.18";
    private const int PublicLength = 1952;
    private const int SeedLength = 32;

    public static async Task WriteAsync(Workshop shop, string name, string issuer)
    {
        using var authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Body(await shop.ReadAsync($"{issuer}.pem"))));
        using var signer = RSA.Create();
        signer.ImportFromPem(await shop.ReadAsync($"{issuer}.key"));
        var key = new PublicKey(new Oid(Oid), null, new AsnEncodedData(RandomNumberGenerator.GetBytes(PublicLength)));
        var request = new CertificateRequest(new X500DistinguishedName("CN=www.example.test"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("www.example.test");
        request.CertificateExtensions.Add(names.Build());
        var from = new DateTimeOffset(authority.NotBefore);
        using var certificate = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForRSA(signer, RSASignaturePadding.Pkcs1), from, from.AddDays(90), RandomNumberGenerator.GetBytes(8));
        await shop.WriteAsync($"{name}.pem", certificate.ExportCertificatePem() + "\n");
        await shop.WriteAsync($"{name}.key", PemEncoding.WriteString("PRIVATE KEY", Pkcs8()) + "\n");
    }

    private static byte[] Pkcs8()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Oid);
            using (writer.PushOctetString())
                writer.WriteOctetString(RandomNumberGenerator.GetBytes(SeedLength), new Asn1Tag(TagClass.ContextSpecific, 0));
        }

        return writer.Encode();
    }

    private static string Body(string pem) => pem[PemEncoding.Find(pem).Base64Data];
}
