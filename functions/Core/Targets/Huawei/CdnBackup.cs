using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Targets.Huawei;

/// <summary>A certificate that was uploaded to CDN itself, with its key as the vendor gives it back; zeroed on disposal.</summary>
internal sealed record CdnOwnCertificate : IDisposable
{
    public required string DomainName { get; init; }

    public string? CertName { get; init; }

    [JsonConverter(typeof(TextAsBytes))]
    public byte[]? Certificate { get; init; }

    [JsonConverter(typeof(TextAsBytes))]
    public byte[]? PrivateKey { get; init; }

    /// <summary>True when it can be uploaded again: the vendor may keep the key to itself.</summary>
    [JsonIgnore]
    public bool IsWhole => Certificate is { Length: > 0 } && PrivateKey is { Length: > 0 };

    public void Dispose() => CryptographicOperations.ZeroMemory(PrivateKey);

    public override string ToString() => DomainName;

    /// <summary>A text that may be a private key goes into bytes that can be zeroed, never into a string.</summary>
    internal sealed class TextAsBytes : JsonConverter<byte[]>
    {
        public override byte[]? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null)
                return null;
            var buffer = new byte[reader.ValueSpan.Length];
            var text = buffer[..reader.CopyString(buffer)];
            CryptographicOperations.ZeroMemory(buffer);
            return text;
        }

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}

/// <summary>What a restore of CDN domains needs beside the ids: the certificates that CDN alone held.</summary>
internal static partial class CdnBackup
{
    /// <summary>Null when there is nothing to keep.</summary>
    public static TargetBackup? Of(IReadOnlyList<CdnOwnCertificate> own) =>
        own.Count == 0 ? null : new TargetBackup(JsonSerializer.SerializeToUtf8Bytes(own, BackupJson.Default.IReadOnlyListCdnOwnCertificate));

    public static IReadOnlyList<CdnOwnCertificate> Read(TargetBackup? backup) =>
        backup is null ? [] : JsonSerializer.Deserialize(backup.Bytes.Span, BackupJson.Default.IReadOnlyListCdnOwnCertificate) ?? [];

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(IReadOnlyList<CdnOwnCertificate>))]
    private sealed partial class BackupJson : JsonSerializerContext;
}
