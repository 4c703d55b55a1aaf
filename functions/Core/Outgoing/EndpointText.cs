using System.Globalization;
using Certrelay.Certificates;

namespace Certrelay.Outgoing;

/// <summary>Reads endpoints as people write them: <c>shop.example.com</c>, <c>10.0.0.5:8443</c>, <c>[2001:db8::1]:443</c>, <c>smtp://mail.example.com:2525</c>, a URL.</summary>
public static class EndpointText
{
    private const int UsualPort = 443;
    private const int LongestText = 2048;

    // Schemes with their ports; those that begin in plain text and those that are TLS from the first byte.
    private static readonly Dictionary<string, (StartTls StartTls, int Port)> Schemes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["https"] = (StartTls.None, 443),
        ["tls"] = (StartTls.None, 443),
        ["smtps"] = (StartTls.None, 465),
        ["imaps"] = (StartTls.None, 993),
        ["pop3s"] = (StartTls.None, 995),
        ["ldaps"] = (StartTls.None, 636),
        ["smtp"] = (StartTls.Smtp, 25),
        ["imap"] = (StartTls.Imap, 143),
        ["pop3"] = (StartTls.Pop3, 110),
        ["ldap"] = (StartTls.Ldap, 389),
        ["postgres"] = (StartTls.PostgreSql, 5432),
        ["postgresql"] = (StartTls.PostgreSql, 5432),
    };

    /// <summary>The endpoint; null with the <paramref name="fault"/>, a clause, for anything else. Without a scheme the port says how it opens.</summary>
    public static Endpoint? Read(string text, out string? fault)
    {
        fault = null;
        var rest = text.Trim();
        if (rest.Length is 0 or > LongestText)
            return Fail("is not host:port", out fault);
        (StartTls StartTls, int Port)? scheme = null;
        if (rest.IndexOf("://", StringComparison.Ordinal) is var colon and > 0)
        {
            if (!Schemes.TryGetValue(rest[..colon], out var known))
                return Fail($"has an unknown scheme; known are {string.Join(", ", Schemes.Keys.Order(StringComparer.Ordinal))}", out fault);
            scheme = known;
            rest = rest[(colon + 3)..];
            rest = rest[..(rest.IndexOfAny(['/', '?', '#']) is var end and >= 0 ? end : rest.Length)];
        }

        if (!Split(rest, out var host, out var port))
            return Fail("is not host:port with a port of 1 to 65535", out fault);
        return ReadName(host) is { } name
            ? new Endpoint(name, port ?? scheme?.Port ?? UsualPort) { StartTls = scheme?.StartTls }
            : Fail("names no host and no address", out fault);
    }

    /// <summary>A host name or an address in the form to compare and to connect to; null for anything else.</summary>
    public static string? ReadName(string text)
    {
        if (HostName.TryReadAddress(text, out var address))
            return address.ToString();
        // What ends in a number is an address to a resolver, in some short form (RFC 3696 section 2).
        return HostName.TryNormalize(text, out var name) && name.AsSpan(name.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9') ? name : null;
    }

    private static Endpoint? Fail(string why, out string fault)
    {
        fault = why;
        return null;
    }

    private static bool Split(string text, out string host, out int? port)
    {
        (host, port) = (text, null);
        // A bare IPv6 address has more than one colon and no port.
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']') || (text.IndexOf(':', StringComparison.Ordinal) != colon && !text.StartsWith('[')))
            return true;
        host = text[..colon];
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            return false;
        port = number;
        return true;
    }
}
