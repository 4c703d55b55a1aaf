using System.Collections.Frozen;
using System.Net;

namespace Certrelay.Outgoing;

/// <summary>How far an address reaches, from harmless to forbidden; of several readings of one address the last in this order counts.</summary>
internal enum Reach
{
    Public,
    Private,
    Loopback,
    Never,
}

/// <summary>Judges one address by the IANA special-purpose registries (RFC 6890) and the metadata services of the large clouds.</summary>
internal static class AddressReach
{
    private static readonly (IPNetwork Network, Reach Reach, string Kind)[] Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), Reach.Never, "an unspecified address"),
        (IPNetwork.Parse("127.0.0.0/8"), Reach.Loopback, "a loopback address"),
        (IPNetwork.Parse("169.254.0.0/16"), Reach.Never, "a link-local address"),
        (IPNetwork.Parse("224.0.0.0/4"), Reach.Never, "a multicast address"),
        (IPNetwork.Parse("255.255.255.255/32"), Reach.Never, "the broadcast address"),
        (IPNetwork.Parse("10.0.0.0/8"), Reach.Private, "a private address"),
        (IPNetwork.Parse("100.64.0.0/10"), Reach.Private, "a shared carrier address"),
        (IPNetwork.Parse("172.16.0.0/12"), Reach.Private, "a private address"),
        (IPNetwork.Parse("192.168.0.0/16"), Reach.Private, "a private address"),
        (IPNetwork.Parse("192.0.0.0/24"), Reach.Private, "a reserved address"),
        (IPNetwork.Parse("192.0.2.0/24"), Reach.Private, "a documentation address"),
        (IPNetwork.Parse("192.88.99.0/24"), Reach.Private, "a reserved address"),
        (IPNetwork.Parse("198.18.0.0/15"), Reach.Private, "a benchmarking address"),
        (IPNetwork.Parse("198.51.100.0/24"), Reach.Private, "a documentation address"),
        (IPNetwork.Parse("203.0.113.0/24"), Reach.Private, "a documentation address"),
        (IPNetwork.Parse("240.0.0.0/4"), Reach.Private, "a reserved address"),

        (IPNetwork.Parse("::/128"), Reach.Never, "an unspecified address"),
        (IPNetwork.Parse("::1/128"), Reach.Loopback, "a loopback address"),
        (IPNetwork.Parse("fe80::/10"), Reach.Never, "a link-local address"),
        (IPNetwork.Parse("ff00::/8"), Reach.Never, "a multicast address"),
        // These say nothing by themselves: the IPv4 address inside decides.
        (EmbeddedAddress.Nat64, Reach.Public, ""),
        (EmbeddedAddress.SixToFour, Reach.Public, ""),
        (IPNetwork.Parse("2001:db8::/32"), Reach.Private, "a documentation address"),
        (IPNetwork.Parse("2001::/23"), Reach.Private, "a reserved address"),
        (IPNetwork.Parse("3fff::/20"), Reach.Private, "a documentation address"),
        (IPNetwork.Parse("2000::/3"), Reach.Public, ""),
        (IPNetwork.Parse("fc00::/7"), Reach.Private, "a private address"),
        // RFC 4291 section 2.4: outside 2000::/3 nothing is global unicast yet.
        (IPNetwork.Parse("::/0"), Reach.Private, "a reserved address"),
    ];

    // Azure, Alibaba, AWS (IMDS, EKS pod identity), Google and Oracle; the 169.254 ones are link-local already.
    private static readonly FrozenSet<IPAddress> Metadata = new[]
    {
        "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe",
    }.Select(IPAddress.Parse).ToFrozenSet();

    /// <summary>The strictest reading of a plain address, the IPv4 addresses that it may carry included, and what it is in words.</summary>
    public static (Reach Reach, string Kind) Of(IPAddress address)
    {
        var worst = OfPlain(address);
        foreach (var inner in EmbeddedAddress.In(address))
        {
            var (reach, kind) = OfPlain(inner);
            if (reach > worst.Reach)
                worst = (reach, $"{kind} ({inner}) in another form");
        }

        return worst;
    }

    private static (Reach Reach, string Kind) OfPlain(IPAddress address)
    {
        if (Metadata.Contains(address))
            return (Reach.Never, "the address of a metadata service");
        foreach (var (network, reach, kind) in Special)
        {
            if (network.Contains(address))
                return (reach, kind);
        }

        return (Reach.Public, "");
    }
}
