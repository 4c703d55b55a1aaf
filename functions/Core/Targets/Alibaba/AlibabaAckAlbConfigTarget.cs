using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Kubernetes;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-ack-albconfig</c>.</summary>
public sealed record AlibabaAckAlbConfigSettings : AckSettings
{
    [Description("The name of the AlbConfig.")]
    [ClusterName]
    public required string AlbConfig { get; init; }

    [Description("The port of its listener.")]
    [Range(1, 65535)]
    public int Port { get; init; } = 443;

    [Description("default: the listener's default certificate. additional: the one for further names that the new certificate covers.")]
    public AlibabaListenerCertificate Certificate { get; init; }
}

/// <summary>Binds a certificate of the store to a listener that an AlbConfig in a cluster describes; at the load balancer itself the controller would set it back.</summary>
/// <remarks>https://help.aliyun.com/zh/ack/ack-managed-and-ack-dedicated/user-guide/configure-the-alb-listener-through-the-albconfig</remarks>
internal sealed class AlibabaAckAlbConfigTarget(AlibabaAckAlbConfigSettings settings, ClusterApi cluster, CasStore store, IReadOnlyList<string> names) : IAlibabaProduct
{
    private static readonly CloudAction Get = ClusterActions.Of("GetAlbConfig", "albconfigs.alibabacloud.com/get");
    private static readonly CloudAction Patch = ClusterActions.Of("PatchAlbConfig", "albconfigs.alibabacloud.com/patch", writes: true);

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaAckAlbConfigSettings>(
        "alibaba-ack-albconfig", "Alibaba Cloud ACK, a listener of an AlbConfig", TimeSpan.FromMinutes(5), static (settings, context) =>
        {
            var api = new AlibabaApi(context.Cloud);
            var store = new CasStore(api);
            return new StoreBoundTarget(api, store, new AlibabaAckAlbConfigTarget(settings, AckCluster.Open(settings, context), store, context.Names));
        }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.DescribeClusterUserKubeconfig, Get, Patch], "CAS 2020-04-07, CS 2015-12-15, alibabacloud.com/v1", new DateOnly(2026, 11, 22),
            "The AlbConfig is read back until the listener names the certificate.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "What is changed and what is left alone, and why: [kubernetes.md](kubernetes.md).",
                "A manager that declares `spec.listeners` by server-side apply would set it back: refused with `cloud.conflict` and its name, never forced; hand the list over as the page says.",
                "The path of the resource (`albconfigs` of `alibabacloud.com/v1`) is taken from the vendor's manifests; the vendor's reference does not name it.",
                "The field `defaultCertificate` of newer controllers is not written: name the certificate in `certificates`.",
                "Certificates that the controller finds by itself, or takes from Secrets, are not in the AlbConfig: use `alibaba-ack-ingress` for the latter.",
                "Update only: a listener without a certificate gets its first one by hand.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    private string Id => $"{settings.AlbConfig}:{settings.Port}";

    private IReadOnlyList<string> Path => ["apis", "alibabacloud.com", "v1", "albconfigs", settings.AlbConfig];

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ShowAsync(cancellationToken) is not { } config)
            return [AlibabaResource.Unfit(Id, FindingCodes.CloudNotFound, $"There is no AlbConfig {settings.AlbConfig}.")];
        var (index, listener) = (config.Spec?.Listeners ?? []).Index().FirstOrDefault(one => one.Item.Port == settings.Port);
        if (listener is null)
            return [AlibabaResource.Unfit(Id, FindingCodes.CloudNotFound, $"The AlbConfig {settings.AlbConfig} has no listener on port {settings.Port}.")];
        var own = await OwnAsync(listener.Certificates ?? [], cancellationToken);
        if (own.Count != 1)
        {
            return [own.Count == 0
                ? AlibabaResource.Unfit(Id, FindingCodes.TargetUpdateOnly, "The AlbConfig names no certificate of this listener that the new one replaces: name one there once.")
                : AlibabaResource.Unfit(Id, FindingCodes.TargetSettings, "The AlbConfig names several certificates of this listener that the new one would replace: leave one.")];
        }

        var (place, bound) = (own[0].Index, own[0].Id);
        var resource = AlibabaResource.Of(Id, bound, (wanted, token) => cluster.ReplaceAsync(
            Patch, Path, config.Metadata?.ResourceVersion ?? "", $"/spec/listeners/{index}/certificates/{place}/CertificateId", bound, wanted, Id,
            ClusterApi.Write($"binds the certificate to the listener {Id}", bound), async again => (await ShowAsync(again))?.Metadata?.ResourceVersion, token));
        return config.Metadata?.ManagedFields?.FirstOrDefault(static owner => owner is { Operation: "Apply", Manager: not ClusterApi.Manager } && owner.Owns("f:spec", "f:listeners"))?.Manager is { } manager
            ? [resource with { Refusal = FindingCodes.CloudConflict.At(Id, ClusterApi.Declared(manager, "spec.listeners", $"AlbConfig {settings.AlbConfig}")) }]
            : [resource];
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private Task<AlbConfigObject?> ShowAsync(CancellationToken cancellationToken) => cluster.FindAsync(Get, Path, Id, AlbConfigJson.Default.AlbConfigObject, cancellationToken);

    /// <summary>The certificates that the new one takes the place of: the default one, or those for further names that it covers.</summary>
    private async Task<IReadOnlyList<(int Index, string Id)>> OwnAsync(IReadOnlyList<AlbConfigCertificate> all, CancellationToken cancellationToken)
    {
        var own = new List<(int, string)>();
        foreach (var (index, one) in all.Index())
        {
            // A single one is the default, whether it says so or not.
            var isDefault = one.IsDefault == true || (all.Count == 1 && one.IsDefault is null);
            if (one.Id is not { } id || isDefault != (settings.Certificate == AlibabaListenerCertificate.Default))
                continue;
            if (isDefault || (await store.ShowAsync(id, cancellationToken) is { Names: { Count: > 0 } covered } && covered.All(name => SubjectName.AnyServes(names, name))))
                own.Add((index, id));
        }

        return own;
    }
}
