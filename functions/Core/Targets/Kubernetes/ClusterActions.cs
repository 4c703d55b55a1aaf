using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Kubernetes;

/// <summary>What targets do in clusters, with the permissions of a role there: <c>resource.group/verb</c>.</summary>
internal static class ClusterActions
{
    public static readonly CloudAction GetSecret = Of(nameof(GetSecret), "secrets/get");

    // A server-side apply of what is not there yet creates it, and needs both.
    public static readonly CloudAction ApplySecret = Of(nameof(ApplySecret), "secrets/patch", writes: true);
    public static readonly CloudAction CreateSecret = Of(nameof(CreateSecret), "secrets/create", writes: true);
    public static readonly CloudAction DeleteSecret = Of(nameof(DeleteSecret), "secrets/delete", writes: true);
    public static readonly CloudAction GetIngress = Of(nameof(GetIngress), "ingresses.networking.k8s.io/get");
    public static readonly CloudAction ListIngresses = Of(nameof(ListIngresses), "ingresses.networking.k8s.io/list");
    public static readonly CloudAction PatchIngress = Of(nameof(PatchIngress), "ingresses.networking.k8s.io/patch", writes: true);

    /// <summary>What a target of an Ingress takes.</summary>
    public static readonly IReadOnlyList<CloudAction> Ingress = [GetSecret, ApplySecret, CreateSecret, DeleteSecret, GetIngress, ListIngresses, PatchIngress];

    /// <summary>An action with the permission of a role that it needs.</summary>
    public static CloudAction Of(string name, string permission, bool writes = false) => new("k8s", name, writes) { Permission = permission, InCluster = true };
}
