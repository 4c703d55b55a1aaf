using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>One action: the parameters that it knows, with their types, and what it does.</summary>
/// <param name="Name">With its service: <c>ssl.UploadCertificate</c>.</param>
/// <param name="Parameters">Names with types, apart by spaces: <c>CertificateId:text! Offset:number Tags:list</c>; a mark of exclamation: required.</param>
/// <param name="About">The parameter that names what the call is about; empty: none does.</param>
internal sealed record TencentAction(string Name, string Parameters, string About, Func<TencentCall, JsonObject> Answer)
{
    public bool Writes { get; init; }

    /// <summary>True where the vendor wants <c>X-TC-Region</c>.</summary>
    public bool Regional { get; init; }

    /// <summary>Refuses parameters that are missing, unknown or of another type; throws <see cref="TencentFault"/>.</summary>
    public void Check(TencentCall call)
    {
        if (Regional && call.Region is null)
            throw TencentFault.Missing("X-TC-Region");
        var known = Parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => word.Split(':')).ToList();
        foreach (var name in known.Where(word => word[1].EndsWith('!') && call.Body[word[0]] is null).Select(static word => word[0]))
            throw TencentFault.Missing(name);
        foreach (var (name, value) in call.Body)
        {
            var rule = known.Find(word => word[0] == name)
                ?? throw new TencentFault("UnknownParameter", $"The parameter `{name}` is not recognized.");
            if (value is not null && KindOf(value) != rule[1].TrimEnd('!'))
                throw TencentFault.Invalid($"The value type of parameter `{name}` is not valid.");
        }
    }

    private static string KindOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "flag",
        JsonValueKind.Array => "list",
        _ => "object",
    };
}

/// <summary>One call whose signature holds: its region, its body and the id under which it is answered.</summary>
internal sealed record TencentCall(string? Region, JsonObject Body, string RequestId)
{
    public string Text(string name) => TextOrNull(name) ?? throw TencentFault.Missing(name);

    public string? TextOrNull(string name) => Body[name]?.GetValue<string>();

    public int Number(string name, int otherwise) => Body[name]?.GetValue<int>() ?? otherwise;

    public bool Flag(string name, bool otherwise) => Body[name]?.GetValue<bool>() ?? otherwise;

    public IReadOnlyList<string> Texts(string name) => Body[name] is JsonArray list ? TextsOf(list, name) : [];

    /// <summary>The strings of a list; throws <see cref="TencentFault"/> where something else is among them.</summary>
    public static IReadOnlyList<string> TextsOf(JsonNode? list, string name)
    {
        if (list is not JsonArray all || all.Any(static one => one?.GetValueKind() != JsonValueKind.String))
            throw TencentFault.Invalid($"The value type of parameter `{name}` is not valid.");
        return [.. all.Select(static one => one!.GetValue<string>())];
    }

    /// <summary>A string within an object; null without it.</summary>
    public static string? Inner(JsonNode? node, string name)
    {
        if (node is not JsonObject inner || inner[name] is not { } value)
            return null;
        return value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw TencentFault.Invalid($"The value type of parameter `{name}` is not valid.");
    }

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(static text => (JsonNode)text)];
}
