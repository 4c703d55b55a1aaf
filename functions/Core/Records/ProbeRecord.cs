using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>A leaf that an endpoint served, as far as it must be known to see its end coming.</summary>
public sealed record ServedLeaf(Fingerprint Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyList<string> Names);

/// <summary>A leaf that was served although another was desired, from the moment that it was first seen.</summary>
public sealed record Drift(Fingerprint Leaf, DateTimeOffset Since);

/// <summary>What the last probe of a target showed, and when the next one is. Row <c>p</c> of the target's partition.</summary>
public sealed partial record ProbeRecord : IRecord<ProbeRecord>
{
    public int Schema { get; init; } = 1;

    public required string Target { get; init; }

    /// <summary>The next probe, to the millisecond.</summary>
    public required DateTimeOffset Moment { get; init; }

    /// <summary>True when the next probe is the second look at a target that did not answer at first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SecondLook { get; init; }

    /// <summary>When the last probe ended; null before the first.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What each address showed.</summary>
    public IReadOnlyList<Sighting> Sightings { get; init => field = value ?? []; } = [];

    public IReadOnlyList<ServedLeaf> Leaves { get; init => field = value ?? []; } = [];

    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    /// <summary>What is served instead of the desired leaf; null while all is as it should be.</summary>
    public Drift? Drift { get; init; }

    /// <summary>When drifts began within the last day, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Drifts { get; init => field = value ?? []; } = [];

    [JsonIgnore]
    public DueHint Hint => new(DueKind.Probe, Moment, Target);

    public static JsonTypeInfo<ProbeRecord> Json => ProbeJson.Default.ProbeRecord;

    public static RecordKey Key(string target) => new(Tables.Targets, target, "p");

    /// <summary>The record of a target that was not probed yet: its first probe is due at once.</summary>
    public static ProbeRecord First(string target, DateTimeOffset now) => new() { Target = target, Moment = KeyText.Truncate(now) };

    /// <summary>A moment for the probe after one that ended now: an interval later, up to a tenth of it sooner, so that targets spread out.</summary>
    public static DateTimeOffset Draw(DateTimeOffset now, TimeSpan interval) =>
        KeyText.Truncate(now + (interval * (1 - (RandomNumberGenerator.GetInt32(1000) / 10_000.0))));

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(ProbeRecord))]
    private sealed partial class ProbeJson : JsonSerializerContext;
}
