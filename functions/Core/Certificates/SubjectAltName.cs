using System.Formats.Asn1;
using System.Net;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Reads subjectAltName (RFC 5280 section 4.2.1.6): DNS names and addresses; mail addresses and URIs name no server.</summary>
internal static class SubjectAltName
{
    private const int DnsName = 2;
    private const int IpAddress = 7;

    // Most certificates have fewer, which are looked through faster than hashed.
    private const int MostLookedThrough = 8;

    public static (IReadOnlyList<SubjectName> Names, IReadOnlyList<string> Unusable) Read(DerReader value)
    {
        var (names, unusable) = (new List<SubjectName>(), new List<string>());
        HashSet<SubjectName>? known = null;
        for (var sequence = value.ReadSequence(); sequence.HasData;)
        {
            var content = sequence.ReadContent(out var tag).Span;
            var name = tag switch
            {
                { TagClass: TagClass.ContextSpecific, TagValue: DnsName } => ReadDnsName(content, unusable),
                { TagClass: TagClass.ContextSpecific, TagValue: IpAddress } => ReadAddress(content),
                _ => null,
            };
            if (names.Count == MostLookedThrough)
                known ??= [.. names];
            if (name is not null && (known?.Add(name) ?? !names.Contains(name)))
                names.Add(name);
        }
        return (names, unusable);
    }

    private static SubjectName? ReadDnsName(ReadOnlySpan<byte> content, List<string> unusable)
    {
        // The text of a certificate is compared as it stands: an address or a final dot in a DNS name is matched by no client.
        var text = Encoding.Latin1.GetString(content);
        if (Ascii.IsValid(content) && !text.EndsWith('.') && SubjectName.TryParse(text, out var name) && name.Kind is not SubjectNameKind.Address)
            return name;
        unusable.Add(string.Concat(text.Take(100).Select(static c => c is > ' ' and < '\x7F' ? c : '?')));
        return null;
    }

    private static SubjectName ReadAddress(ReadOnlySpan<byte> content) => content.Length is 4 or 16
        ? SubjectName.Of(new IPAddress(content))
        : throw new AsnContentException("An address has 4 or 16 octets.");
}
