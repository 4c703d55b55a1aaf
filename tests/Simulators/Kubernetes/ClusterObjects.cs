using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>The objects of a cluster with their versions and owners.</summary>
internal sealed class ClusterObjects(TimeProvider time)
{
    private readonly Dictionary<(ClusterResource Resource, string? Namespace, string Name), Kept> _all = [];
    private long _version = 1000;

    /// <summary>How often anything changed.</summary>
    public long Version => _version;

    public IEnumerable<JsonObject> Of(string kind) => _all.Where(one => one.Key.Resource.Kind == kind).Select(static one => one.Value.Object);

    public JsonObject? Find(string kind, string? @namespace, string name) => _all.FirstOrDefault(one => one.Key.Resource.Kind == kind && one.Key.Namespace == @namespace && one.Key.Name == name).Value?.Object;

    public JsonObject Answer(ClusterRequest request) => request.Verb switch
    {
        "get" => Shown(Live(request)),
        "list" => List(request),
        "create" => Create(request, request.Body() as JsonObject ?? throw ClusterFault.BadRequest("no object")),
        "update" => Update(request),
        "apply" => Apply(request, request.Body() as JsonObject ?? throw ClusterFault.BadRequest("no object")),
        "patch" => Patch(request, request.Body() as JsonArray ?? throw ClusterFault.BadRequest("a JSON patch is a list")),
        _ => Delete(request),
    };

    private static (ClusterResource, string?, string) KeyOf(ClusterRequest request, string name) => (request.Resource, request.Namespace, name);

    private Kept Live(ClusterRequest request) => _all.GetValueOrDefault(KeyOf(request, request.Name!)) ?? throw ClusterFault.NotFound(request.Resource.FullName, request.Name!);

    private JsonObject List(ClusterRequest request) => new()
    {
        ["kind"] = $"{request.Resource.Kind}List",
        ["apiVersion"] = request.Resource.ApiVersion,
        ["metadata"] = new JsonObject { ["resourceVersion"] = $"{_version}" },
        ["items"] = new JsonArray([.. _all.Where(one => one.Key.Resource == request.Resource && (request.Namespace is null || one.Key.Namespace == request.Namespace)).Select(static one => (JsonNode)Shown(one.Value))]),
    };

    private JsonObject Create(ClusterRequest request, JsonObject wanted)
    {
        var name = (string?)wanted["metadata"]?["name"] ?? throw ClusterFault.Invalid("metadata.name: Required value");
        if (_all.ContainsKey(KeyOf(request, name)))
            throw new ClusterFault(409, "AlreadyExists", $"{request.Resource.FullName} \"{name}\" already exists");
        Match(request with { Name = name }, wanted);
        var fresh = Fresh(request, name);
        var made = (JsonObject)wanted.DeepClone();
        fresh.Owners.Update([], made, request.Manager);
        return Put(request, name, fresh, made, before: null);
    }

    private JsonObject Update(ClusterRequest request)
    {
        var (live, wanted) = (Live(request), request.Body() as JsonObject ?? throw ClusterFault.BadRequest("no object"));
        Match(request, wanted);
        if ((string?)wanted["metadata"]?["resourceVersion"] is { } read && read != live.Version)
            throw Modified(request);
        var (before, after) = (live.Object, (JsonObject)wanted.DeepClone());
        live.Owners.Update(before, after, request.Manager);
        return Put(request, request.Name!, live, after, before);
    }

