using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Targets;

/// <summary>How settings are written: camelCase, nothing unknown, nothing twice, no null where the type takes none.</summary>
internal static class SettingsJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>Settings as somebody would write them in full; what is null is left out.</summary>
    public static JsonElement Write(object settings) => JsonSerializer.SerializeToElement(settings, settings.GetType(), Options);

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }
}
