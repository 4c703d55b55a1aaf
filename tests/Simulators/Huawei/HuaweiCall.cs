using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>One action: where it is called, whether it changes anything, and who answers.</summary>
internal sealed record HuaweiRoute(string Method, string Template, string Action, bool Writes, Func<HuaweiCall, SimulatorAnswer> Answer)
{
    // Of the product where one is documented (ELB.8902, WAF.00011001); the others are made up, because no table of theirs could be found.
    public string BadParameter => Action.Split('.')[0] switch
    {
        "elb" => "ELB.8902",
        "waf" => "WAF.00011001",
        "scm" => "SCM.0001",
        "cdn" => "CDN.0001",
        _ => "IAM.0007",
    };

    /// <summary>The variables of the path when it is this action's; null when not.</summary>
    public Dictionary<string, string>? Match(string method, string path)
    {
        var (want, have) = (Template.Split('/'), path.Split('/'));
        if (method != Method || want.Length != have.Length)
            return null;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < want.Length; index++)
        {
            if (want[index].StartsWith('{'))
                variables[want[index].Trim('{', '}')] = Uri.UnescapeDataString(have[index]);
            else if (want[index] != have[index])
                return null;
        }

        return variables;
    }
}

/// <summary>One call to an action, with its parameters in the places where they belong.</summary>
internal sealed class HuaweiCall(HuaweiRoute route, SimulatorRequest request, IReadOnlyDictionary<string, string> path)
{
    private JsonObject? _body;

    public HuaweiRoute Route { get; } = route;

    /// <summary>What the call is about, for the list of calls.</summary>
    public string Resource { get; set; } = path.LastOrDefault(static pair => pair.Key != "project_id").Value ?? "";

    public JsonObject Body => _body ??= HuaweiAnswers.Body(request, Route.BadParameter);

    public string Path(string name) => path[name];

    public bool HasPath(string name) => path.ContainsKey(name);

    public string? Header(string name) => request.Header(name);

    public IReadOnlyList<string> QueryAll(string name) => [.. request.Query.Where(pair => pair.Key == name).Select(static pair => pair.Value)];

    public string? Query(string name) => QueryAll(name) is [var first, ..] ? first : null;

    /// <summary>A number of the query within its limits.</summary>
    public int Number(string name, int usual, int least, int most) => Query(name) is not { } text ? usual
        : int.TryParse(text, out var number) && number >= least && number <= most ? number
        : throw Bad(name, $"must be a number from {least} to {most}");

    public HuaweiRefusal Bad(string name, string why) => new(400, Route.BadParameter, $"The parameter {name} {why}.");

    /// <summary>A text in an object; null when it is left out.</summary>
    public string? Text(JsonObject from, string name) => from[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Bad(name, "must be a text"),
    };

    public string Required(JsonObject from, string name) => Text(from, name) is { Length: > 0 } text ? text : throw Bad(name, "is missing");

    public int? Integer(JsonObject from, string name) => from[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        _ => throw Bad(name, "must be a number"),
    };

    public JsonObject Object(JsonObject from, string name) => from[name] as JsonObject ?? throw Bad(name, "is missing");

    /// <summary>The texts of a list; null when it is left out.</summary>
    public IReadOnlyList<string>? Texts(JsonObject from, string name) => from[name] switch
    {
        null => null,
        JsonArray array when array.All(static item => item?.GetValueKind() == JsonValueKind.String) => [.. array.Select(static item => item!.GetValue<string>())],
        _ => throw Bad(name, "must be a list of texts"),
    };
}
