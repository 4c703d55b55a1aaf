using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>The global freeze: while the row exists no waiting step begins.</summary>
public sealed partial record FreezeRecord : IRecord<FreezeRecord>
{
    public int Schema { get; init; } = 1;

    public required DateTimeOffset Since { get; init; }

    public required string By { get; init; }

    public required string Reason { get; init; }

    public static JsonTypeInfo<FreezeRecord> Json => FreezeRecordJson.Default.FreezeRecord;

    public static RecordKey Key { get; } = new("Timers", "t", "freeze");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(FreezeRecord))]
    private sealed partial class FreezeRecordJson : JsonSerializerContext;
}
