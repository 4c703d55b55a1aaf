using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Tests.Story;

/// <summary>Writes down what happened without what differs from one telling to the next: moments, drawn ids, keys and their hashes, ports, and whom the host trusts.</summary>
internal sealed partial class StoryText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<(string Value, string Name)> _names = [];

    /// <summary>Calls a value by a name from now on.</summary>
    public void Name(string value, string name) => _names.Add((value, name));

    /// <summary>A text or JSON, the members of its objects in the order of their names.</summary>
    public string Of(string text)
    {
        var told = text.StartsWith('{') || text.StartsWith('[') ? InOrder(JsonNode.Parse(text)!).ToJsonString(Indented) : text;
        // Before the names, because the token's id is one.
        told = Token().Replace(told, "<token>");
        foreach (var (value, name) in _names)
            told = told.Replace(value, name, StringComparison.Ordinal);
        told = Moment().Replace(told, "<time>");
        told = Chain().Replace(told, "<chain>");
        told = Der().Replace(told, "\"<der>\"");
        told = Month().Replace(told, "exp.<month>/<time>");
        told = Shard().Replace(told, "${index}.<shard>/");
        told = Sha256().Replace(told, "<sha256>");
        return Id().Replace(told, "<id>");
    }

    private static JsonNode InOrder(JsonNode node) => node switch
    {
        JsonObject all => new JsonObject(all.Where(static member => member.Key != "trust").OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, member.Value is null ? null : InOrder(member.Value)))),
        JsonArray all => new JsonArray([.. all.Select(static item => item is null ? null : InOrder(item))]),
        _ => node.DeepClone(),
    };

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d|\\u002B\d\d:\d\d)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Moment();

    [GeneratedRegex(@"\b\d{8}\.\d{6}[0-9a-z]{6}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Chain();

    [GeneratedRegex(@"""([A-Za-z0-9/=]|\\u002B){200,}""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Der();

    [GeneratedRegex(@"exp\.\d{6}/\d{17}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Month();

    [GeneratedRegex(@"\b(?<index>ca|fp|key)\.[0-9a-f]{2}/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shard();

    [GeneratedRegex(@"\bcrt_[0-9a-z]{1,20}_[0-9a-z]{50}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\b[0-9a-fA-F]{64}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\b([0-9a-f]{32}|[0-9a-z]{26})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();
}
