using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>
/// Reads one DER value after the other from memory without copying (X.690); every method throws <see cref="AsnContentException"/> on anything else.
/// A mutable struct: keep it in a local and never in a readonly field.
/// </summary>
internal struct DerReader(ReadOnlyMemory<byte> data)
{
    // The tag octets of X.690 section 8.1.2 for the universal types below.
    private const byte Integer = 0x02;
    private const byte BitString = 0x03;
    private const byte OctetString = 0x04;
    private const byte Oid = 0x06;
    private const byte UtcTime = 0x17;
    private const byte Sequence = 0x30;

    private ReadOnlyMemory<byte> _rest = data;

    public readonly bool HasData => !_rest.IsEmpty;

    /// <summary>True when the next value bears the tag, whether primitive or constructed.</summary>
    public readonly bool NextIs(Asn1Tag tag) =>
        HasData && Asn1Tag.TryDecode(_rest.Span, out var next, out _) && next.HasSameClassAndValue(tag);

    public static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);

    /// <summary>The next value whole, tag and length included.</summary>
    public ReadOnlyMemory<byte> ReadEncoded()
    {
        if (IsPlain(out _, out var at, out var content))
            return Take(0, at + content, at + content);
        AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out _, out _, out var consumed);
        return Take(0, consumed, consumed);
    }

    /// <summary>The content of the next value, whatever its tag.</summary>
    public ReadOnlyMemory<byte> ReadContent(out Asn1Tag tag)
    {
        if (IsPlain(out var octet, out var at, out var content))
        {
            Asn1Tag.TryDecode([octet], out tag, out _);
            return Take(at, content, at + content);
        }

        tag = AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
        return Take(offset, length, consumed);
    }

    public DerReader ReadSequence(Asn1Tag? tag = null)
    {
        if (tag is null && IsPlain(Sequence, out var at, out var content))
            return new DerReader(Take(at, content, at + content));
        AsnDecoder.ReadSequence(_rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed, tag);
        return new DerReader(Take(offset, length, consumed));
    }

    public DerReader ReadSet()
    {
        AsnDecoder.ReadSetOf(_rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed, skipSortOrderValidation: true);
        return new DerReader(Take(offset, length, consumed));
    }

    /// <summary>The content octets of an INTEGER: two's complement, big-endian, a leading zero included.</summary>
    public ReadOnlyMemory<byte> ReadInteger(Asn1Tag? tag = null)
    {
        // A first octet that only repeats the sign is refused (X.690 section 8.3.2), which the framework does.
        if (tag is null && IsPlain(Integer, out var at, out var content) && content > 0 && _rest.Span[at] is not (0x00 or 0xFF))
            return Take(at, content, at + content);
        var bytes = AsnDecoder.ReadIntegerBytes(_rest.Span, AsnEncodingRules.DER, out var consumed, tag);
        return Take(consumed - bytes.Length, bytes.Length, consumed);
    }

    public int ReadSmallInteger(Asn1Tag? tag = null)
    {
        if (!AsnDecoder.TryReadInt32(_rest.Span, AsnEncodingRules.DER, out var value, out var consumed, tag))
            throw new AsnContentException("The integer is too large.");
        Take(0, 0, consumed);
        return value;
    }

    public bool ReadBoolean()
    {
        var value = AsnDecoder.ReadBoolean(_rest.Span, AsnEncodingRules.DER, out var consumed);
        Take(0, 0, consumed);
        return value;
    }

    public string ReadOid(Asn1Tag? tag = null)
    {
        var value = AsnDecoder.ReadObjectIdentifier(_rest.Span, AsnEncodingRules.DER, out var consumed, tag);
        Take(0, 0, consumed);
        return value;
    }

    public ReadOnlyMemory<byte> ReadOctetString(Asn1Tag? tag = null)
    {
        if (tag is null && IsPlain(OctetString, out var at, out var content))
            return Take(at, content, at + content);
        if (!AsnDecoder.TryReadPrimitiveOctetString(_rest.Span, AsnEncodingRules.DER, out var bytes, out var consumed, tag))
            throw new AsnContentException("The octet string is not primitive.");
        return Take(consumed - bytes.Length, bytes.Length, consumed);
    }

    public ReadOnlyMemory<byte> ReadBitString(out int unusedBits, Asn1Tag? tag = null)
    {
        if (tag is null && IsPlain(BitString, out var at, out var content) && content > 0 && _rest.Span[at] is 0)
        {
            unusedBits = 0;
            return Take(at + 1, content - 1, at + content);
        }

        if (!AsnDecoder.TryReadPrimitiveBitString(_rest.Span, AsnEncodingRules.DER, out unusedBits, out var bytes, out var consumed, tag))
            throw new AsnContentException("The bit string is not primitive.");
        return Take(consumed - bytes.Length, bytes.Length, consumed);
    }

    /// <summary>The last arc of an OID below 2.5.29, which most extensions bear (RFC 5280 section 4.2); null, and nothing read, for any other.</summary>
    public int? ReadStandardExtension()
    {
        if (!IsPlain(Oid, out var at, out var content) || _rest.Span.Slice(at, content) is not [0x55, 0x1D, < 0x80 and var arc])
            return null;
        Take(0, 0, at + content);
        return arc;
    }

    /// <summary>UTCTime with years 1950 to 2049, or GeneralizedTime (RFC 5280 section 4.1.2.5).</summary>
    public DateTimeOffset ReadTime()
    {
        if (IsPlain(UtcTime, out var at, out var content) && TryParse(_rest.Span.Slice(at, content), out var usual))
        {
            Take(0, 0, at + content);
            return usual;
        }

        int consumed;
        var value = NextIs(Asn1Tag.UtcTime)
            ? AsnDecoder.ReadUtcTime(_rest.Span, AsnEncodingRules.DER, out consumed, twoDigitYearMax: 2049)
            : AsnDecoder.ReadGeneralizedTime(_rest.Span, AsnEncodingRules.DER, out consumed);
        Take(0, 0, consumed);
        return value;
    }

    public readonly void ThrowIfNotEmpty()
    {
        if (HasData)
            throw new AsnContentException("Bytes are left over behind the value.");
    }

    private readonly bool IsPlain(byte tag, out int at, out int length) => IsPlain(out var octet, out at, out length) && octet == tag;

    /// <summary>
    /// Where the content of the next value begins and how long it is, for tags of one octet and the shortest form of lengths up to 65535: nearly every value. The rest, and whatever
    /// is malformed, is left to the framework.
    /// </summary>
    private readonly bool IsPlain(out byte tag, out int at, out int length)
    {
        var rest = _rest.Span;
        (tag, at, length) = (0, 2, 0);
        if (rest.Length < 4)
            return false;
        tag = rest[0];
        (at, length) = rest[1] switch
        {
            < 0x80 and var few => (2, few),
            0x81 when rest[2] >= 0x80 => (3, rest[2]),
            0x82 when rest[2] > 0 => (4, (rest[2] << 8) | rest[3]),
            _ => (0, 0),
        };
        // Tag 0 ends a value of indefinite length, which DER has none of.
        return at > 0 && tag is not 0 && (tag & 0x1F) is not 0x1F && length <= rest.Length - at;
    }

    /// <summary>The one form that RFC 5280 section 4.1.2.5.1 allows: <c>yyMMddHHmmssZ</c>.</summary>
    private static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length is not 13 || text[12] is not (byte)'Z' || text[..12].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        var (year, month, day) = (Two(text, 0), Two(text, 2), Two(text, 4));
        var (hour, minute, second) = (Two(text, 6), Two(text, 8), Two(text, 10));
        year += year < 50 ? 2000 : 1900;
        if (month is 0 or > 12 || day is 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at) => ((text[at] - '0') * 10) + text[at + 1] - '0';

    private ReadOnlyMemory<byte> Take(int offset, int length, int consumed)
    {
        var taken = _rest.Slice(offset, length);
        _rest = _rest[consumed..];
        return taken;
    }
}
