using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>The kinds of public keys that are told apart.</summary>
public enum KeyAlgorithm
{
    Unknown,
    Rsa,
    P256,
    P384,
    P521,
    OtherCurve,
    Ed25519,
    Ed448,
    Sm2,
    MlDsa,
    Dsa,
}

/// <summary>A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) as plain data.</summary>
public sealed record PublicKeyInfo
{
    /// <summary>The name of an EC key whose curve is written out; RFC 5480 section 2.1.1 forbids that in certificates.</summary>
    internal const string ExplicitParameters = "EC with explicit parameters";

    /// <summary>RSASSA-PSS keys (RFC 4055) count as <see cref="KeyAlgorithm.Rsa"/>.</summary>
    public required KeyAlgorithm Algorithm { get; init; }

    /// <summary>As people call it: <c>RSA 2048</c>, <c>P-256</c>, <c>brainpoolP256r1</c>, <c>Ed25519</c>; an OID where there is no name.</summary>
    public required string Name { get; init; }

    /// <summary>Length of the modulus or of the curve's order; 0 where it says nothing.</summary>
    public required int Bits { get; init; }

    /// <summary>The whole structure as DER.</summary>
    public required ReadOnlyMemory<byte> Spki { get; init; }

    /// <summary>SHA-256 of <see cref="Spki"/>, lower-case hexadecimal.</summary>
    public string SpkiSha256 => field ??= Convert.ToHexStringLower(SHA256.HashData(Spki.Span));

    /// <summary>What is inside the bit string: an RSAPublicKey or a point.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The public exponent of an RSA key, big-endian; empty for others.</summary>
    internal ReadOnlyMemory<byte> Exponent { get; init; }

    /// <summary>True when both are the same key, although one may be marked as RSASSA-PSS and the other not.</summary>
    public bool IsSameKeyAs(PublicKeyInfo other) =>
        Algorithm == other.Algorithm && Name == other.Name && Key.Span.SequenceEqual(other.Key.Span);

    public bool Equals(PublicKeyInfo? other) => other is not null && Spki.Span.SequenceEqual(other.Spki.Span);

    public override int GetHashCode() => SpkiSha256.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads one structure and nothing behind it.</summary>
    internal static PublicKeyInfo Read(ReadOnlyMemory<byte> spki)
    {
        var outer = new DerReader(spki);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var algorithm = sequence.ReadSequence();
        var oid = algorithm.ReadOid();
        var parameters = algorithm.HasData ? algorithm.ReadEncoded() : default;
        algorithm.ThrowIfNotEmpty();
        var key = sequence.ReadBitString(out _);
        sequence.ThrowIfNotEmpty();
        return oid switch
        {
            KeyOids.Rsa or KeyOids.RsaPss => Rsa(spki, key),
            EllipticCurve.KeyOid => Ec(spki, key, parameters),
            Ed25519Key.Oid when key.Length is not Ed25519Key.Length => Unknown(spki, key, $"Ed25519 with {key.Length} octets"),
            _ => Other(spki, key, oid),
        };
    }

    private static PublicKeyInfo Rsa(ReadOnlyMemory<byte> spki, ReadOnlyMemory<byte> key)
    {
        var sequence = new DerReader(key).ReadSequence();
        var bits = BitLength(sequence.ReadInteger().Span);
        return new()
        {
            Algorithm = KeyAlgorithm.Rsa,
            Name = $"RSA {bits}",
            Bits = bits,
            Spki = spki,
            Key = key,
            Exponent = sequence.ReadInteger(),
        };
    }

    private static PublicKeyInfo Ec(ReadOnlyMemory<byte> spki, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> parameters)
    {
        var reader = new DerReader(parameters);
        if (!reader.NextIs(Asn1Tag.ObjectIdentifier))
            return Unknown(spki, key, ExplicitParameters);
        var curve = EllipticCurve.Of(reader.ReadOid());
        // SEC 1 section 2.3.3: 04 begins an uncompressed point, the only form that RFC 8446 section 4.2.8.2 and the framework know.
        if (key.Span is not [0x04, ..])
            return Unknown(spki, key, $"{curve.Name} with a compressed point");
        return new() { Algorithm = curve.Algorithm, Name = curve.Name, Bits = curve.Bits, Spki = spki, Key = key };
    }

    private static PublicKeyInfo Other(ReadOnlyMemory<byte> spki, ReadOnlyMemory<byte> key, string oid) =>
        new() { Algorithm = KeyOids.AlgorithmOf(oid), Name = KeyOids.NameOf(oid), Bits = 0, Spki = spki, Key = key };

    private static PublicKeyInfo Unknown(ReadOnlyMemory<byte> spki, ReadOnlyMemory<byte> key, string name) =>
        new() { Algorithm = KeyAlgorithm.Unknown, Name = name, Bits = 0, Spki = spki, Key = key };

    /// <summary>The length in bits of a positive INTEGER's content; 0 for a negative one.</summary>
    internal static int BitLength(ReadOnlySpan<byte> integer)
    {
        if (integer[0] >= 0x80)
            return 0;
        var magnitude = integer.TrimStart((byte)0);
        return magnitude.IsEmpty ? 0 : magnitude.Length * 8 - BitOperations.LeadingZeroCount(magnitude[0]) + 24;
    }
}
