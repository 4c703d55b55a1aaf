using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-mse</c>.</summary>
public sealed record AlibabaMseSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the gateway, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The unique id of the gateway: gw-….")]
    public required string Gateway { get; init; }

    [Description("The gateway's domains.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Binds a certificate of the store to domains of an MSE cloud-native gateway, whose other settings the call does not touch.</summary>
/// <remarks>MSE API 2019-05-31: https://help.aliyun.com/zh/mse/developer-reference/api-mse-2019-05-31-updatesslcert</remarks>
internal sealed class AlibabaMseTarget(AlibabaMseSettings settings, AlibabaApi api, CasStore store, string region) : IAlibabaProduct
{
    private const string Published = "3";

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaMseSettings>("alibaba-mse", "Alibaba Cloud MSE cloud-native gateway", TimeSpan.FromMinutes(3), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaMseTarget(settings, api, store, api.Region(settings.Region)));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.ListGatewayDomain, AlibabaActions.UpdateSslCert], "CAS 2020-04-07, MSE 2019-05-31", new DateOnly(2026, 11, 22),
            "ListGatewayDomain until the domain is published and CertIdentifier is the certificate's.")
        {
            Check = CasStore.CheckAsync,
            Gaps = ["Update only: a domain on HTTP gets its first certificate in the console."],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
        {
            var (id, bound, status) = await api.CallAsync(
                AlibabaActions.ListGatewayDomain, [new("GatewayUniqueId", settings.Gateway), new("DomainName", domain)],
                answer => answer.List("Data").Where(one => one.Text("Name") == domain).Select(static one => (one.Text("Id"), one.Text("CertIdentifier"), one.Text("Status"))).FirstOrDefault(),
                domain, cancellationToken, region);
            resources.Add((id, bound) switch
            {
                (null, _) => AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, $"The gateway {settings.Gateway} has no domain {domain}."),
                (_, null or "") => AlibabaResource.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the MSE console."),
                _ => AlibabaResource.Of(domain, bound, (wanted, token) => UpdateAsync(domain, id, bound, wanted, token)) with { Settling = status is not (null or Published) },
            });
        }

        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private Task<bool> UpdateAsync(string domain, string id, string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.UpdateSslCert, (IReadOnlyList<CloudField>)[new("GatewayUniqueId", settings.Gateway), new("DomainId", id), new("CertIdentifier", wanted)], AlibabaApi.Nothing, domain,
        cancellationToken, region, AlibabaApi.Write($"binds the certificate to {domain}", bound));
}
