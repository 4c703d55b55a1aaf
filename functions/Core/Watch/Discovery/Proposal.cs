using Certrelay.Certificates;
using Certrelay.Outgoing;

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

/// <summary>A target of the kind <c>endpoint-only</c> for an endpoint.</summary>
/// <param name="Certificate">The certificate that most of its addresses serve.</param>
/// <param name="Kinds">The kinds of targets that its header fields suggest, likeliest first.</param>
/// <param name="Findings">The warnings and errors of its probe.</param>
public sealed record ProposedTarget(
    string Name, ProposalState State, string Certificate, DiscoveryEntry Entry, IReadOnlyList<string> Kinds, string? Server, IReadOnlyList<Finding> Findings)
{
    public Endpoint Endpoint => Entry.Endpoint;
}

/// <summary>An endpoint that showed no certificate, and why.</summary>
public sealed record DiscoveryFailure(string Endpoint, Finding Finding);

/// <summary>What was found and could be adopted; nothing of it is stored.</summary>
/// <param name="Silent">How many addresses of networks did not answer.</param>
/// <param name="Remaining">The endpoints that there was no time for, as they were asked for.</param>
public sealed record Proposal(
    IReadOnlyList<ProposedCertificate> Certificates, IReadOnlyList<ProposedTarget> Targets, IReadOnlyList<DiscoveryFailure> Failures, int Silent,
    IReadOnlyList<string> Remaining);
