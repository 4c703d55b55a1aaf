using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Certrelay.Certificates;

namespace Certrelay.App.Http.OpenApi;

/// <summary>The schemas of the types that functions take and answer with, each once by its name, with what their annotations demand.</summary>
internal sealed class OpenApiSchemas
{
    private readonly SortedDictionary<string, (Type Type, bool Request, JsonNode Schema)> _schemas = new(StringComparer.Ordinal);

    /// <summary>A reference to the schema of a type as it is read.</summary>
    public JsonNode Request(Type type) => Reference(type, request: true);

    /// <summary>A reference to the schema of a type as it is written.</summary>
    public JsonNode Response(Type type) => Reference(type, request: false);

    public static JsonNode Text() => new JsonObject { ["type"] = "string" };

    public static JsonNode Bytes() => new JsonObject { ["type"] = "string", ["format"] = "binary" };

    /// <summary>The schema of a simple type in its place.</summary>
    public static JsonNode Plain(Type type) =>
        EdgeJson.Reading.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });

    public JsonObject ToJson() => new(_schemas.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.Schema.DeepClone())));

    private JsonObject Reference(Type type, bool request)
    {
        var name = NameOf(type);
        if (!_schemas.TryGetValue(name, out var known))
            _schemas[name] = (type, request, Export(type, name, request));
        else if (known.Type != type || known.Request != request)
            throw new InvalidOperationException($"{name}: two types have this name in the API document, or one is both taken and answered with.");
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? string.Concat(type.GetGenericArguments().Select(NameOf)) + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
        : type.Name;

    private static JsonNode Export(Type type, string name, bool request)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, schema) => Transform(context, schema, request),
        };
        var schema = (request ? EdgeJson.Reading : EdgeJson.Options).GetJsonSchemaAsNode(type, options);
        Rebase(schema, name);
        return schema;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema, bool request)
    {
        // The exporter knows nothing of what has its own converter.
        if (context.TypeInfo.Type == typeof(SecretText) || context.TypeInfo.Type == typeof(Fingerprint))
            return Text();
        if (schema is not JsonObject json)
            return schema;
        // Nothing null is written: what may be null may be absent.
        if (!request && json["required"] is JsonArray required)
        {
            var nullable = context.TypeInfo.Properties.Where(static property => property.IsGetNullable).Select(static property => property.Name);
            var present = required.Select(static name => name!.GetValue<string>()).Except(nullable, StringComparer.Ordinal);
            json["required"] = new JsonArray([.. present.Select(static name => (JsonNode)name)]);
        }

        if (context.PropertyInfo is { } property)
        {
            foreach (var annotation in Annotations.Of(property))
                Constrain(json, annotation);
        }

        return json;
    }

    private static void Constrain(JsonObject schema, ValidationAttribute annotation)
    {
        // "integer" and "string" may stand beside "null" in an array.
        var isArray = schema["type"] is { } type && type.ToJsonString().Contains("\"array\"", StringComparison.Ordinal);
        switch (annotation)
        {
            case StringLengthAttribute length:
                (schema["minLength"], schema["maxLength"]) = (length.MinimumLength, length.MaximumLength);
                break;
            case OneLineAttribute line:
                schema["maxLength"] = line.Longest;
                break;
            case MinLengthAttribute least:
                schema[isArray ? "minItems" : "minLength"] = least.Length;
                break;
            case MaxLengthAttribute most:
                schema[isArray ? "maxItems" : "maxLength"] = most.Length;
                break;
            case RegularExpressionAttribute expression:
                schema["pattern"] = expression.Pattern;
                break;
            case RangeAttribute { Minimum: int or double } range:
                schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
                schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
                break;
        }
    }

    /// <summary>The exporter refers to repeated types from the root of a schema, which lies deeper in the document.</summary>
    private static void Rebase(JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject json:
                if (json["$ref"]?.GetValue<string>() is ['#', .. var path])
                    json["$ref"] = $"#/components/schemas/{name}{path}";
                foreach (var (_, child) in json)
                    Rebase(child, name);
                break;
            case JsonArray array:
                foreach (var child in array)
                    Rebase(child, name);
                break;
        }
    }
}
