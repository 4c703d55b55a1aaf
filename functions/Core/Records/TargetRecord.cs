using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Outgoing;

namespace Certrelay.Records;

/// <summary>What to do with a target that some addresses show the new certificate on and others not.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnPartial>))]
public enum OnPartial
{
    /// <summary>Keep it and watch: the rest may follow.</summary>
    [JsonStringEnumMemberName("hold")] Hold,

    /// <summary>Bring back what was there before.</summary>
    [JsonStringEnumMemberName("restore")] Restore,
}

/// <summary>What to do with a target that is found to serve another certificate than it shall.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnDrift>))]
public enum OnDrift
{
    /// <summary>Tell the owner.</summary>
    [JsonStringEnumMemberName("alert")] Alert,

    /// <summary>Tell the owner, and roll out the desired certificate again.</summary>
    [JsonStringEnumMemberName("rollout")] Rollout,
}

/// <summary>One place that terminates TLS, as its owner described it. Row <c>d</c> of its partition.</summary>
public sealed record TargetRecord : IRecord<TargetRecord>
{
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>The settings of the kind; they name an account, never a secret.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>The certificate that the target shall serve; null until one is chosen.</summary>
    public string? Certificate { get; init; }

    public IReadOnlyList<Endpoint> Endpoints { get; init => field = value ?? []; } = [];

    /// <summary>How long the new certificate may take to be seen everywhere; null: the kind's own.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Fresh handshakes at each address in a round.</summary>
    public int Samples { get; init; } = 4;

    public OnPartial OnPartial { get; init; }

    public OnDrift OnDrift { get; init; }

    /// <summary>When automatic changes may begin, as <see cref="MaintenanceWindow"/> reads them; null: as the host's settings say, empty: at any time.</summary>
    public IReadOnlyList<string>? Windows { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } = ReadOnlyDictionary<string, string>.Empty;

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public static JsonTypeInfo<TargetRecord> Json => RecordJson.Default.TargetRecord;

    public static RecordKey Key(string name) => new(Tables.Targets, name, "d");
}

/// <summary>One version of one certificate.</summary>
public sealed record VersionId(string Certificate, int Sequence, Fingerprint Fingerprint);

/// <summary>The right to work on a target: until a moment, and with a number that rises with each holder.</summary>
public sealed record Lease(string Owner, DateTimeOffset Until, long Fence);

/// <summary>What the product itself knows of a target. Row <c>s</c> of its partition.</summary>
public sealed record TargetStateRecord : IRecord<TargetStateRecord>
{
    public int Schema { get; init; } = 1;

    /// <summary>What the target shall serve.</summary>
    public VersionId? Desired { get; init; }

    /// <summary>The rollout that set <see cref="Desired"/>.</summary>
    public string? Rollout { get; init; }

    /// <summary>Rises with each rollout that includes the target: steps of an older one are superseded.</summary>
    public long Generation { get; init; }

    /// <summary>The current holder; null when nobody works on the target.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The fence of the last lease given.</summary>
    public long Fence { get; init; }

    /// <summary>The version last seen or bound by a rollout.</summary>
    public VersionId? Binding { get; init; }

    public DateTimeOffset? BoundAt { get; init; }

    public static JsonTypeInfo<TargetStateRecord> Json => RecordJson.Default.TargetStateRecord;

    public static RecordKey Key(string target) => new(Tables.Targets, target, "s");
}
