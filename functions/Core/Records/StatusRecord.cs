using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>
/// The counts of the status page as a timer last wrote them: what is counted (<c>certificates</c>, <c>steps.failed</c>), and how many.
/// </summary>
public sealed partial record StatusRecord : IRecord<StatusRecord>
{
    public int Schema { get; init; } = 1;

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>When the first of the current versions ends; null when there is none.</summary>
    public DateTimeOffset? NextExpiry { get; init; }

    /// <summary>When the target was looked at that has waited longest; null when none was.</summary>
    public DateTimeOffset? OldestProbe { get; init; }

    public static JsonTypeInfo<StatusRecord> Json => StatusRecordJson.Default.StatusRecord;

    public static RecordKey Key { get; } = new("Timers", "t", "status");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(StatusRecord))]
    private sealed partial class StatusRecordJson : JsonSerializerContext;
}
