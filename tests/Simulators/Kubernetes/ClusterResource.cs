using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>One resource that the API serves, and what it demands of an object.</summary>
internal sealed record ClusterResource(string Group, string Name, string Kind, bool Namespaced, string[] ShortNames, Action<JsonObject, JsonObject?> Check)
{
    public static IReadOnlyList<ClusterResource> All { get; } =
    [
        new("", "secrets", "Secret", Namespaced: true, [], CheckSecret),
        new("networking.k8s.io", "ingresses", "Ingress", Namespaced: true, ["ing"], static (ingress, _) => CheckIngress(ingress)),
        new("alibabacloud.com", "albconfigs", "AlbConfig", Namespaced: false, [], static (config, _) => CheckAlbConfig(config)),
    ];

    public static IEnumerable<string> Groups => All.Select(static one => one.Group).Where(static group => group.Length > 0).Distinct();

    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    /// <summary>As refusals name it: <c>ingresses.networking.k8s.io</c>.</summary>
    public string FullName => Group.Length == 0 ? Name : $"{Name}.{Group}";

    public string Singular => Kind.ToLowerInvariant();

    private static void CheckSecret(JsonObject secret, JsonObject? before)
    {
        if (before is not null && (string?)before["type"] != (string?)secret["type"])
            throw ClusterFault.Invalid($"Secret \"{NameOf(secret)}\" is invalid: type: Invalid value: field is immutable");
        if (before?["immutable"] is not null && (bool)before["immutable"]! && !JsonNode.DeepEquals(before["data"], secret["data"]))
            throw ClusterFault.Invalid($"Secret \"{NameOf(secret)}\" is invalid: data: Forbidden: field is immutable when `immutable` is set");
        foreach (var (name, value) in secret["data"] as JsonObject ?? [])
            Decode((string?)value ?? throw ClusterFault.BadRequest($"data.{name} is no text"));
        if ((string?)secret["type"] != "kubernetes.io/tls")
            return;
        foreach (var name in (string[])["tls.crt", "tls.key"])
        {
            if (secret["data"]?[name] is null)
                throw ClusterFault.Invalid($"Secret \"{NameOf(secret)}\" is invalid: data[{name}]: Required value");
        }
    }

    private static void CheckIngress(JsonObject ingress)
    {
        foreach (var entry in ingress["spec"]?["tls"] as JsonArray ?? [])
        {
            if (entry is not JsonObject map || map.Any(static one => one.Key is not ("hosts" or "secretName")) || (map["hosts"] is { } hosts && hosts is not JsonArray))
                throw ClusterFault.Invalid($"Ingress \"{NameOf(ingress)}\" is invalid: spec.tls");
        }
    }

    private static void CheckAlbConfig(JsonObject config)
    {
        foreach (var certificate in (config["spec"]?["listeners"] as JsonArray ?? []).SelectMany(static listener => listener?["certificates"] as JsonArray ?? []))
        {
            if (certificate?["CertificateId"] is null)
                throw ClusterFault.Invalid($"AlbConfig \"{NameOf(config)}\" is invalid: spec.listeners.certificates.CertificateId: Required value");
        }
    }

    private static string? NameOf(JsonObject one) => (string?)one["metadata"]?["name"];

    private static string Decode(string value)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(value));
        }
        catch (FormatException)
        {
            throw ClusterFault.BadRequest("illegal base64 data");
        }
    }
}
