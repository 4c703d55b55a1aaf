using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>A call made under an Idempotency-Key: claimed while it runs, then its answer, until <see cref="Expires"/>.</summary>
public sealed partial record IdempotencyRecord : IRecord<IdempotencyRecord>
{
    private const string Table = "Index";

    public int Schema { get; init; } = 1;

    /// <summary>SHA-256 of method, path, query and body: the same key with another request is refused.</summary>
    public required string Request { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The answer's status; null while the call runs.</summary>
    public int? Status { get; init; }

    public string? ContentType { get; init; }

    public string? Location { get; init; }

    public string? ETag { get; init; }

    public byte[]? Body { get; init; }

    public static JsonTypeInfo<IdempotencyRecord> Json => IdempotencyRecordJson.Default.IdempotencyRecord;

    /// <summary>The id of a caller's key: 64 hex digits.</summary>
    public static string IdOf(string caller, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")));

    /// <summary>The row of an id, in one of 256 partitions.</summary>
    public static RecordKey Key(string id) => new(Table, $"idem.{id.AsSpan(0, 2)}", id);

    /// <summary>The hint that has the row of an id removed at a moment.</summary>
    public static DueHint Hint(string id, DateTimeOffset moment) => new(DueKind.Cleanup, KeyText.Truncate(moment), $"idem-{id}");

    /// <summary>Removes the row of an id once it has expired, and tells when to come again otherwise; null when nothing is left to remove.</summary>
    public static async Task<DateTimeOffset?> RemoveExpiredAsync(
        IRecordStore store, string id, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<IdempotencyRecord>(Key(id), cancellationToken) is not { } row)
            return null;
        if (row.Value.Expires > time.GetUtcNow())
            return row.Value.Expires;
        await store.DeleteAsync(row, cancellationToken);
        return null;
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(IdempotencyRecord))]
    private sealed partial class IdempotencyRecordJson : JsonSerializerContext;
}
