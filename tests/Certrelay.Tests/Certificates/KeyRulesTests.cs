using System.Formats.Asn1;
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
    [InlineData("algorithm 1.2.3.4", "1.2.3.4", KeyAlgorithm.Unknown)]
    public void Keys_of_other_kinds_are_reported_by_name(string name, string oid, KeyAlgorithm algorithm)
    {
        var key = PublicKeyInfo.Read(Spki(oid, [1, 2, 3]));
        var finding = KeyRules.Judge(key, "x")!;

        Assert.Equal(algorithm, key.Algorithm);
        Assert.Equal("key.unsupported", finding.Code);
        Assert.Contains(name, finding.Message, StringComparison.Ordinal);
    }

    private static byte[] RsaSpki(int bits, byte[] exponent)
    {
        var modulus = new byte[(bits + 7) / 8 + 1];
        modulus[^1] = 1;
        modulus[1 + (modulus.Length - 1) - ((bits + 7) / 8)] |= (byte)(1 << (bits - 1) % 8);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(modulus[1] < 0x80 ? modulus.AsSpan(1) : modulus);
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
