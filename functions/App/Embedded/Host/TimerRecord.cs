using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Records;

namespace Certrelay.App.Embedded.Host;

/// <summary>What the embedded host knows of a timer: its last and next run, and the lease of the process that runs it now.</summary>
public sealed partial record TimerRecord : IRecord<TimerRecord>
{
    public int Schema { get; init; } = 1;

    public required string Schedule { get; init; }

    public DateTimeOffset? Last { get; init; }

    public required DateTimeOffset Next { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>The process that runs the timer; null when none does.</summary>
    public string? Owner { get; init; }

    public DateTimeOffset? Until { get; init; }

    public static JsonTypeInfo<TimerRecord> Json => Context.Default.TimerRecord;

    public static RecordKey Key(string function) => new("Timers", "t", function);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(TimerRecord))]
    private sealed partial class Context : JsonSerializerContext;
}
