using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Targets;

namespace Certrelay.Watch.Discovery;

/// <summary>What the product knows already of something that was found.</summary>
public enum ProposalState
{
    New,

    /// <summary>The certificate is known and watched only, and this is a newer leaf of it.</summary>
    NewVersion,

    /// <summary>This very certificate is stored, or a target has this endpoint.</summary>
    Known,
}

/// <summary>A certificate that is served, under the name that it has or would get.</summary>
/// <param name="Owner">The one that all lists of its endpoints agree on.</param>
/// <param name="Tags">Those that all of its endpoints have.</param>
public sealed record ProposedCertificate(
    CertificateRecord Leaf, string Name, ProposalState State, string? Owner, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Endpoints);

/// <summary>A target for an endpoint, to be watched only, or for a place of an account, to be looked after.</summary>
/// <param name="Certificate">The certificate that is there, at an endpoint the one that most of its addresses serve; null when it could not be read.</param>
/// <param name="Endpoint">Where it can be seen; null when the vendor does not tell.</param>
public sealed record ProposedTarget(string Name, ProposalState State, string? Certificate, Endpoint? Endpoint)
{
    public TargetKind Kind { get; init; } = EndpointOnlyTarget.Kind;

    /// <summary>As the kind takes them; null for one without.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>The vendor's id of what is bound there.</summary>
    public string? Bound { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The kinds of targets that an endpoint's header fields suggest, likeliest first.</summary>
    public IReadOnlyList<string> SuggestedKinds { get; init; } = [];

    /// <summary>The header field Server, where there is one.</summary>
    public string? Server { get; init; }

    /// <summary>The warnings and errors of its probe.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}

/// <summary>An endpoint that showed no certificate, or a kind that could not be looked for, and why.</summary>
public sealed record DiscoveryFailure(string Endpoint, Finding Finding);

/// <summary>What was found and could be adopted; nothing of it is stored.</summary>
/// <param name="Silent">How many addresses of networks did not answer.</param>
/// <param name="Remaining">The endpoints that there was no time for, as they were asked for, or the kinds.</param>
public sealed record Proposal(
    IReadOnlyList<ProposedCertificate> Certificates, IReadOnlyList<ProposedTarget> Targets, IReadOnlyList<DiscoveryFailure> Failures, int Silent,
    IReadOnlyList<string> Remaining);
