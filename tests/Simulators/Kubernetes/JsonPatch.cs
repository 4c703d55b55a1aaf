using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>JSON patches (RFC 6902): <c>test</c>, <c>add</c>, <c>replace</c> and <c>remove</c>; a test that fails is told as the API server tells it.</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject to, JsonArray steps)
    {
        var result = (JsonObject)to.DeepClone();
        foreach (var step in steps)
            Apply(result, step as JsonObject ?? throw ClusterFault.BadRequest("error decoding patch"));
        return result;
    }

    private static void Apply(JsonObject to, JsonObject step)
    {
        var path = (string?)step["path"] ?? throw ClusterFault.BadRequest("error decoding patch: no path");
        var parts = path.Split('/').Skip(1).Select(static part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        if (parts.Length == 0)
            throw ClusterFault.BadRequest("error decoding patch: the whole object");
        JsonNode at = to;
        foreach (var part in parts[..^1])
            at = Member(at, part) ?? throw Rejected();
        var (last, value) = (parts[^1], step["value"]?.DeepClone());
        switch ((string?)step["op"])
        {
            case "test" when JsonNode.DeepEquals(Member(at, last), value):
                break;
            case "test":
                throw Rejected();
            case "replace" when Member(at, last) is null:
                throw Rejected();
            case "replace" or "add" when at is JsonObject map:
                map[last] = value;
                break;
            case "replace" when at is JsonArray list:
                list[int.Parse(last, CultureInfo.InvariantCulture)] = value;
                break;
            case "add" when at is JsonArray list && last == "-":
                list.Add(value);
                break;
            case "remove" when at is JsonObject map && map.Remove(last):
                break;
            case "remove" when at is JsonArray list:
                list.RemoveAt(int.Parse(last, CultureInfo.InvariantCulture));
                break;
            default:
                throw Rejected();
        }
    }

    private static JsonNode? Member(JsonNode at, string part) => at switch
    {
        JsonObject map => map[part],
        JsonArray list => int.TryParse(part, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < list.Count ? list[index] : null,
        _ => null,
    };

    private static ClusterFault Rejected() => ClusterFault.Invalid("the server rejected our request due to an error in our request");
}
