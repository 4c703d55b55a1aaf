using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>Whose cloud an account is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CloudVendor>))]
public enum CloudVendor
{
    [JsonStringEnumMemberName("alibaba")] Alibaba,
    [JsonStringEnumMemberName("aws")] Aws,
    [JsonStringEnumMemberName("azure")] Azure,
    [JsonStringEnumMemberName("huawei")] Huawei,
    [JsonStringEnumMemberName("tencent")] Tencent,
}

/// <summary>A named set of cloud credentials: where they lie in the vault, and what may be known of them without opening it. Row <c>a</c> of its partition.</summary>
public sealed partial record AccountRecord : IRecord<AccountRecord>
{
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    public required CloudVendor Vendor { get; init; }

    /// <summary>Which of the vendor's separate clouds: <c>international</c>, <c>aws-cn</c>.</summary>
    public required string Site { get; init; }

    /// <summary>Where a target names no region of its own; null: it has to.</summary>
    public string? Region { get; init; }

    /// <summary>The Entra ID tenant; Azure only.</summary>
    public string? Tenant { get; init; }

    /// <summary>What the vendor knows the secret by: the access key id, at Azure the application (client) id.</summary>
    public required string KeyId { get; init; }

    /// <summary>The vault version with the secret and, for a temporary key, its session token.</summary>
    public required VaultReference Credentials { get; init; }

    /// <summary>True for a temporary key, which is worth nothing without its session token.</summary>
    public bool HasSession { get; init; }

    /// <summary>When the temporary key ends; null when that was not told.</summary>
    public DateTimeOffset? SessionExpires { get; init; }

    /// <summary>When the secret was last changed.</summary>
    public required DateTimeOffset SecretChanged { get; init; }

    /// <summary>True from the moment that the deletion begins: what is left is then removed, this row last.</summary>
    public bool Deleting { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public static JsonTypeInfo<AccountRecord> Json => AccountJson.Default.AccountRecord;

    public static RecordKey Key(string name) => new(Tables.Accounts, name, "a");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(AccountRecord))]
    private sealed partial class AccountJson : JsonSerializerContext;
}
