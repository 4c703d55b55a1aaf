using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Targets;
using Certrelay.Watch.Discovery;

namespace Certrelay.App.Triggers;

/// <summary>A certificate to adopt. Name, PEM, owner and tags count when it is accepted; the rest tells what was found.</summary>
public sealed record CertificateProposal
{
    /// <summary>The name that it has here, or would get.</summary>
    [ResourceName]
    public required string Name { get; init; }

    /// <summary>The served certificate itself; a chain may stand behind it, a key may not.</summary>
    public required string Pem { get; init; }

    [OneLine(200)]
    public string? Owner { get; init; }

    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public ProposalState? State { get; init; }

    public Fingerprint? Fingerprint { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string? Issuer { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Where it is served.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }

    internal static CertificateProposal Of(ProposedCertificate found) => new()
    {
        Name = found.Name,
        Pem = PemEncoding.WriteString("CERTIFICATE", found.Leaf.Der.Span),
        Owner = found.Owner,
        Tags = found.Tags.Count > 0 ? found.Tags : null,
        State = found.State,
        Fingerprint = found.Leaf.Fingerprint,
        Names = [.. found.Leaf.Names.Select(static name => name.Value)],
        Issuer = found.Leaf.Issuer,
        NotBefore = found.Leaf.NotBefore,
        NotAfter = found.Leaf.NotAfter,
        Endpoints = found.Endpoints,
    };
}

/// <summary>A target to adopt. Name, kind, settings, certificate, endpoints, owner and tags count when it is accepted; the rest tells what was found.</summary>
public sealed record TargetProposal
{
    [ResourceName]
    public required string Name { get; init; }

    /// <summary>Absent: <c>endpoint-only</c>, which needs an endpoint.</summary>
    public string? Kind { get; init; }

    /// <summary>As the schema of the kind says (<c>/api/target-kinds/{kind}</c>).</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>The certificate that is expected there; absent: any.</summary>
    [ResourceName]
    public string? Certificate { get; init; }

    [MaxLength(100)]
    public required IReadOnlyList<EndpointView> Endpoints { get; init; }

    [OneLine(200)]
    public string? Owner { get; init; }

    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public ProposalState? State { get; init; }

    /// <summary>The vendor's id of what is bound there.</summary>
    public string? Bound { get; init; }

    /// <summary>The header field Server, where there is one.</summary>
    public string? Server { get; init; }

    /// <summary>The kinds of targets that the header fields suggest, for the day when the product shall write there.</summary>
    public IReadOnlyList<string>? SuggestedKinds { get; init; }

    /// <summary>The codes of the probe's warnings and errors; <c>/api/probe</c> tells them in full.</summary>
    public IReadOnlyList<string>? Findings { get; init; }

    internal TargetDescription Description => new()
    {
        Name = Name,
        Kind = Kind ?? EndpointOnlyTarget.Kind.Name,
        Settings = Settings ?? JsonElement.Parse("{}"),
        Certificate = Certificate,
        Endpoints = [.. Endpoints.Select(static endpoint => endpoint.ToEndpoint())],
        Owner = Owner is "" ? null : Owner,
        Tags = Tags ?? new Dictionary<string, string>(StringComparer.Ordinal),
    };

    internal static TargetProposal Of(ProposedTarget found) => new()
    {
        Name = found.Name,
        Kind = found.Kind.Name,
        Settings = found.Settings,
        Certificate = found.Certificate,
        Endpoints = found.Endpoint is { } endpoint ? [EndpointView.Of(endpoint)] : [],
        Owner = found.Owner,
        Tags = found.Tags.Count > 0 ? found.Tags : null,
        State = found.State,
        Bound = found.Bound,
        Server = found.Server,
        SuggestedKinds = found.SuggestedKinds.Count > 0 ? found.SuggestedKinds : null,
        Findings = found.Findings.Count > 0 ? [.. found.Findings.Select(static finding => finding.Code).Distinct(StringComparer.Ordinal)] : null,
    };
}

/// <summary>An endpoint that showed no certificate, or a kind of target that the account could not be looked through for, and why.</summary>
public sealed record FailedEndpoint(string Endpoint, string Code, string Message, string Remedy);

/// <summary>What was found; nothing of it is stored. It can be sent to <c>/api/discover/accept</c> as it is, or changed, or in parts.</summary>
public sealed record DiscoveryProposal
{
    public required IReadOnlyList<CertificateProposal> Certificates { get; init; }

    public required IReadOnlyList<TargetProposal> Targets { get; init; }

    public required IReadOnlyList<FailedEndpoint> Failures { get; init; }

    /// <summary>How many addresses of the networks did not answer.</summary>
    public required int Silent { get; init; }

    /// <summary>The endpoints, or the kinds, that there was no time for: send them again.</summary>
    public required IReadOnlyList<string> Remaining { get; init; }

    internal static DiscoveryProposal Of(Proposal found) => new()
    {
        Certificates = [.. found.Certificates.Select(CertificateProposal.Of)],
        Targets = [.. found.Targets.Select(TargetProposal.Of)],
        Failures = [.. found.Failures.Select(static failure => new FailedEndpoint(failure.Endpoint, failure.Finding.Code, failure.Finding.Message, failure.Finding.Remedy))],
        Silent = found.Silent,
        Remaining = found.Remaining,
    };
}

/// <summary>A proposal, or an edited part of one. What it tells of failures is not looked at.</summary>
public sealed record AcceptRequest
{
    [MaxLength(EndpointDiscovery.MostEndpoints)]
    public IReadOnlyList<CertificateProposal>? Certificates { get; init; }

    [MaxLength(EndpointDiscovery.MostEndpoints)]
    public IReadOnlyList<TargetProposal>? Targets { get; init; }

    public IReadOnlyList<FailedEndpoint>? Failures { get; init; }

    public int? Silent { get; init; }

    public IReadOnlyList<string>? Remaining { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What became of one name: of a refusal its stable code and a sentence.</summary>
public sealed record AcceptedItem(string Name, AdoptionOutcome Outcome, int? Version = null, string? Code = null, string? Message = null, string? Remedy = null);

/// <summary>What became of each thing, in the order asked.</summary>
public sealed record AcceptAnswer(IReadOnlyList<AcceptedItem> Certificates, IReadOnlyList<AcceptedItem> Targets);
