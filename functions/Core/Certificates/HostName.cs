using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Host names in one form: A-labels, lower case, without the final dot (RFC 5890 section 2.3.2.1, RFC 9525 section 6.3).</summary>
public static class HostName
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly IdnMapping Idn = new();

    /// <summary>The form to compare and to store; false for what no host can be called. An address is not a host name.</summary>
    public static bool TryNormalize(string host, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (host.EndsWith('.'))
            host = host[..^1];
        // Lowering looks at one character after the other, even where there is nothing to lower.
        var lower = Ascii.IsValid(host) && !host.AsSpan().ContainsAnyInRange('A', 'Z') ? host : host.ToLowerInvariant();
        if (!Ascii.IsValid(lower) && !TryToAscii(ref lower))
            return false;
        if (!IsValid(lower) || TryReadAddress(lower, out _))
            return false;
        name = lower;
        return true;
    }

    /// <summary>
    /// Reads an address as a URL or a certificate shows it: four decimal numbers, or IPv6 with or without brackets.
    /// An IPv4-mapped IPv6 address becomes the IPv4 one. Short forms such as <c>127.1</c> are no addresses to TLS clients.
    /// </summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text is ['[', .. var inner, ']'])
            text = inner;
        // An address ends in a digit or has a colon; hardly any host name does.
        if (!(text is [.., >= '0' and <= '9'] || text.Contains(':')) || text.Contains('%') || !IPAddress.TryParse(text, out var parsed))
            return false;
        if (parsed.AddressFamily is AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool TryToAscii(ref string name)
    {
        if (!name.EnumerateRunes().All(IsAllowed))
            return false;
        try
        {
            name = Idn.GetAscii(name).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // RFC 5892 section 2.1 allows letters, marks and digits; the numbers are the dots of RFC 3490 section 3.1, which the mapping splits at.
    private static bool IsAllowed(Rune rune) =>
        rune.IsAscii || Rune.IsLetterOrDigit(rune) || rune.Value is 0x3002 or 0xFF0E or 0xFF61
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsValid(string name)
    {
        if (name.Length is 0 or > LongestName)
            return false;
        foreach (var label in name.AsSpan().Split('.'))
        {
            if (!IsValidLabel(name.AsSpan(label)))
                return false;
        }
        return true;
    }

    // The underscore is no part of a host name, but private networks use it and their clients accept it.
    private static bool IsValidLabel(ReadOnlySpan<char> label) =>
        label.Length is > 0 and <= LongestLabel && label[0] is not '-' && label[^1] is not '-'
        && !label.ContainsAnyExcept(LabelCharacters);
}
