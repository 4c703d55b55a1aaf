using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Targets;

/// <summary>The JSON schema (draft 2020-12) of a settings type, with what its annotations say, so that forms and documents need no second list.</summary>
internal static class SettingsSchema
{
    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = static (context, schema) =>
        {
            if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject properties)
                AddDefaults(properties, context.TypeInfo);
            return Annotate(schema, context.PropertyInfo?.AttributeProvider);
        },
    };

    public static JsonNode Of(Type settings) => SettingsJson.Options.GetJsonSchemaAsNode(settings, Exporter);

    private static JsonNode Annotate(JsonNode schema, ICustomAttributeProvider? attributes)
    {
        if (schema is not JsonObject node || attributes is null)
            return schema;
        foreach (var attribute in attributes.GetCustomAttributes(inherit: true))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    node.Insert(0, "description", description.Description);
                    break;
                case ISchemaPattern pattern:
                    node["pattern"] = pattern.Pattern;
                    break;
                case MinLengthAttribute least:
                    node[IsList(node) ? "minItems" : "minLength"] = least.Length;
                    break;
                case MaxLengthAttribute most:
                    node[IsList(node) ? "maxItems" : "maxLength"] = most.Length;
                    break;
                case RangeAttribute { Minimum: int minimum, Maximum: int maximum }:
                    node["minimum"] = minimum;
                    node["maximum"] = maximum;
                    break;
            }
        }

        return node;
    }

    // The exporter knows the defaults of constructor parameters only; these are what an object holds when nothing was set.
    private static void AddDefaults(JsonObject properties, JsonTypeInfo type)
    {
        var unset = Activator.CreateInstance(type.Type)!;
        foreach (var member in type.Properties)
        {
            if (member.Get?.Invoke(unset) is not { } value)
                continue;
            if (JsonSerializer.SerializeToNode(value, member.PropertyType, SettingsJson.Options) is JsonValue plain)
                properties[member.Name]!["default"] = plain;
        }
    }

    private static bool IsList(JsonObject schema) => schema.ContainsKey("items");
}

/// <summary>A rule that a JSON schema can state as a regular expression (ECMA-262).</summary>
internal interface ISchemaPattern
{
    string Pattern { get; }
}
