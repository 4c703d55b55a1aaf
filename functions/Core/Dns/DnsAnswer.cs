using System.Net;

namespace Certrelay.Dns;

/// <summary>What a server said. No such name: <see cref="Exists"/> is false; a name without records of this type: none in <see cref="Records"/>.</summary>
public sealed record DnsAnswer
{
    /// <summary>False when there is no such name at all (NXDOMAIN).</summary>
    public required bool Exists { get; init; }

    /// <summary>The records of the type that was asked for, at the end of the aliases.</summary>
    public required IReadOnlyList<DnsRecord> Records { get; init; }

    /// <summary>The names that aliases (CNAME) led to, in their order; the last one is where the records are, or would be.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>NS and SOA records of the authority section: which zone the name lies in.</summary>
    public IReadOnlyList<DnsRecord> Authority { get; init; } = [];

    /// <summary>True when the server is an authority for the name (AA).</summary>
    public bool Authoritative { get; init; }

    /// <summary>True when the server says that it has proved the answer (AD).</summary>
    public bool Authenticated { get; init; }

    public required IPEndPoint Server { get; init; }
}
