using System.Numerics;

namespace Certrelay.Certificates;

/// <summary>
/// RSA moduli of a library in Infineon's chips: modulo each small prime they are a power of 65537, as one other modulus in 2^27 or fewer is (Nemec and others, "The Return of
/// Coppersmith's Attack", CCS 2017, section 2.2).
/// </summary>
internal static class PatternedModulus
{
    private const int Generator = 65537;

    private static readonly int[] Primes =
        [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167];

    private static readonly HashSet<int>[] Powers = [.. Primes.Select(PowersModulo)];

    /// <summary>True for an RSA key whose modulus has the pattern.</summary>
    public static bool Fits(PublicKeyInfo key)
    {
        var modulus = new BigInteger(new DerReader(key.Key).ReadSequence().ReadInteger().Span, isUnsigned: true, isBigEndian: true);
        for (var i = 0; i < Primes.Length; i++)
        {
            if (!Powers[i].Contains((int)(modulus % Primes[i])))
                return false;
        }

        return true;
    }

    private static HashSet<int> PowersModulo(int prime)
    {
        var powers = new HashSet<int>();
        for (var power = 1; powers.Add(power);)
            power = power * (Generator % prime) % prime;
        return powers;
    }
}
