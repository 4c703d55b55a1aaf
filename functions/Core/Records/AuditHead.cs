using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>A point of a chain: how many entries it had and the hash of the last.</summary>
public sealed record AuditPoint(string Chain, long Count, string Hash);

/// <summary>Where a chain ends now; written in one batch with each entry, so that a chain cut short is seen.</summary>
public sealed partial record AuditHead : IRecord<AuditHead>
{
    public int Schema { get; init; } = 1;

    public required long Count { get; init; }

    public required string Hash { get; init; }

    public static JsonTypeInfo<AuditHead> Json => AuditHeadJson.Default.AuditHead;

    public static RecordKey Key(string chain) => new(AuditRecord.Table, chain, "head");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(AuditHead))]
    private sealed partial class AuditHeadJson : JsonSerializerContext;
}

/// <summary>A chain in the list of chains, with the head of another that it was opened with; null for the first of all.</summary>
public sealed partial record AuditChain : IRecord<AuditChain>
{
    /// <summary>The partition that lists the chains.</summary>
    public const string Partition = "heads";

    public int Schema { get; init; } = 1;

    public required string Chain { get; init; }

    public AuditPoint? OpenedWith { get; init; }

    public static JsonTypeInfo<AuditChain> Json => AuditChainJson.Default.AuditChain;

    /// <summary>The row that names the chain opened last.</summary>
    public static RecordKey LastKey { get; } = new(AuditRecord.Table, Partition, "last");

    /// <summary>The chains of the days from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public static RowRange Days(DateOnly from, DateOnly to) => new($"{from:yyyyMMdd}", to == DateOnly.MaxValue ? ":" : $"{to.AddDays(1):yyyyMMdd}");

    public static RecordKey Key(string chain) => new(AuditRecord.Table, Partition, chain);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(AuditChain))]
    private sealed partial class AuditChainJson : JsonSerializerContext;
}
