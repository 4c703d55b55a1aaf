using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Names of subjects and issuers: as text (RFC 4514) for people, and compared as RFC 5280 section 7.1 asks.</summary>
internal static class DistinguishedName
{
    /// <summary>
    /// The text in the form that is compared when the bytes of two names differ: most authorities copy their subject's bytes into what they issue,
    /// some change the string type, case or spaces.
    /// </summary>
    public static string Fold(string name) => string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();

    /// <summary>True when both folded names are the same; an empty name is like no other.</summary>
    public static bool Same(string left, string right) => left.Length > 0 && left == right;

    /// <summary>The name as RFC 4514 writes it, last attribute first; <c>#</c> and hexadecimal digits for what is no name at all.</summary>
    public static string ToText(ReadOnlyMemory<byte> name)
    {
        try
        {
            var text = new StringBuilder();
            var reader = new DerReader(name);
            var parts = new List<DerReader>();
            for (var sequence = reader.ReadSequence(); sequence.HasData;)
                parts.Add(sequence.ReadSet());
            for (var i = parts.Count - 1; i >= 0; i--)
            {
                if (text.Length > 0)
                    text.Append(',');
                AppendRelativeName(text, parts[i]);
            }
            return text.ToString();
        }
        catch (AsnContentException)
        {
            return $"#{Convert.ToHexStringLower(name.Span)}";
        }
    }

    /// <summary>Its relative names from the first on, each folded, to compare beginnings of names; none for what is no name at all.</summary>
    public static IReadOnlyList<string> Parts(ReadOnlyMemory<byte> name)
    {
        var parts = new List<string>();
        try
        {
            for (var sequence = new DerReader(name).ReadSequence(); sequence.HasData;)
            {
                var text = new StringBuilder();
                AppendRelativeName(text, sequence.ReadSet());
                parts.Add(Fold(text.ToString()));
            }
        }
        catch (AsnContentException)
        {
            parts.Clear();
        }

        return parts;
    }

    /// <summary>The OIDs of the name's attributes; none for what is no name at all.</summary>
    public static IReadOnlySet<string> Types(ReadOnlyMemory<byte> name)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            for (var sequence = new DerReader(name).ReadSequence(); sequence.HasData;)
            {
                for (var set = sequence.ReadSet(); set.HasData;)
                    types.Add(set.ReadSequence().ReadOid());
            }
        }
        catch (AsnContentException)
        {
            types.Clear();
        }

        return types;
    }

    private static void AppendRelativeName(StringBuilder text, DerReader set)
    {
        for (var first = true; set.HasData; first = false)
        {
            if (!first)
                text.Append('+');
            var attribute = set.ReadSequence();
            var oid = attribute.ReadOid();
            var encoded = attribute.ReadEncoded();
            var keyword = Keyword(oid);
            text.Append(keyword ?? oid).Append('=');
            // RFC 4514 section 2.4: a type without a keyword shows its value's encoding, because nothing says that it is a string.
            if (keyword is not null && Value(encoded) is { } value)
                AppendEscaped(text, value);
            else
                text.Append('#').Append(Convert.ToHexStringLower(encoded.Span));
        }
    }

    private static string? Keyword(string oid) => oid switch
    {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "GN",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => null,
    };

    /// <summary>The value of a string type; null for any other type and for malformed content.</summary>
    private static string? Value(ReadOnlyMemory<byte> encoded)
    {
        var content = new DerReader(encoded).ReadContent(out var tag).Span;
        if (tag.TagClass is not TagClass.Universal)
            return null;
        return (UniversalTagNumber)tag.TagValue switch
        {
            UniversalTagNumber.UTF8String => System.Text.Unicode.Utf8.IsValid(content) ? Encoding.UTF8.GetString(content) : null,
            UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString
                => System.Text.Ascii.IsValid(content) ? Encoding.ASCII.GetString(content) : null,
            // What is written as T.61 is Latin-1 in practice.
            UniversalTagNumber.TeletexString => Encoding.Latin1.GetString(content),
            UniversalTagNumber.BMPString => content.Length % 2 is 0 ? Encoding.BigEndianUnicode.GetString(content) : null,
            _ => null,
        };
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is '"' or '+' or ',' or ';' or '<' or '>' or '\\' || c is '#' && i is 0 || c is ' ' && (i is 0 || i == value.Length - 1))
                text.Append('\\').Append(c);
            else if (IsHidden(c))
                AppendAsHex(text, c);
            else
                text.Append(c);
        }
    }

    // A name comes from strangers and ends in logs and pages: what does not show, or turns the text around, is written as its UTF-8 bytes.
    private static bool IsHidden(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void AppendAsHex(StringBuilder text, char c)
    {
        Span<byte> utf8 = stackalloc byte[3];
        foreach (var b in utf8[..Encoding.UTF8.GetBytes([c], utf8)])
            text.Append('\\').Append(b.ToString("x2", CultureInfo.InvariantCulture));
    }
}
