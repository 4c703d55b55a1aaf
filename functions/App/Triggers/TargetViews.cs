using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.App.Triggers;

/// <summary>An endpoint as a client sees the target: where it connects to, the name that it asks for, pinned addresses, and what it speaks before TLS where the port does not tell.</summary>
public sealed record EndpointView(string Host, int Port, string? ServerName = null, IReadOnlyList<string>? Addresses = null, StartTls? StartTls = null)
{
    public static EndpointView Of(Endpoint endpoint) =>
        new(endpoint.Host, endpoint.Port, endpoint.ServerName, endpoint.Addresses.Count == 0 ? null : endpoint.Addresses, endpoint.StartTls);

    public Endpoint ToEndpoint() => new(Host, Port) { ServerName = ServerName, Addresses = Addresses ?? [], StartTls = StartTls };
}

/// <summary>A target as its owner describes it.</summary>
public record TargetChange
{
    public required string Kind { get; init; }

    /// <summary>As the schema of the kind says (<c>/api/target-kinds/{kind}</c>).</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>The certificate that the target shall serve.</summary>
    public string? Certificate { get; init; }

    [MaxLength(100)]
    public IReadOnlyList<EndpointView>? Endpoints { get; init; }

    /// <summary>How long the new certificate may take to be seen everywhere; absent: the kind's own.</summary>
    public int? WindowSeconds { get; init; }

    /// <summary>Handshakes for each address in a round; absent: 4.</summary>
    public int? Samples { get; init; }

    public OnPartial? OnPartial { get; init; }

    public OnDrift? OnDrift { get; init; }

    /// <summary>When automatic changes may begin, such as <c>Sat 02:00-04:00 Europe/Berlin</c>; absent: as the host's settings say, empty: at any time.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Windows { get; init; }

    [OneLine(200)]
    public string? Owner { get; init; }

    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public string? Reason { get; init; }

    internal TargetDescription Describe(string name)
    {
        var empty = new TargetDescription { Name = name, Kind = Kind };
        return empty with
        {
            Settings = Settings ?? JsonElement.Parse("{}"),
            Certificate = Certificate,
            Endpoints = [.. (Endpoints ?? []).Select(static endpoint => endpoint.ToEndpoint())],
            Window = WindowSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Samples = Samples ?? empty.Samples,
            OnPartial = OnPartial ?? empty.OnPartial,
            OnDrift = OnDrift ?? empty.OnDrift,
            Windows = Windows,
            Owner = Owner is "" ? null : Owner,
            Tags = Tags ?? empty.Tags,
        };
    }
}

/// <summary>A new target.</summary>
public sealed record TargetRequest : TargetChange
{
    public required string Name { get; init; }
}

/// <summary>A target: its definition, and in the answer for it alone also what the product knows of it.</summary>
public sealed record TargetView
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required JsonElement Settings { get; init; }

    public string? Certificate { get; init; }

    public required IReadOnlyList<EndpointView> Endpoints { get; init; }

    public int? WindowSeconds { get; init; }

    public required int Samples { get; init; }

    public required OnPartial OnPartial { get; init; }

    public required OnDrift OnDrift { get; init; }

    /// <summary>When automatic changes may begin; absent: as the host's settings say, empty: at any time.</summary>
    public IReadOnlyList<string>? Windows { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public TargetStateView? State { get; init; }

    /// <summary>What the last probe showed; absent before the first.</summary>
    public TargetSeenView? Seen { get; init; }

    public static TargetView Of(TargetRecord target, TargetStateRecord? state = null, ProbeRecord? probe = null) => new()
    {
        Name = target.Name,
        Kind = target.Kind,
        Settings = target.Settings,
        Certificate = target.Certificate,
        Endpoints = [.. target.Endpoints.Select(EndpointView.Of)],
        WindowSeconds = (int?)target.Window?.TotalSeconds,
        Samples = target.Samples,
        OnPartial = target.OnPartial,
        OnDrift = target.OnDrift,
        Windows = target.Windows,
        Owner = target.Owner,
        Tags = target.Tags,
        Created = target.Created,
        Updated = target.Updated,
        State = state is null ? null : TargetStateView.Of(state),
        Seen = probe?.At is { } at ? new TargetSeenView(at, probe.Moment, probe.Sightings, probe.Leaves, probe.Drift, probe.Findings) : null,
    };
}

/// <summary>What a target's endpoints were seen to serve.</summary>
/// <param name="At">When the last probe ended.</param>
/// <param name="Next">When the next one is due.</param>
/// <param name="Sightings">What each address showed.</param>
/// <param name="Leaves">The leaves that were served.</param>
/// <param name="Drift">What is served instead of the desired leaf; absent while all is as it should be.</param>
/// <param name="Findings">What else is odd.</param>
public sealed record TargetSeenView(
    DateTimeOffset At, DateTimeOffset Next, IReadOnlyList<Sighting> Sightings, IReadOnlyList<ServedLeaf> Leaves, Drift? Drift, IReadOnlyList<Finding> Findings);

/// <summary>What a target shall serve, what was last seen or bound there, and the rollout that set it.</summary>
public sealed record TargetStateView
{
    public VersionId? Desired { get; init; }

    public VersionId? Binding { get; init; }

    public DateTimeOffset? BoundAt { get; init; }

    public string? Rollout { get; init; }

    public required long Generation { get; init; }

    public static TargetStateView Of(TargetStateRecord state) => new()
    {
        Desired = state.Desired,
        Binding = state.Binding,
        BoundAt = state.BoundAt,
        Rollout = state.Rollout,
        Generation = state.Generation,
    };
}

/// <summary>A kind of target; the schema of its settings (JSON schema, draft 2020-12) in the answer for it alone.</summary>
public sealed record KindView
{
    public required string Kind { get; init; }

    public required string Title { get; init; }

    /// <summary>False for a kind that is watched and never written.</summary>
    public required bool Writes { get; init; }

    public required bool NeedsAccount { get; init; }

    /// <summary>How long the new certificate may take to be seen everywhere, unless the target says otherwise.</summary>
    public required int WindowSeconds { get; init; }

    public required IReadOnlyList<string> KeyAlgorithms { get; init; }

    public JsonNode? Settings { get; init; }

    public static KindView Of(TargetKind kind) => new()
    {
        Kind = kind.Name,
        Title = kind.Title,
        Writes = kind.Writes,
        NeedsAccount = kind.Cloud is not null,
        WindowSeconds = (int)kind.VerificationWindow.TotalSeconds,
        KeyAlgorithms = kind.KeyAlgorithms,
    };
}
