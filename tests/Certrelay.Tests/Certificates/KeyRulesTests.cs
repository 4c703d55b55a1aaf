using System.Formats.Asn1;
using System.Numerics;
using Certrelay.Certificates;

namespace Certrelay.Tests.Certificates;

public sealed class KeyRulesTests
{
    [Theory]
    [InlineData("2048 bits", 2048, "010001", null)]
    [InlineData("8192 bits", 8192, "010001", null)]
    [InlineData("exponent 3", 2048, "03", null)]
    [InlineData("2047 bits", 2047, "010001", "key.weak")]
    [InlineData("exponent 1", 2048, "01", "key.weak")]
    [InlineData("an even exponent", 2048, "010000", "key.weak")]
    [InlineData("a negative exponent", 2048, "81", "key.weak")]
    [InlineData("8193 bits", 8193, "010001", "key.unsupported")]
    [InlineData("a long exponent", 2048, "0102030405060709", "key.unsupported")]
    public void Rsa_keys_are_judged_by_modulus_and_exponent(string description, int bits, string exponent, string? expected)
    {
        var key = PublicKeyInfo.Read(RsaSpki(bits, Convert.FromHexString(exponent)));

        Assert.Equal($"{description} {bits} {expected}", $"{description} {key.Bits} {KeyRules.Judge(key, "x")?.Code}");
        Assert.Equal(expected is not "key.unsupported", KeyRules.CanVerify(key));
    }

    [Theory]
    [InlineData("ML-DSA-65", "2.16.840.1.101.3.4.3.18", KeyAlgorithm.MlDsa)]
    [InlineData("Ed25519 with 3 octets", "1.3.101.112", KeyAlgorithm.Unknown)]
    [InlineData("algorithm 1.2.3.4", "1.2.3.4", KeyAlgorithm.Unknown)]
    public void Keys_of_other_kinds_are_reported_by_name(string name, string oid, KeyAlgorithm algorithm)
    {
        var key = PublicKeyInfo.Read(Spki(oid, [1, 2, 3]));
        var finding = KeyRules.Judge(key, "x")!;

        Assert.Equal(algorithm, key.Algorithm);
        Assert.Equal("key.unsupported", finding.Code);
        Assert.Contains(name, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a modulus of the pattern", 0, "key.predictable")]
    [InlineData("the next odd number", 2, null)]
    public void An_RSA_key_with_the_pattern_of_ROCA_is_refused(string description, int added, string? expected)
    {
        // A power of 65537 modulo the product of the primes, and any multiple of that product: odd and of 2048 bits.
        var product = new[] { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 }
            .Aggregate(BigInteger.One, static (all, prime) => all * prime);
        var modulus = BigInteger.ModPow(65537, 4711, product) + product * ((BigInteger.One << 2047) / product + 2);
        modulus += modulus.IsEven ? product : 0;
        var key = PublicKeyInfo.Read(RsaSpki((modulus + added).ToByteArray(isUnsigned: false, isBigEndian: true), [1, 0, 1]));

        Assert.Equal($"{description} {expected}", $"{description} {KeyRules.Judge(key, "x")?.Code}");
        Assert.Equal(2048, key.Bits);
    }

    private static byte[] RsaSpki(int bits, byte[] exponent)
    {
        var modulus = new byte[(bits + 7) / 8 + 1];
        modulus[^1] = 1;
        modulus[1 + (modulus.Length - 1) - ((bits + 7) / 8)] |= (byte)(1 << (bits - 1) % 8);
        return RsaSpki(modulus[1] < 0x80 ? modulus[1..] : modulus, exponent);
    }

    private static byte[] RsaSpki(byte[] modulus, byte[] exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(modulus);
            writer.WriteInteger(exponent);
        }
        return Spki(KeyOids.Rsa, writer.Encode());
    }

    private static byte[] Spki(string oid, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(oid);
                writer.WriteNull();
            }
            writer.WriteBitString(key);
        }
        return writer.Encode();
    }
}