    private JsonObject Apply(ClusterRequest request, JsonObject wanted)
    {
        if (request.Value("fieldManager") is null)
            throw ClusterFault.Invalid("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        Match(request, wanted);
        if (wanted["metadata"]?["managedFields"] is not null)
            throw ClusterFault.BadRequest("metadata.managedFields must be nil");
        var live = _all.GetValueOrDefault(KeyOf(request, request.Name!));
        if ((string?)wanted["metadata"]?["resourceVersion"] is { } read && read != live?.Version)
            throw Modified(request);
        var kept = live ?? Fresh(request, request.Name!);
        var result = kept.Owners.Apply(live?.Object ?? [], wanted, request.Manager, request.Value("force") == "true", request.Resource.ApiVersion);
        return Put(request, request.Name!, kept, result, live?.Object);
    }

    private JsonObject Patch(ClusterRequest request, JsonArray steps)
    {
        var live = Live(request);
        var result = JsonPatch.Apply(Shown(live), steps);
        var (before, after) = (live.Object, result);
        Match(request, after);
        live.Owners.Update(before, after, request.Manager);
        return Put(request, request.Name!, live, after, before);
    }

    private JsonObject Delete(ClusterRequest request)
    {
        var live = Live(request);
        if (request.Http.Body.Length > 0 && request.Body()["preconditions"]?["uid"] is { } uid && (string?)uid != live.Uid)
            throw new ClusterFault(409, "Conflict", $"Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid}");
        _all.Remove(KeyOf(request, request.Name!));
        _version++;
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = new JsonObject { ["name"] = request.Name, ["uid"] = live.Uid } };
    }

    private JsonObject Put(ClusterRequest request, string name, Kept kept, JsonObject wanted, JsonObject? before)
    {
        (wanted["apiVersion"], wanted["kind"]) = (request.Resource.ApiVersion, request.Resource.Kind);
        var metadata = (JsonObject)(wanted["metadata"] ??= new JsonObject());
        metadata["name"] = name;
        if (request.Namespace is not null)
            metadata["namespace"] = request.Namespace;
        foreach (var own in (string[])["uid", "resourceVersion", "creationTimestamp", "managedFields"])
            metadata.Remove(own);
        if (request.Resource.Kind == "Secret")
            wanted["type"] ??= "Opaque";
        request.Resource.Check(wanted, before);
        // A write that changes nothing makes no version.
        if (!JsonNode.DeepEquals(before, wanted) || kept.OwnersAsKept != kept.Owners.ToJson(request.Resource.ApiVersion).ToJsonString())
            kept.Version = (++_version).ToString(CultureInfo.InvariantCulture);
        kept.Object = wanted;
        kept.OwnersAsKept = kept.Owners.ToJson(request.Resource.ApiVersion).ToJsonString();
        _all[KeyOf(request, name)] = kept;
        return Shown(kept);
    }

    private Kept Fresh(ClusterRequest request, string name) =>
        name.Length is > 0 and <= 253 && name.All(static one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one is '-' or '.')
            ? new Kept(Guid.NewGuid().ToString(), time.GetUtcNow(), new FieldOwners(time))
            : throw ClusterFault.Invalid($"{request.Resource.Kind} \"{name}\" is invalid: metadata.name: Invalid value");

    private static void Match(ClusterRequest request, JsonObject wanted)
    {
        if ((string?)wanted["apiVersion"] != request.Resource.ApiVersion || (string?)wanted["kind"] != request.Resource.Kind)
            throw ClusterFault.BadRequest("the object provided is of another kind or version than the path");
        if ((string?)wanted["metadata"]?["name"] != request.Name)
            throw ClusterFault.BadRequest("the name of the object does not match the name on the URL");
        if ((string?)wanted["metadata"]?["namespace"] is { } own && own != request.Namespace)
            throw ClusterFault.BadRequest("the namespace of the object does not match the namespace on the URL");
    }

    private static ClusterFault Modified(ClusterRequest request) => new(
        409, "Conflict", $"Operation cannot be fulfilled on {request.Resource.FullName} \"{request.Name}\": the object has been modified; please apply your changes to the latest version and try again");

    private static JsonObject Shown(Kept kept)
    {
        var shown = (JsonObject)kept.Object.DeepClone();
        var metadata = (JsonObject)shown["metadata"]!;
        (metadata["uid"], metadata["resourceVersion"]) = (kept.Uid, kept.Version);
        metadata["creationTimestamp"] = kept.Created.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        metadata["managedFields"] = JsonNode.Parse(kept.OwnersAsKept);
        return shown;
    }

    private sealed class Kept(string uid, DateTimeOffset created, FieldOwners owners)
    {
        public string Uid => uid;

        public DateTimeOffset Created => created;

        public FieldOwners Owners => owners;

        public string OwnersAsKept { get; set; } = "[]";

        public string Version { get; set; } = "";

        public JsonObject Object { get; set; } = [];
    }
}
