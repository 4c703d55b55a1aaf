using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>Where a rollout stands, derived from its steps.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutState>))]
public enum RolloutState
{
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("verified")] Verified,
    [JsonStringEnumMemberName("bound")] Bound,
    [JsonStringEnumMemberName("partial")] Partial,
    [JsonStringEnumMemberName("rolled-back")] RolledBack,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>A target of a rollout, with the generation that it was given.</summary>
public sealed record RolloutTarget(string Target, long Generation)
{
    /// <summary>What a plan of it stood on; null when none was given.</summary>
    public string? Ground { get; init; }
}

/// <summary>One version brought to a set of targets. Row <c>r</c> of its partition; its state is derived from the steps, never counted up.</summary>
public sealed record RolloutRecord : IRecord<RolloutRecord>
{
    public int Schema { get; init; } = 1;

    public required string Id { get; init; }

    public required VersionId Version { get; init; }

    public required IReadOnlyList<RolloutTarget> Targets { get; init; }

    /// <summary>Codes of refusals that the one who started it took the responsibility for.</summary>
    public IReadOnlyList<string> Overrides { get; init => field = value ?? []; } = [];

    /// <summary>True when its steps may begin in the maintenance windows of their targets only.</summary>
    public bool InWindow { get; init; }

    public required string Reason { get; init; }

    public required string By { get; init; }

    /// <summary>Ties the log lines of all its steps to the request that started it.</summary>
    public required string Correlation { get; init; }

    public required DateTimeOffset Started { get; init; }

    public RolloutState State { get; init; }

    public DateTimeOffset? Settled { get; init; }

    public static JsonTypeInfo<RolloutRecord> Json => RecordJson.Default.RolloutRecord;

    public static RecordKey Key(string id) => new(Tables.Rollouts, id, "r");
}
