using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.App.Http;

/// <summary>How the API writes and reads JSON: camelCase, enums as words, nothing null; what comes in is held to its shape.</summary>
public static class EdgeJson
{
    /// <summary>For answers.</summary>
    public static JsonSerializerOptions Options { get; } = Make(reading: false);

    /// <summary>For requests: unknown and repeated properties are refused, and so are missing ones and nulls where the type has none.</summary>
    internal static JsonSerializerOptions Reading { get; } = Make(reading: true);

    private static JsonSerializerOptions Make(bool reading)
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Default)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // Answers are never embedded in HTML; names in other scripts stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = !reading,
            UnmappedMemberHandling = reading ? JsonUnmappedMemberHandling.Disallow : JsonUnmappedMemberHandling.Skip,
            MaxDepth = 32,
            // A watcher's first question should not wait until a serializer has been made by reflection.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(EarlyJson.Default, new DefaultJsonTypeInfoResolver()),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }
}

[JsonSerializable(typeof(Triggers.HealthView))]
internal sealed partial class EarlyJson : JsonSerializerContext;
