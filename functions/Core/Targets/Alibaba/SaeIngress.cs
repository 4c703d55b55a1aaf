using System.ComponentModel;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kinds <c>alibaba-sae-alb</c> and <c>alibaba-sae-clb</c>.</summary>
public sealed record AlibabaSaeSettings : ICloudSettings
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the application, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The number of the gateway routing rule (ingress).")]
    public required long Ingress { get; init; }
}

/// <summary>A gateway routing rule of SAE over one kind of load balancer.</summary>
/// <remarks>SAE API 2019-05-06: https://help.aliyun.com/zh/sae/developer-reference/api-sae-2019-05-06-updateingress</remarks>
/// <param name="clb">The region's store where the rule stands on CLB; null over ALB, whose rules name the account's store.</param>
internal sealed class SaeIngress(AlibabaSaeSettings settings, AlibabaApi api, CasStore store, ClbStore? clb, IReadOnlyList<string> names, string region) : IAlibabaProduct
{
    private static readonly string[] Ingress = ["pop", "v1", "sam", "ingress", "Ingress"];

    private readonly string _id = $"ingress-{settings.Ingress}";

    private string Balancer => clb is null ? "alb" : "clb";

    private string Setting => clb is null ? "CertIds" : "CertId";

    /// <summary>A kind over one kind of load balancer.</summary>
    public static TargetKind KindOf(string balancer, IReadOnlyList<CloudAction> more) => TargetKind.Of<AlibabaSaeSettings>(
        $"alibaba-sae-{balancer}", $"Alibaba Cloud SAE gateway routing over {balancer.ToUpperInvariant()}", TimeSpan.FromMinutes(3), (settings, context) =>
        {
            var api = new AlibabaApi(context.Cloud);
            var (store, region) = (new CasStore(api), api.Region(settings.Region));
            return new StoreBoundTarget(api, store, new SaeIngress(settings, api, store, balancer == "clb" ? new ClbStore(api, store, region) : null, context.Names, region));
        }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, .. more, AlibabaActions.DescribeIngress, AlibabaActions.UpdateIngress], "CAS 2020-04-07, SAE 2019-05-06", new DateOnly(2026, 11, 22),
            $"GET Ingress until {(balancer == "clb" ? "CertId" : "CertIds")} names the certificate.")
        {
            Check = CasStore.CheckAsync,
            Gaps = ["Update only: a rule that listens on HTTP gets its HTTPS listener and first certificate in the console."],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (kind, bound) = await api.CallAsync(
                AlibabaActions.DescribeIngress, "GET", Ingress, [new("IngressId", $"{settings.Ingress}")], null,
                answer => (answer.Text("Data.LoadBalanceType"), answer.Text($"Data.{Setting}")), _id, cancellationToken, region);
            if (kind is not null && kind != Balancer)
                return [AlibabaResource.Unfit(_id, FindingCodes.TargetSettings, $"The rule stands on {kind}: use a target of the kind alibaba-sae-{kind}.")];
            if (bound is not { Length: > 0 })
                return [AlibabaResource.Unfit(_id, FindingCodes.TargetUpdateOnly, "The rule has no certificate; give it its HTTPS listener in the SAE console first.")];
            return [AlibabaResource.Of(_id, bound, (wanted, token) => UpdateAsync(bound, wanted, token))];
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return [AlibabaResource.Unfit(_id, FindingCodes.CloudNotFound, fault.Message)];
        }
    }

    public async Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        if (clb is not null)
            return await clb.FindOrImportAsync(certificate, id, cancellationToken);
        // The call takes the whole list: what ours covers goes, the others stay.
        var others = new List<string>();
        foreach (var other in Ids(resource))
        {
            if (other != id.Identifier && !await IsCoveredAsync(other, cancellationToken))
                others.Add(other);
        }

        return string.Join(',', (IEnumerable<string>)[id.Identifier, .. others]);
    }

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken)
    {
        if (clb is not null)
            return await clb.ShowAsync(resource.Bound!, cancellationToken);
        foreach (var id in Ids(resource))
        {
            if (await IsCoveredAsync(id, cancellationToken))
                return StoredLeaf.Of(await store.ShowAsync(id, cancellationToken));
        }

        return StoredLeaf.Of(await store.ShowAsync(Ids(resource)[0], cancellationToken)) is null ? null : new StoredLeaf((Fingerprint?)null);
    }

    public Task RetireAsync(string certificate, CancellationToken cancellationToken) => clb?.RetireAsync(certificate, cancellationToken) ?? Task.CompletedTask;

    private static string[] Ids(AlibabaResource resource) => (resource.Bound ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<bool> IsCoveredAsync(string id, CancellationToken cancellationToken) =>
        await store.ShowAsync(id, cancellationToken) is { Names: { Count: > 0 } covered } && covered.All(name => SubjectName.AnyServes(names, name));

    private Task<bool> UpdateAsync(string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.UpdateIngress, "PUT", Ingress, (IReadOnlyList<CloudField>)[new("IngressId", $"{settings.Ingress}"), new(Setting, wanted), new("LoadBalanceType", Balancer)], null,
        AlibabaApi.Nothing, _id, cancellationToken, region, AlibabaApi.Write($"binds the certificate to the gateway routing rule {settings.Ingress}", bound));
}
