using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>What clients ask first: version, groups and resources. Without the aggregated form clients fall back to this one.</summary>
internal static class ClusterDiscovery
{
    /// <summary>The answer for a path; null for any other path.</summary>
    public static JsonObject? Answer(string path) => path.Trim('/').Split('/') switch
    {
        ["version"] => new JsonObject { ["major"] = "1", ["minor"] = "31", ["gitVersion"] = "v1.31.1-aliyun.1", ["platform"] = "linux/amd64" },
        ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        ["apis"] => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. ClusterResource.Groups.Select(Group)]) },
        ["api", "v1"] => Resources("", "v1"),
        ["apis", var group] when ClusterResource.Groups.Contains(group) => (JsonObject)Group(group)!,
        ["apis", var group, "v1"] when ClusterResource.Groups.Contains(group) => Resources(group, $"{group}/v1"),
        _ => null,
    };

    private static JsonNode? Group(string name)
    {
        var version = new JsonObject { ["groupVersion"] = $"{name}/v1", ["version"] = "v1" };
        return new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1", ["name"] = name, ["versions"] = new JsonArray(version), ["preferredVersion"] = version.DeepClone() };
    }

    private static JsonObject Resources(string group, string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = version,
        ["resources"] = new JsonArray([.. ClusterResource.All.Where(one => one.Group == group).Select(static one => (JsonNode)new JsonObject
        {
            ["name"] = one.Name,
            ["singularName"] = one.Singular,
            ["namespaced"] = one.Namespaced,
            ["kind"] = one.Kind,
            ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update"),
            ["shortNames"] = new JsonArray([.. one.ShortNames.Select(static name => (JsonNode)name)]),
        })]),
    };
}
