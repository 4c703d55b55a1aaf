using System.Net;

namespace Certrelay.Dns;

/// <summary>The types of records that can be asked for (RFC 1035, 3596, 4034, 8659); the values are those of the protocol.</summary>
public enum DnsType
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    DS = 43,
    CAA = 257,
}

/// <summary>What is asked, and of whom.</summary>
/// <param name="Name">A name in A-label form, taken as absolute with or without its last dot.</param>
public sealed record DnsQuestion(string Name, DnsType Type)
{
    /// <summary>The servers to ask, in this order; none: those of this host.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>True: a server that is no authority finds the answer elsewhere, and aliases are followed to their end. False: only what the servers themselves hold.</summary>
    public bool Recursion { get; init; } = true;

    /// <summary>True: the server shall say whether it could prove the answer (<see cref="DnsAnswer.Authenticated"/>).</summary>
    public bool Dnssec { get; init; }
}
