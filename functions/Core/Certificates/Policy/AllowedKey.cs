using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>A kind of key that a policy allows.</summary>
internal sealed record AllowedKey(KeyAlgorithm Algorithm, int Least, int Most)
{
    public const string Words = "rsa-<bits>, rsa-<bits>+, p-256, p-384, p-521, sm2, ed25519";

    /// <summary>Reads <c>rsa-2048</c>, <c>rsa-3072+</c>, <c>p-256</c>, <c>p-384</c>, <c>p-521</c>, <c>sm2</c>, <c>ed25519</c>; null for anything else, and for lengths that no client takes.</summary>
    public static AllowedKey? Parse(string text) => text switch
    {
        "p-256" => new AllowedKey(KeyAlgorithm.P256, 0, int.MaxValue),
        "p-384" => new AllowedKey(KeyAlgorithm.P384, 0, int.MaxValue),
        "p-521" => new AllowedKey(KeyAlgorithm.P521, 0, int.MaxValue),
        "sm2" => new AllowedKey(KeyAlgorithm.Sm2, 0, int.MaxValue),
        "ed25519" => new AllowedKey(KeyAlgorithm.Ed25519, 0, int.MaxValue),
        ['r', 's', 'a', '-', .. var bits] when int.TryParse(bits.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            && least is >= KeyRules.FewestRsaBits and <= KeyRules.MostRsaBits
            && bits.Length - bits.TrimEnd('+').Length <= 1 => new AllowedKey(KeyAlgorithm.Rsa, least, bits.EndsWith('+') ? int.MaxValue : least),
        _ => null,
    };

    public bool Takes(PublicKeyInfo key) => key.Algorithm == Algorithm && key.Bits >= Least && key.Bits <= Most;
}
