using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Tests.Http;

/// <summary>
/// Compares JSON with a schema of the OpenAPI document, in the words that the document uses; a word that this does not know fails the test.
/// </summary>
internal static class SchemaCheck
{
    private static readonly HashSet<string> Known =
    [
        "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "format", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
        "pattern", "description", "default",
    ];

    /// <summary>
    /// What does not fit, each with its place. A property that the schema does not have is a fault too: what is answered is documented.
    /// </summary>
    public static IEnumerable<string> Faults(JsonNode? value, JsonNode schema, JsonObject document, string at = "")
    {
        if (schema.GetValueKind() == JsonValueKind.True)
            return [];
        var words = schema.AsObject();
        if (words["$ref"] is { } reference)
            return Faults(value, Resolve(document, (string)reference!), document, at);
        Assert.Empty(words.Select(word => word.Key).Except(Known));
        if (words["type"] is { } type && !Types(type).Any(name => Is(value, name)))
            return [$"{at}: {value?.ToJsonString() ?? "null"} is not {type.ToJsonString()}"];
        if (words["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
            return [$"{at}: {value?.ToJsonString()} is none of {choices.ToJsonString()}"];
        return value switch
        {
            JsonObject members => Members(members, words, document, at),
            JsonArray items when words["items"] is { } each => items.SelectMany((item, index) => Faults(item, each, document, $"{at}/{index}")),
            JsonValue text when words["pattern"] is { } pattern && !Regex.IsMatch((string)text!, (string)pattern!, default, TimeSpan.FromSeconds(1)) => [$"{at}: pattern"],
            JsonValue text when words["format"]?.ToString() == "date-time" && !DateTimeOffset.TryParse((string?)text, out _) => [$"{at}: no time"],
            _ => [],
        };
    }

    private static IEnumerable<string> Members(JsonObject members, JsonObject words, JsonObject document, string at)
    {
        var properties = words["properties"] as JsonObject;
        foreach (var name in words["required"]?.AsArray().Select(name => (string)name!) ?? [])
        {
            if (!members.ContainsKey(name))
                yield return $"{at}/{name}: is missing";
        }

        foreach (var (name, member) in members)
        {
            var schema = properties?[name] ?? (words["additionalProperties"] is { } other && other.GetValueKind() != JsonValueKind.False ? other : null);
            if (schema is not null)
            {
                foreach (var fault in Faults(member, schema, document, $"{at}/{name}"))
                    yield return fault;
            }
            else if (properties is not null)
            {
                yield return $"{at}/{name}: is not documented";
            }
        }
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray names ? names.Select(name => (string)name!) : [(string)type!];

    private static bool Is(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.Null, "null") or (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array") or (JsonValueKind.String, "string")
            or (JsonValueKind.True or JsonValueKind.False, "boolean") or (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => value!.GetValue<decimal>() % 1 == 0,
        _ => false,
    };

    private static JsonNode Resolve(JsonObject document, string reference)
    {
        Assert.StartsWith("#/", reference, StringComparison.Ordinal);
        return reference[2..].Split('/').Aggregate((JsonNode)document, (node, name) => node is JsonArray array
            ? array[int.Parse(name)]!
            : node[name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]!);
    }
}
