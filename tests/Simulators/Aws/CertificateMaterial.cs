using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Aws;

/// <summary>A certificate as it was given, and ready to be served.</summary>
internal sealed record CertificateMaterial(StoredCertificate Served, string Body, string? Chain)
{
    public X509Certificate2 Leaf => Served.Leaf;

    /// <summary>The name of the key's kind as ACM lists it; null for a kind that AWS does not take.</summary>
    public string? KeyType
    {
        get
        {
            using var rsa = Leaf.GetRSAPublicKey();
            if (rsa is not null)
                return rsa.KeySize is 1024 or 2048 or 3072 or 4096 ? $"RSA_{rsa.KeySize}" : null;
            using var ec = Leaf.GetECDsaPublicKey();
            return ec?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value switch
            {
                "1.2.840.10045.3.1.7" => "EC_prime256v1",
                "1.3.132.0.34" => "EC_secp384r1",
                "1.3.132.0.35" => "EC_secp521r1",
                _ => null,
            };
        }
    }

    /// <summary>The OIDs of the extended key usage.</summary>
    public IEnumerable<string> Purposes =>
        Leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(static one => one.EnhancedKeyUsages.OfType<Oid>()).Select(static one => one.Value!);

    /// <summary>True when each certificate of the chain issued the one before it, the leaf being the first.</summary>
    public bool IsChained => ((X509Certificate2[])[Leaf, .. Served.Chain]).Zip(Served.Chain)
        .All(static pair => pair.First.IssuerName.RawData.AsSpan().SequenceEqual(pair.Second.SubjectName.RawData));

    /// <summary>True when leaf and issuer have keys of one family (RSA, elliptic curves).</summary>
    public bool IsOfIssuersFamily => Leaf.SignatureAlgorithm.Value!.StartsWith("1.2.840.113549.1.1.", StringComparison.Ordinal) == KeyType?.StartsWith("RSA_", StringComparison.Ordinal);

    /// <summary>Reads PEM texts; throws <see cref="CertificateFaultException"/>.</summary>
    public static CertificateMaterial Read(string body, string? chain, string key) => new(StoredCertificate.Read(body, chain, key), body, chain);
}
