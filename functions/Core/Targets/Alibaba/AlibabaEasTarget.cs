using System.ComponentModel;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-eas</c>.</summary>
public sealed record AlibabaEasSettings : ICloudSettings
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the gateway, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the dedicated gateway: gw-….")]
    public required string Gateway { get; init; }

    [Description("The gateway's own domain.")]
    public required string Domain { get; init; }

    [Description("True: where the vendor does not replace a certificate in its place, the domain is detached and attached again, which interrupts it for a moment. Without it such a change fails.")]
    public bool Interrupt { get; init; }
}

/// <summary>Binds a certificate of the store to the own domain of a dedicated gateway of PAI-EAS.</summary>
/// <remarks>EAS API 2021-07-01: https://help.aliyun.com/zh/pai/developer-reference/api-eas-2021-07-01-attachgatewaydomain</remarks>
internal sealed class AlibabaEasTarget(AlibabaEasSettings settings, AlibabaApi api, CasStore store, string region) : IAlibabaProduct
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaEasSettings>("alibaba-eas", "Alibaba Cloud PAI-EAS dedicated gateway", TimeSpan.FromMinutes(5), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaEasTarget(settings, api, store, api.Region(settings.Region)));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.ListGatewayDomains, AlibabaActions.AttachGatewayDomain, AlibabaActions.DetachGatewayDomain], "CAS 2020-04-07, EAS 2021-07-01",
            new DateOnly(2026, 11, 22), "GET the gateway's domains until CertificateId is the certificate's.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "Whether attaching replaces the certificate of a domain that is attached already is not documented: where it does not, set interrupt: true and accept a short interruption, or replace it in the console.",
                "Update only: a domain is attached for the first time in the console.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var (type, bound) = await api.CallAsync(
            AlibabaActions.ListGatewayDomains, "GET", ["api", "v2", "gateways", region, settings.Gateway, "domains"], [], null,
            answer => answer.List("CustomDomains").Where(one => one.Text("Domain") == settings.Domain).Select(static one => (one.Text("Type"), one.Text("CertificateId"))).FirstOrDefault(),
            settings.Domain, cancellationToken, region);
        if (type is null)
            return [AlibabaResource.Unfit(settings.Domain, FindingCodes.CloudNotFound, $"The gateway {settings.Gateway} has no domain {settings.Domain}; attach it in the console.")];
        if (bound is not { Length: > 0 })
            return [AlibabaResource.Unfit(settings.Domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; attach it with one in the console.")];
        return [AlibabaResource.Of(settings.Domain, bound, (wanted, token) => AttachAsync(type, bound, wanted, token)) with
        {
            Otherwise = settings.Interrupt ? (wanted, token) => ReplaceAsync(type, bound, wanted, token) : null,
        }];
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Number);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private Task<bool> AttachAsync(string type, string? bound, string wanted, CancellationToken cancellationToken) => WriteAsync(
        AlibabaActions.AttachGatewayDomain, "attach", $$"""{"Domain":{{JsonMembers.Text(settings.Domain)}},"Type":{{JsonMembers.Text(type)}},"CertificateId":{{JsonMembers.Text(wanted)}}}""",
        $"attaches {settings.Domain} with the certificate", bound, cancellationToken);

    private async Task ReplaceAsync(string type, string bound, string wanted, CancellationToken cancellationToken)
    {
        await WriteAsync(
            AlibabaActions.DetachGatewayDomain, "detach", $$"""{"Domain":{{JsonMembers.Text(settings.Domain)}},"Type":{{JsonMembers.Text(type)}}}""",
            $"only if attaching does not replace it: detaches {settings.Domain}, which is INTERRUPTED until it is attached again", bound, cancellationToken);
        await AttachAsync(type, null, wanted, cancellationToken);
    }

    private Task<bool> WriteAsync(CloudAction action, string verb, string json, string what, string? replaces, CancellationToken cancellationToken) => api.CallAsync(
        action, "PUT", ["api", "v2", "gateways", region, settings.Gateway, "domain", verb], (IReadOnlyList<CloudField>)[new("CustomDomain", json)], null, AlibabaApi.Nothing, settings.Domain,
        cancellationToken, region, AlibabaApi.Write(what, replaces));
}
