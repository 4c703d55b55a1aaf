using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>One bearer token: who may do what with it, and until when. A revoked one stays, so that the audit trail keeps its meaning.</summary>
public sealed partial record TokenRecord : IRecord<TokenRecord>
{
    public int Schema { get; init; } = 1;

    /// <summary>SHA-256 of the secret in hex; the secret itself is kept nowhere.</summary>
    public required string Hash { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>Names that the token may touch (<see cref="NameScope"/>); null for all.</summary>
    public IReadOnlyList<string>? Scope { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? Revoked { get; init; }

    /// <summary>When the token was last used, to the hour.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    public static JsonTypeInfo<TokenRecord> Json => TokenRecordJson.Default.TokenRecord;

    /// <summary>True while the token opens anything.</summary>
    public bool IsActive(DateTimeOffset now) => Revoked is null && (Expires is null || now < Expires);

    public static RecordKey Key(string id) => new("Tokens", id, "t");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(TokenRecord))]
    private sealed partial class TokenRecordJson : JsonSerializerContext;
}
