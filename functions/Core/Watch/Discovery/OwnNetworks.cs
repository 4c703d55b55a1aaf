using System.Net;
using System.Net.Sockets;

namespace Certrelay.Watch.Discovery;

/// <summary>The networks that discovery may look through address by address, because the settings name them as the operator's own.</summary>
public sealed class OwnNetworks(DiscoverOptions options)
{
    private readonly IPNetwork[] _own = [.. options.Networks.Select(IPNetwork.Parse)];

    /// <summary>The network; null with the <paramref name="fault"/>, a clause, for a text that is none and for one that no setting contains.</summary>
    public IPNetwork? Read(string text, out string? fault)
    {
        fault = !IPNetwork.TryParse(text, out var network) ? "is not a network; write address and prefix length, such as 10.20.0.0/24"
            : !Array.Exists(_own, own => own.PrefixLength <= network.PrefixLength && own.Contains(network.BaseAddress)) ? "lies in no network that the setting Discover:Networks names"
            : null;
        return fault is null ? network : null;
    }

    /// <summary>The addresses that a host can have in a network; null when there are more than <paramref name="most"/>.</summary>
    public static IReadOnlyList<IPAddress>? AddressesOf(IPNetwork network, int most)
    {
        var isOld = network.BaseAddress.AddressFamily is AddressFamily.InterNetwork;
        var hostBits = (isOld ? 32 : 128) - network.PrefixLength;
        // The first address names the network and the last one all its hosts, unless there are but one or two (RFC 3021).
        var ends = isOld && hostBits >= 2 ? 1 : 0;
        if (hostBits > 24 || (1 << hostBits) - (2 * ends) > most)
            return null;
        return [.. Enumerable.Range(ends, (1 << hostBits) - (2 * ends)).Select(offset => Add(network.BaseAddress, offset))];
    }

    private static IPAddress Add(IPAddress address, int offset)
    {
        var bytes = address.GetAddressBytes();
        for (var i = bytes.Length - 1; offset > 0; i--)
        {
            offset += bytes[i];
            bytes[i] = (byte)offset;
            offset >>= 8;
        }

        return new IPAddress(bytes);
    }
}
