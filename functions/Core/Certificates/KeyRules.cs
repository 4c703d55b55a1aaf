namespace Certrelay.Certificates;

/// <summary>Which public keys are strong enough, and which can be worked with at all.</summary>
internal static class KeyRules
{
    // CA/B Baseline Requirements section 6.1.5: 2048 bits at least. Above 8192 Go's TLS clients refuse, and a check costs milliseconds.
    public const int FewestRsaBits = 2048;
    public const int MostRsaBits = 8192;

    // Exponents in use are 3 and 65537; OpenSSL itself stops at 64 bits for large keys. A longer one only burdens whoever checks a signature.
    private const int LongestExponent = 5;

    /// <summary>What is wrong with a key; null when nothing is.</summary>
    public static Finding? Judge(PublicKeyInfo key, string scope) => key switch
    {
        { Algorithm: KeyAlgorithm.P256 or KeyAlgorithm.P384 or KeyAlgorithm.P521 or KeyAlgorithm.Sm2 or KeyAlgorithm.Ed25519 } => null,
        { Algorithm: KeyAlgorithm.OtherCurve } => FindingCodes.KeyWeak.At(scope, $"The key is on {key.Name}, which TLS clients do not accept."),
        { Algorithm: not KeyAlgorithm.Rsa } => FindingCodes.KeyUnsupported.At(scope, $"The key is of a kind that cannot be deployed: {key.Name}."),
        { Bits: < FewestRsaBits } => FindingCodes.KeyWeak.At(scope, $"The RSA key has {key.Bits} bits; clients accept {FewestRsaBits} at least."),
        { Bits: > MostRsaBits } => FindingCodes.KeyUnsupported.At(scope, $"The RSA key has {key.Bits} bits; clients accept {MostRsaBits} at most."),
        { Exponent.Length: > LongestExponent } => FindingCodes.KeyUnsupported.At(scope, "The public exponent of the RSA key is too long."),
        _ when PatternedModulus.Fits(key) => FindingCodes.KeyPredictable.At(scope),
        _ when !IsSound(key.Exponent.Span) => FindingCodes.KeyWeak.At(scope, "The public exponent of the RSA key is 1 or even."),
        _ => null,
    };

    /// <summary>True when a signature by this key can be checked in bounded time.</summary>
    public static bool CanVerify(PublicKeyInfo key) => key.Algorithm switch
    {
        KeyAlgorithm.P256 or KeyAlgorithm.P384 or KeyAlgorithm.P521 or KeyAlgorithm.Sm2 or KeyAlgorithm.Ed25519 => true,
        KeyAlgorithm.Rsa => key.Bits <= MostRsaBits && key.Exponent.Length <= LongestExponent,
        _ => false,
    };

    private static bool IsSound(ReadOnlySpan<byte> exponent) => exponent is [< 0x80, .., _] or [> 1 and < 0x80] && (exponent[^1] & 1) is 1;
}
