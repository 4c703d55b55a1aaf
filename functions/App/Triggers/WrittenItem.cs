using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Records.Lists;

namespace Certrelay.App.Triggers;

/// <summary>A <see cref="CertificateItem"/> as JSON, kept as long as its record stands: a list that many look at is nearly the same from one look to the next.</summary>
[JsonConverter(typeof(WrittenItemConverter))]
internal sealed record WrittenItem(LineageRecord Lineage, CertificateState? State, byte[] Json)
{
    // Some hundred kilobytes.
    private const int Most = 1024;

    private static readonly BoundedCache<string, WrittenItem> Known = new(Most, StringComparer.Ordinal);

    /// <summary>The item of a record at a moment; written anew when the record is another one, or its state has changed with time.</summary>
    public static WrittenItem Of(LineageRecord lineage, DateTimeOffset now)
    {
        CertificateState? state = lineage.Leaf is { } leaf ? CertificateFilter.StateOf(leaf, now) : null;
        if (Known.TryGet(lineage.Name, out var known) && ReferenceEquals(known.Lineage, lineage) && known.State == state)
            return known;
        var written = new WrittenItem(lineage, state, JsonSerializer.SerializeToUtf8Bytes(CertificateItem.Of(lineage, now), EdgeJson.Options));
        Known.Set(lineage.Name, written);
        return written;
    }

    /// <summary>Writes an item as it was written before.</summary>
    private sealed class WrittenItemConverter : JsonConverter<WrittenItem>
    {
        public override WrittenItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Items of lists are answers only.");

        public override void Write(Utf8JsonWriter writer, WrittenItem value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}
