using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>
/// Who set which fields of an object, as server-side apply keeps it. Maps are followed to their members; a list is one value (<c>listType: atomic</c>), as <c>spec.tls</c>
/// and <c>spec.rules</c> of an Ingress are, and every list of a custom resource.
/// </summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/server-side-apply/</remarks>
internal sealed class FieldOwners(TimeProvider time)
{
    // No member's name holds it.
    private const char Joint = '\n';

    private static readonly string[] ServersOwn = ["apiVersion", "kind", "metadata\nname", "metadata\nnamespace", "metadata\nuid", "metadata\nresourceVersion", "metadata\ncreationTimestamp", "metadata\nmanagedFields"];

    private readonly List<Owner> _owners = [];

    /// <summary>The object behind an apply; throws <see cref="ClusterFault"/> (409) naming each manager whose field would change, unless it is forced.</summary>
    public JsonObject Apply(JsonObject live, JsonObject wanted, string manager, bool force, string apiVersion)
    {
        var (now, next) = (Leaves(live), Leaves(wanted));
        var conflicts = (from leaf in next
                         where now.TryGetValue(leaf.Key, out var value) && !JsonNode.DeepEquals(value, leaf.Value)
                         from owner in _owners
                         where owner.Fields.Contains(leaf.Key) && !owner.Is(manager, "Apply")
                         select (owner.Manager, Field: Shown(leaf.Key))).Distinct().ToList();
        if (conflicts.Count > 0 && !force)
        {
            var causes = new JsonArray([.. conflicts.Select(conflict => (JsonNode)new JsonObject
            {
                ["reason"] = "FieldManagerConflict",
                ["message"] = $"conflict with \"{conflict.Manager}\" using {apiVersion}",
                ["field"] = conflict.Field,
            })]);
            throw new ClusterFault(
                409, "Conflict", $"Apply failed with {conflicts.Count} conflict{(conflicts.Count == 1 ? "" : "s")}: {string.Join(", ", conflicts.Select(conflict => $"conflict with \"{conflict.Manager}\" using {apiVersion}: {conflict.Field}"))}", causes);
        }

        var result = (JsonObject)live.DeepClone();
        var own = _owners.Find(owner => owner.Is(manager, "Apply"));
        foreach (var gone in own?.Fields.Where(field => !next.ContainsKey(field) && !_owners.Exists(other => other != own && other.Fields.Contains(field))).ToList() ?? [])
            Remove(result, gone);
        foreach (var (field, value) in next)
        {
            if (now.TryGetValue(field, out var old) && !JsonNode.DeepEquals(old, value))
                _owners.ForEach(owner => owner.Fields.Remove(field));
            Set(result, field, value);
        }

        Own(manager, "Apply", [.. next.Keys]);
        return result;
    }

    /// <summary>Notes any other write: whoever changes a field takes it.</summary>
    public void Update(JsonObject before, JsonObject after, string manager)
    {
        var (old, now) = (Leaves(before), Leaves(after));
        var changed = now.Where(leaf => !old.TryGetValue(leaf.Key, out var value) || !JsonNode.DeepEquals(value, leaf.Value)).Select(static leaf => leaf.Key).ToList();
        foreach (var field in changed.Concat(old.Keys.Except(now.Keys)))
            _owners.ForEach(owner => owner.Fields.Remove(field));
        if (changed.Count > 0)
            Own(manager, "Update", [.. _owners.Find(owner => owner.Is(manager, "Update"))?.Fields ?? [], .. changed]);
    }

    /// <summary><c>metadata.managedFields</c>.</summary>
    public JsonArray ToJson(string apiVersion)
    {
        _owners.RemoveAll(static owner => owner.Fields.Count == 0);
        return [.. _owners.Select(owner => (JsonNode)new JsonObject
        {
            ["manager"] = owner.Manager,
            ["operation"] = owner.Operation,
            ["apiVersion"] = apiVersion,
            ["time"] = owner.At.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Tree(owner.Fields),
        })];
    }

    private void Own(string manager, string operation, HashSet<string> fields)
    {
        var same = _owners.Find(owner => owner.Is(manager, operation));
        if (same is not null && same.Fields.SetEquals(fields))
            return;
        _owners.RemoveAll(owner => owner.Is(manager, operation));
        _owners.Add(new Owner(manager, operation, fields, time.GetUtcNow()));
    }

    private static JsonObject Tree(IEnumerable<string> fields)
    {
        var root = new JsonObject();
        foreach (var field in fields)
        {
            var at = root;
            foreach (var part in field.Split(Joint))
                at = (JsonObject)(at[$"f:{part}"] ??= new JsonObject());
        }

        return root;
    }

    private static Dictionary<string, JsonNode?> Leaves(JsonObject map)
    {
        var all = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        Collect(map, "", all);
        foreach (var own in ServersOwn)
            all.Remove(own);
        foreach (var field in all.Keys.Where(static field => field.StartsWith("metadata\nmanagedFields", StringComparison.Ordinal)).ToList())
            all.Remove(field);
        return all;
    }

    private static void Collect(JsonObject map, string prefix, Dictionary<string, JsonNode?> all)
    {
        foreach (var (name, value) in map)
        {
            if (value is JsonObject { Count: > 0 } inner)
                Collect(inner, $"{prefix}{name}{Joint}", all);
            else
                all[$"{prefix}{name}"] = value;
        }
    }

    private static void Set(JsonObject map, string field, JsonNode? value)
    {
        var parts = field.Split(Joint);
        foreach (var part in parts[..^1])
            map = (JsonObject)(map[part] ??= new JsonObject());
        map[parts[^1]] = value?.DeepClone();
    }

    private static void Remove(JsonObject map, string field)
    {
        var parts = field.Split(Joint);
        foreach (var part in parts[..^1])
        {
            if (map[part] is not JsonObject inner)
                return;
            map = inner;
        }

        map.Remove(parts[^1]);
    }

    private static string Shown(string field) => $".{string.Join('.', field.Split(Joint))}";

    private sealed record Owner(string Manager, string Operation, HashSet<string> Fields, DateTimeOffset At)
    {
        public bool Is(string manager, string operation) => Manager == manager && Operation == operation;
    }
}
