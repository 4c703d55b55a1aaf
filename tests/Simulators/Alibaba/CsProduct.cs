using System.Globalization;
using System.Text.Json.Nodes;
using Certrelay.Simulators.Kubernetes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Container Service 2015-12-15: its clusters, and kubeconfigs for them.</summary>
internal sealed class CsProduct(TimeProvider time)
{
    private const string Service = "cs";
    private const string Version = "2015-12-15";

    public List<KubernetesCluster> Clusters { get; } = [];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new(Service, Version, "DescribeClustersV1", "page_size page_number name region_id", "name", List) { Method = "GET", Path = "/api/v1/clusters" },
        new(Service, Version, "DescribeClusterUserKubeconfig", "PrivateIpAddress TemporaryDurationMinutes", "ClusterId", Kubeconfig) { Method = "GET", Path = "/k8s/{ClusterId}/user_config" },
    ];

    /// <summary>What the kubeconfig of the next answers says in place of the real one; null: the real one.</summary>
    public string? Instead { get; set; }

    private JsonObject List(AlibabaCall call) => new()
    {
        ["clusters"] = new JsonArray([.. Clusters.Select(static cluster => (JsonNode)new JsonObject { ["cluster_id"] = cluster.Id, ["name"] = "shop", ["state"] = "running" })]),
        ["page_info"] = new JsonObject { ["page_number"] = call.Number("page_number", 1), ["page_size"] = call.Number("page_size", 10), ["total_count"] = Clusters.Count },
    };

    private JsonObject Kubeconfig(AlibabaCall call)
    {
        if (call.TextOrNull("PrivateIpAddress") is not (null or "true" or "false"))
            throw AlibabaFault.Invalid("PrivateIpAddress");
        // Without it the vendor gives one that lasts for years, which no client of ours may ask for.
        var minutes = call.Number("TemporaryDurationMinutes");
        if (minutes is < 15 or > 4320)
            throw AlibabaFault.Invalid("TemporaryDurationMinutes");
        var cluster = Clusters.Find(one => one.Id == call.Text("ClusterId")) ?? throw new AlibabaFault(404, "ErrorClusterNotFound", "The specified cluster is not found.");
        var life = TimeSpan.FromMinutes(minutes);
        return new JsonObject
        {
            ["config"] = Instead ?? cluster.Kubeconfig("200000000000000001", life),
            ["expiration"] = (time.GetUtcNow() + life).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
    }
}
