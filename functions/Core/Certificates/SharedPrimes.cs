using System.Numerics;

namespace Certrelay.Certificates;

/// <summary>
/// Finds RSA moduli that have a prime in common, which poor sources of randomness make: whoever holds both computes both private keys (Heninger and others, "Mining Your Ps
/// and Qs", USENIX Security 2012, section 3.2).
/// </summary>
internal static class SharedPrimes
{
    /// <summary>The modulus of an RSA key; throws <see cref="System.Formats.Asn1.AsnContentException"/> for another key.</summary>
    public static byte[] ModulusOf(PublicKeyInfo key) => new DerReader(key.Key).ReadSequence().ReadInteger().ToArray();

    /// <summary>A modulus as a number.</summary>
    public static BigInteger Number(ReadOnlySpan<byte> modulus) => new(modulus, isUnsigned: true, isBigEndian: true);

    /// <summary>The product of moduli, multiplied in pairs, so that the factors of each multiplication are of one size.</summary>
    public static BigInteger Product(ReadOnlySpan<BigInteger> moduli) => moduli.Length switch
    {
        0 => BigInteger.One,
        1 => moduli[0],
        _ => Product(moduli[..(moduli.Length / 2)]) * Product(moduli[(moduli.Length / 2)..]),
    };

    /// <summary>
    /// The pairs, by their places, of one of <paramref name="some"/> and one of <paramref name="others"/> that have a prime in common; equal moduli are one key and no pair.
    /// One division of the product of the first for each of the others, in a tree, so that the numbers get smaller downwards.
    /// </summary>
    public static IReadOnlyList<(int Some, int Other)> Find(BigInteger[] some, BigInteger product, BigInteger[] others)
    {
        var pairs = new List<(int, int)>();
        Descend(product, others, 0, others.Length, (place, rest) =>
        {
            if (BigInteger.GreatestCommonDivisor(others[place], rest).IsOne)
                return;
            for (var i = 0; i < some.Length; i++)
            {
                if (some[i] != others[place] && !BigInteger.GreatestCommonDivisor(others[place], some[i]).IsOne)
                    pairs.Add((i, place));
            }
        });
        return pairs;
    }

    private static void Descend(BigInteger product, BigInteger[] moduli, int from, int count, Action<int, BigInteger> reached)
    {
        if (count is 0)
            return;
        var rest = product % Product(moduli.AsSpan(from, count));
        if (count is 1)
        {
            reached(from, rest);
            return;
        }

        Descend(rest, moduli, from, count / 2, reached);
        Descend(rest, moduli, from + (count / 2), count - (count / 2), reached);
    }
}
