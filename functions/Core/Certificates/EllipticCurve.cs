namespace Certrelay.Certificates;

/// <summary>A named curve (RFC 5480 section 2.1.1.1) and what a key on it is called.</summary>
internal sealed record EllipticCurve(KeyAlgorithm Algorithm, string Name, int Bits)
{
    public const string KeyOid = "1.2.840.10045.2.1";

    /// <summary>In octets (RFC 5915 section 3).</summary>
    public int PrivateKeyLength => (Bits + 7) / 8;

    public static EllipticCurve Of(string oid) => oid switch
    {
        "1.2.840.10045.3.1.7" => new(KeyAlgorithm.P256, "P-256", 256),
        "1.3.132.0.34" => new(KeyAlgorithm.P384, "P-384", 384),
        "1.3.132.0.35" => new(KeyAlgorithm.P521, "P-521", 521),
        "1.2.156.10197.1.301" => new(KeyAlgorithm.Sm2, "SM2", 256),
        "1.2.840.10045.3.1.1" => new(KeyAlgorithm.OtherCurve, "P-192", 192),
        "1.3.132.0.33" => new(KeyAlgorithm.OtherCurve, "P-224", 224),
        "1.3.132.0.10" => new(KeyAlgorithm.OtherCurve, "secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => new(KeyAlgorithm.OtherCurve, "brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => new(KeyAlgorithm.OtherCurve, "brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => new(KeyAlgorithm.OtherCurve, "brainpoolP512r1", 512),
        _ => new(KeyAlgorithm.OtherCurve, $"curve {oid}", 0),
    };
}
