using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>Whether a row says what is about to be done, or what came of it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditPhase>))]
public enum AuditPhase
{
    [JsonStringEnumMemberName("intent")] Intent,
    [JsonStringEnumMemberName("outcome")] Outcome,
}

/// <summary>
/// What somebody is about to do or has done: who, what (<see cref="Action"/>), on what (<see cref="Subject"/>: <c>kind/name</c>), why, and in which
/// request.
/// </summary>
public sealed record AuditEntry
{
    public required AuditPhase Phase { get; init; }

    public required string Caller { get; init; }

    public required string Action { get; init; }

    public string? Subject { get; init; }

    public string? Reason { get; init; }

    public string? Correlation { get; init; }

    /// <summary>Of an outcome: what came of it.</summary>
    public string? Outcome { get; init; }

    /// <summary>Of an outcome: the reference of its intent.</summary>
    public string? Intent { get; init; }
}

/// <summary>One link of a chain: an entry, its number and moment, the hash of the link before and its own.</summary>
public sealed partial record AuditRecord : IRecord<AuditRecord>
{
    /// <summary>The table of the audit trail.</summary>
    public const string Table = "Audit";

    /// <summary>The rows of entries in a chain's partition; its head lies behind them.</summary>
    public static RowRange Entries { get; } = new("0", ":");

    public int Schema { get; init; } = 1;

    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required AuditEntry Entry { get; init; }

    public required string Previous { get; init; }

    public required string Hash { get; init; }

    public static JsonTypeInfo<AuditRecord> Json => AuditRecordJson.Default.AuditRecord;

    public static RecordKey Key(string chain, long number) => new(Table, chain, $"{number:0000000000}");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(AuditRecord))]
    private sealed partial class AuditRecordJson : JsonSerializerContext;
}
