using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Targets;

/// <summary>What a setting should have been, in words for whoever wrote it.</summary>
internal static class SettingsWords
{
    public static string Expected(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "must be an object.",
            JsonTypeInfoKind.Enumerable => "must be a list.",
            _ when plain.IsEnum => $"must be one of {string.Join(", ", Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName))}.",
            _ when plain == typeof(string) => "must be a text.",
            _ when plain == typeof(bool) => "must be true or false.",
            _ when plain == typeof(int) || plain == typeof(long) => "must be a whole number.",
            _ when plain == typeof(TimeSpan) => "must be a duration such as 00:00:30.",
            _ => "cannot be read.",
        };
    }

    public static string Unknown(IEnumerable<string> known) => known.ToList() switch
    {
        [] => "is not a setting; this kind has none.",
        var names => $"is not a setting; there are {string.Join(", ", names)}.",
    };
}
