using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.App.Http;

/// <summary>Compares a JSON value with a type and collects what does not fit, where the serializer would stop at the first fault.</summary>
internal static class JsonShape
{
    // A body that is wrong all over is told so; nobody reads on.
    private const int MostFaults = 100;

    // That of our own names; what the API calls its fields is shorter.
    private const int LongestName = 63;

    private static readonly JsonSchemaExporterOptions NotNull = new() { TreatNullObliviousAsNonNullable = true };

    public static void Check(JsonElement element, JsonTypeInfo type, string pointer, List<RequestFault> faults)
    {
        if (faults.Count >= MostFaults)
            return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when type.PolymorphismOptions is null:
                CheckObject(element, type, pointer, faults);
                break;
            case JsonTypeInfoKind.Enumerable when element.ValueKind == JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                    CheckValue(item, type.ElementType!, nullable: false, $"{pointer}/{index}", faults);
                break;
            case JsonTypeInfoKind.Enumerable:
                faults.Add(new RequestFault(pointer, "is to be an array"));
                break;
            case JsonTypeInfoKind.Dictionary when element.ValueKind == JsonValueKind.Object:
                CheckDictionary(element, type, pointer, faults);
                break;
            case JsonTypeInfoKind.Dictionary:
                faults.Add(new RequestFault(pointer, "is to be an object"));
                break;
            default:
                CheckLeaf(element, type, pointer, faults);
                break;
        }
    }

    private static void CheckObject(JsonElement element, JsonTypeInfo type, string pointer, List<RequestFault> faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new RequestFault(pointer, "is to be an object"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var at = $"{pointer}/{Escape(member.Name)}";
            if (!seen.Add(member.Name))
                faults.Add(new RequestFault(at, "occurs twice"));
            else if (type.Properties.FirstOrDefault(property => property.Name == member.Name && property.Set is not null) is { } property)
                CheckValue(member.Value, property.PropertyType, property.IsSetNullable, at, faults);
            else
                faults.Add(new RequestFault(at, "is unknown"));
        }

        faults.AddRange(type.Properties.Where(property => property.IsRequired && !seen.Contains(property.Name))
            .Select(property => new RequestFault($"{pointer}/{property.Name}", "is missing")));
    }

    private static void CheckDictionary(JsonElement element, JsonTypeInfo type, string pointer, List<RequestFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var at = $"{pointer}/{Escape(member.Name)}";
            if (!seen.Add(member.Name))
                faults.Add(new RequestFault(at, "occurs twice"));
            CheckValue(member.Value, type.ElementType!, nullable: false, at, faults);
        }
    }

    private static void CheckValue(JsonElement element, Type type, bool nullable, string pointer, List<RequestFault> faults)
    {
        if (element.ValueKind != JsonValueKind.Null)
            Check(element, EdgeJson.Reading.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type), pointer, faults);
        else if (!nullable && Nullable.GetUnderlyingType(type) is null)
            faults.Add(new RequestFault(pointer, "must not be null"));
    }

    private static void CheckLeaf(JsonElement element, JsonTypeInfo type, string pointer, List<RequestFault> faults)
    {
        try
        {
            (element.Deserialize(type) as IDisposable)?.Dispose();
        }
        catch (JsonException)
        {
            faults.Add(new RequestFault(pointer, Expected(type)));
        }
    }

    private static string Expected(JsonTypeInfo type)
    {
        var schema = type.GetJsonSchemaAsNode(NotNull) as JsonObject;
        if (schema?["enum"] is JsonArray words)
            return $"is to be one of {string.Join(", ", words.Select(static word => word!.GetValue<string>()))}";
        return (type.Type, schema?["type"]?.ToString()) switch
        {
            ({ } moment, _) when moment == typeof(DateTimeOffset) => "is to be a time such as 2026-01-05T08:00:00Z",
            ({ } span, _) when span == typeof(TimeSpan) => "is to be a time span such as 00:05:00",
            ({ } text, _) when text == typeof(SecretText) => "is to be a string",
            (_, "boolean") => "is to be true or false",
            (_, "string") => "is to be a string",
            (_, "integer") => "is to be an integer",
            (_, "number") => "is to be a number",
            _ => "cannot be read",
        };
    }

    /// <summary>A member's name in a JSON pointer. One that is no name may be anything, a key put in the wrong place too, and is not repeated in answer and log.</summary>
    private static string Escape(string name) => name.Length <= LongestName && !name.Any(char.IsControl)
        ? name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
        : string.Create(CultureInfo.InvariantCulture, $"({name.Length} characters)");
}
