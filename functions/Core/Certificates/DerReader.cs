using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>
/// Reads one DER value after the other from memory without copying (X.690); every method throws <see cref="AsnContentException"/> on anything else.
/// A mutable struct: keep it in a local and never in a readonly field.
/// </summary>
internal struct DerReader(ReadOnlyMemory<byte> data)
{
    private ReadOnlyMemory<byte> _rest = data;

    public readonly bool HasData => !_rest.IsEmpty;

    /// <summary>True when the next value bears the tag, whether primitive or constructed.</summary>
    public readonly bool NextIs(Asn1Tag tag) =>
        HasData && Asn1Tag.TryDecode(_rest.Span, out var next, out _) && next.HasSameClassAndValue(tag);

    public static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);

    /// <summary>The next value whole, tag and length included.</summary>
    public ReadOnlyMemory<byte> ReadEncoded()
    {
        AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out _, out _, out var consumed);
        return Take(0, consumed, consumed);
    }

    /// <summary>The content of the next value, whatever its tag.</summary>
    public ReadOnlyMemory<byte> ReadContent(out Asn1Tag tag)
    {
        tag = AsnDecoder.ReadEncodedValue(_rest.Span, AsnEncodingRules.DER, out var offset, out var length, out var consumed);
        return Take(offset, length, consumed);
    }

    public DerReader ReadSequence(Asn1Tag? tag = null)
    {
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
        if (!AsnDecoder.TryReadPrimitiveOctetString(_rest.Span, AsnEncodingRules.DER, out var bytes, out var consumed, tag))
            throw new AsnContentException("The octet string is not primitive.");
        return Take(consumed - bytes.Length, bytes.Length, consumed);
    }

    public ReadOnlyMemory<byte> ReadBitString(out int unusedBits, Asn1Tag? tag = null)
    {
        if (!AsnDecoder.TryReadPrimitiveBitString(_rest.Span, AsnEncodingRules.DER, out unusedBits, out var bytes, out var consumed, tag))
            throw new AsnContentException("The bit string is not primitive.");
        return Take(consumed - bytes.Length, bytes.Length, consumed);
    }

    /// <summary>UTCTime with years 1950 to 2049, or GeneralizedTime (RFC 5280 section 4.1.2.5).</summary>
    public DateTimeOffset ReadTime()
    {
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

    private ReadOnlyMemory<byte> Take(int offset, int length, int consumed)
    {
        var taken = _rest.Slice(offset, length);
        _rest = _rest[consumed..];
        return taken;
    }
}
