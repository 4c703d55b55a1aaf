using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>What a request asks of which object.</summary>
internal sealed record ClusterRequest(string Verb, ClusterResource Resource, string? Namespace, string? Name, SimulatorRequest Http)
{
    public const string ApplyType = "application/apply-patch+yaml";
    public const string JsonPatchType = "application/json-patch+json";

    private static readonly string[] Verbs = ["create", "apply", "patch", "update", "delete"];

    public bool Writes => Verbs.Contains(Verb);

    /// <summary>As the list of calls has it: <c>k8s.ApplySecret</c>.</summary>
    public string Action => $"k8s.{char.ToUpperInvariant(Verb[0])}{Verb[1..]}{(Verb == "list" ? $"{char.ToUpperInvariant(Resource.Name[0])}{Resource.Name[1..]}" : Resource.Kind)}";

    public string About => Namespace is null ? Name ?? "" : $"{Namespace}/{Name}".TrimEnd('/');

    /// <summary>Who writes: as the request says, else as its agent does.</summary>
    public string Manager => Value("fieldManager") ?? (Http.Header("User-Agent") ?? "unknown").Split('/')[0];

    private string ContentType => (Http.Header("Content-Type") ?? "").Split(';')[0];

    /// <summary>The request for an object; null for a path that names none. Throws <see cref="ClusterFault"/> for methods and media types that the API does not take.</summary>
    public static ClusterRequest? Of(SimulatorRequest http)
    {
        var path = http.RawPath.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        (string Group, string[] Places) split = path switch
        {
            ["api", "v1", .. var rest] => ("", rest),
            ["apis", var group, "v1", .. var rest] => (group, rest),
            _ => ("", []),
        };
        var (@namespace, places) = split.Places is ["namespaces", var named, .. var inside] && inside.Length > 0 ? (named, inside) : (null, split.Places);
        if (places.Length is 0 or > 2 || ClusterResource.All.FirstOrDefault(one => one.Group == split.Group && one.Name == places[0]) is not { } resource)
            return null;
        if (resource.Namespaced && @namespace is null && places.Length > 1)
            return null;
        var request = new ClusterRequest("", resource, @namespace, places.Length > 1 ? places[1] : null, http);
        return request with { Verb = request.VerbOf() };
    }

    public string? Value(string name) => Http.Query.Where(one => one.Key == name).Select(static one => one.Value).FirstOrDefault();

    public JsonNode Body()
    {
        try
        {
            return JsonNode.Parse(Http.Body) ?? throw ClusterFault.BadRequest("the body is empty");
        }
        catch (System.Text.Json.JsonException)
        {
            throw ClusterFault.BadRequest("the body cannot be read; this server takes the JSON form of YAML only");
        }
    }

    private string VerbOf() => (Http.Method, Name) switch
    {
        ("GET", null) => "list",
        ("GET", _) => "get",
        ("DELETE", { }) => "delete",
        ("POST", null) when ContentType == "application/json" => "create",
        ("PUT", { }) when ContentType == "application/json" => "update",
        ("PATCH", { }) when ContentType == ApplyType => "apply",
        ("PATCH", { }) when ContentType == JsonPatchType => "patch",
        ("POST" or "PUT" or "PATCH", _) => throw ClusterFault.MediaType(ContentType),
        _ => throw new ClusterFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
    };
}
