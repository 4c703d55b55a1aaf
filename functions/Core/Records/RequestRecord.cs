using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>A request whose certificate has not come yet. Row <c>q&lt;spki&gt;</c> of the certificate's partition; its key lies in the vault.</summary>
public sealed partial record RequestRecord : IRecord<RequestRecord>
{
    /// <summary>The rows of a certificate's requests.</summary>
    public static RowRange Rows { get; } = RowRange.StartingWith("q");

    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    /// <summary>SHA-256 of the public key's structure in hexadecimal: the certificate is known by it.</summary>
    public required string Spki { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>As people call it: <c>P-256</c>, <c>RSA 3072</c>.</summary>
    public required string KeyAlgorithm { get; init; }

    /// <summary>The request as DER (RFC 2986).</summary>
    public required byte[] Request { get; init; }

    /// <summary>The key's place; null where the request was made with the key of a version.</summary>
    public VaultReference? Key { get; init; }

    public required DateTimeOffset Created { get; init; }

    public static JsonTypeInfo<RequestRecord> Json => RequestJson.Default.RequestRecord;

    public static RecordKey RowKey(string certificate, string spki) => new(Tables.Certificates, certificate, $"q{spki}");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(RequestRecord))]
    private sealed partial class RequestJson : JsonSerializerContext;
}
