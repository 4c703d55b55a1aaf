namespace Certrelay.Certificates;

/// <summary>Object identifiers of public key algorithms, and what they are called.</summary>
internal static class KeyOids
{
    public const string Rsa = "1.2.840.113549.1.1.1";

    /// <summary>RFC 4055 section 1.2: an RSA key that may only make PSS signatures.</summary>
    public const string RsaPss = "1.2.840.113549.1.1.10";

    public static KeyAlgorithm AlgorithmOf(string oid) => oid switch
    {
        Ed25519Key.Oid => KeyAlgorithm.Ed25519,
        "1.3.101.113" => KeyAlgorithm.Ed448,
        "2.16.840.1.101.3.4.3.17" or "2.16.840.1.101.3.4.3.18" or "2.16.840.1.101.3.4.3.19" => KeyAlgorithm.MlDsa,
        "1.2.840.10040.4.1" => KeyAlgorithm.Dsa,
        _ => KeyAlgorithm.Unknown,
    };

    public static string NameOf(string oid) => oid switch
    {
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        Ed25519Key.Oid => "Ed25519",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        "1.2.840.10040.4.1" => "DSA",
        _ => $"algorithm {oid}",
    };
}
