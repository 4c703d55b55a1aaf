using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Certificates;

/// <summary>The SHA-256 digest of a certificate's DER, written as 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(FingerprintJsonConverter))]
public readonly record struct Fingerprint : IComparable<Fingerprint>
{
    private readonly string? _hex;

    private Fingerprint(string hex) => _hex = hex;

    /// <summary>The 64 lower-case hexadecimal digits; empty for the default value.</summary>
    public string Hex => _hex ?? "";

    /// <summary>The first 8 digits, as used in the names of uploads.</summary>
    public string Prefix => Hex[..8];

    /// <summary>Digests a certificate given as DER.</summary>
    public static Fingerprint Of(ReadOnlySpan<byte> der) => new(Convert.ToHexStringLower(SHA256.HashData(der)));

    /// <summary>Reads 64 hexadecimal digits in either case, colons between bytes allowed, as OpenSSL and browsers print them; false for anything else.</summary>
    public static bool TryParse(string? text, out Fingerprint fingerprint)
    {
        fingerprint = default;
        if (text is null)
            return false;
        var hex = text.Replace(":", "", StringComparison.Ordinal);
        if (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit))
            return false;
        fingerprint = new Fingerprint(hex.ToLowerInvariant());
        return true;
    }

    /// <summary>As <see cref="TryParse"/>; throws <see cref="FormatException"/> for anything else.</summary>
    public static Fingerprint Parse(string text) =>
        TryParse(text, out var fingerprint) ? fingerprint : throw new FormatException("A fingerprint is 64 hexadecimal digits.");

    public int CompareTo(Fingerprint other) => string.CompareOrdinal(Hex, other.Hex);

    public override string ToString() => Hex;

    public static bool operator <(Fingerprint left, Fingerprint right) => left.CompareTo(right) < 0;

    public static bool operator >(Fingerprint left, Fingerprint right) => left.CompareTo(right) > 0;

    public static bool operator <=(Fingerprint left, Fingerprint right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Fingerprint left, Fingerprint right) => left.CompareTo(right) >= 0;
}

/// <summary>Writes a fingerprint as its digits.</summary>
public sealed class FingerprintJsonConverter : JsonConverter<Fingerprint>
{
    public override Fingerprint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Fingerprint.TryParse(reader.GetString(), out var fingerprint) ? fingerprint : throw new JsonException("A fingerprint is 64 hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, Fingerprint value, JsonSerializerOptions options) => writer.WriteStringValue(value.Hex);
}
