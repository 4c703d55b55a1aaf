using System.Net;
using System.Net.Sockets;

namespace Certrelay.Outgoing;

/// <summary>The IPv4 addresses that an IPv6 address carries inside, by every form that a host or a translator on the way may unwrap.</summary>
internal static class EmbeddedAddress
{
    /// <summary>The well-known prefix of NAT64 (RFC 6052 section 2.1).</summary>
    public static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>6to4 (RFC 3056).</summary>
    public static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    // IPv4-compatible (RFC 4291 section 2.5.5.1) and IPv4-translated (RFC 7915 of old: SIIT).
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork LocalNat64 = IPNetwork.Parse("64:ff9b:1::/48");

    /// <summary>
    /// The address without a scope id, and an IPv4-mapped one (RFC 4291 section 2.5.5.2) as the IPv4 address that the kernel takes it for.
    /// </summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());

    /// <summary>Each IPv4 address that a plain address may stand for beyond itself.</summary>
    public static IEnumerable<IPAddress> In(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return [];
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address) || Translated.Contains(address))
            return [Pick(bytes, 12, 13, 14, 15)];
        if (SixToFour.Contains(address))
            return [Pick(bytes, 2, 3, 4, 5)];
        if (Compatible.Contains(address))
            return address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.IPv6Loopback) ? [] : [Pick(bytes, 12, 13, 14, 15)];
        if (Teredo.Contains(address))
            return [new IPAddress([.. bytes.AsSpan(12, 4).ToArray().Select(static b => (byte)~b)])];
        // RFC 8215 leaves the length of the prefix to the network, so the address may sit at any place of RFC 6052 section 2.2.
        // What one place leaves as zeros the other place does not use.
        if (LocalNat64.Contains(address))
        {
            IPAddress[] places = [Pick(bytes, 6, 7, 9, 10), Pick(bytes, 7, 9, 10, 11), Pick(bytes, 9, 10, 11, 12), Pick(bytes, 12, 13, 14, 15)];
            return places.Where(static place => place.GetAddressBytes()[0] != 0);
        }

        return [];
    }

    private static IPAddress Pick(byte[] bytes, int first, int second, int third, int fourth) =>
        new([bytes[first], bytes[second], bytes[third], bytes[fourth]]);
}
