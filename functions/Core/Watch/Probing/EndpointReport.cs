using Certrelay.Certificates;
using Certrelay.Outgoing;

namespace Certrelay.Watch.Probing;

/// <summary>Everything that a probe found out about an endpoint.</summary>
public sealed record EndpointReport
{
    /// <summary><c>host:port</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The name asked for in SNI and compared with the certificate.</summary>
    public required string Name { get; init; }

    /// <summary>The protocol that the connection began with in plain text.</summary>
    public required StartTls StartTls { get; init; }

    /// <summary>True when nothing is worse than an information.</summary>
    public required bool Good { get; init; }

    /// <summary>Empty when the host has no address.</summary>
    public required IReadOnlyList<AddressReport> Addresses { get; init; }

    /// <summary>What concerns the endpoint as a whole; the rest is with its address.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Of the endpoint, then of each address.</summary>
    internal IEnumerable<Finding> AllFindings => Findings.Concat(Addresses.SelectMany(static address => address.Findings));
}

/// <summary>What one address answered. After a failed handshake it holds what was learned before.</summary>
public sealed record AddressReport
{
    public required string Address { get; init; }

    /// <summary>The time from the connection to the end of the first handshake.</summary>
    public required int Milliseconds { get; init; }

    /// <summary>True when the server proved that it holds the key of the leaf: by a complete handshake, and for a quick look by its signature in one.</summary>
    public required bool Proved { get; init; }

    public LeafReport? Leaf { get; init; }

    public ChainReport? Chain { get; init; }

    /// <summary>What <see cref="Leaf"/> tells of.</summary>
    internal CertificateRecord? Served { get; init; }

    /// <summary>The version of the first handshake, such as <c>1.3</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Every version that the server accepted, oldest first; null when only one handshake was made.</summary>
    public IReadOnlyList<string>? Versions { get; init; }

    /// <summary>The application protocol that the server chose of h2 and http/1.1.</summary>
    public string? ApplicationProtocol { get; init; }

    /// <summary>What other clients see; null when only one handshake was made.</summary>
    public ProfileReports? Profiles { get; init; }

    public HttpReport? Http { get; init; }

    /// <summary>Whether the issuer took the leaf back; null when nobody asked, or the leaf names nobody to ask.</summary>
    public RevocationReport? Revocation { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>What OCSP or a revocation list said of the leaf.</summary>
public sealed record RevocationReport
{
    /// <summary><c>good</c>, <c>revoked</c> or <c>unknown</c>.</summary>
    public required string State { get; init; }

    /// <summary>The URL that answered.</summary>
    public string? Source { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>The served certificate.</summary>
public sealed record LeafReport
{
    public required Fingerprint Fingerprint { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    /// <summary>Lower-case hexadecimal.</summary>
    public required string Serial { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether a client that asks for the endpoint's name accepts it.</summary>
    public required bool Covers { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Whole days until it ends, rounded down; negative after it.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>Such as <c>P-256</c> or <c>RSA 2048</c>.</summary>
    public required string Key { get; init; }

    public required string Signature { get; init; }
}

/// <summary>The chain as the server sends it.</summary>
public sealed record ChainReport
{
    /// <summary>Where it leads to: <c>complete</c>, <c>missing-intermediate</c>, <c>untrusted-root</c>, <c>unknown-issuer</c>, <c>self-signed</c> or <c>unjudged</c>.</summary>
    public required string State { get; init; }

    /// <summary>The subjects in the order sent, the leaf first.</summary>
    public required IReadOnlyList<string> Sent { get; init; }
}

/// <summary>What clients see that are not like the first one.</summary>
public sealed record ProfileReports(ProfileReport? WithoutName, ProfileReport? Tls12Only, ProfileReport? RsaOnly);

/// <summary>One kind of client: whether it is served, and with which certificate where that is in clear.</summary>
public sealed record ProfileReport
{
    public required bool Accepted { get; init; }

    public Fingerprint? Leaf { get; init; }

    /// <summary>The alert that refused it (RFC 8446 section 6), such as <c>handshake_failure</c>.</summary>
    public string? Alert { get; init; }
}

/// <summary>What a web server's header fields say.</summary>
public sealed record HttpReport
{
    public required int Status { get; init; }

    public string? Server { get; init; }

    /// <summary>The kinds of targets that the fields suggest, likeliest first.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Seconds of Strict-Transport-Security (RFC 6797 section 6.1.1).</summary>
    public long? HstsSeconds { get; init; }

    /// <summary>Whether plain HTTP leads to https; absent where nothing answers in plain.</summary>
    public bool? RedirectsToHttps { get; init; }
}
