using System.Net;
using System.Text.Json.Serialization;

namespace Certrelay.Outgoing;

/// <summary>A <c>host:port</c> with the name sent in SNI (RFC 6066 section 3), as a client sees a target. <see cref="Addresses"/>, when given, are used instead of resolving the host.</summary>
public sealed record Endpoint(string Host, int Port)
{
    /// <summary>The name in the ClientHello and the name that the certificate must cover; the host when absent. An IP literal sends no SNI.</summary>
    public string? ServerName { get; init; }

    /// <summary>Pinned addresses; empty: the host is resolved anew at each round.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>What the connection opens with before TLS; absent: as usual on this port.</summary>
    public StartTls? StartTls { get; init; }

    [JsonIgnore]
    public StartTls EffectiveStartTls => StartTls ?? StartTlsPorts.Usual(Port);

    public string EffectiveServerName => ServerName ?? Host;

    /// <summary>True when a client would verify an address rather than a DNS name.</summary>
    public bool IsAddress => IPAddress.TryParse(EffectiveServerName, out _);

    public override string ToString() => ServerName is null || ServerName == Host ? $"{Host}:{Port}" : $"{Host}:{Port} ({ServerName})";
}
