using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-apig</c>.</summary>
public sealed record AlibabaApigSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the gateway, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the gateway; every gateway of the region when absent.")]
    public string? Gateway { get; init; }

    [Description("The domains of the cloud-native API gateway.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Binds a certificate of the store to domains of a cloud-native API gateway; all other settings go back exactly as they were read.</summary>
/// <remarks>APIG API 2024-03-27: https://help.aliyun.com/zh/api-gateway/cloud-native-api-gateway/developer-reference/api-apig-2024-03-27-updatedomain</remarks>
internal sealed class AlibabaApigTarget(AlibabaApigSettings settings, AlibabaApi api, CasStore store, string region) : IAlibabaProduct
{
    private const int Page = 100;

    // What the product tells of a domain and does not take.
    private static readonly string[] ReadOnly =
    [
        "domainId", "name", "certIdentifier", "certName", "status", "createFrom", "createTimestamp", "updateTimestamp", "statisticsInfo", "issuer", "algorithm", "sans",
        "notBeforeTimstamp", "notAfterTimstamp", "resourceGroupId", "gatewayType",
    ];

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaApigSettings>("alibaba-apig", "Alibaba Cloud API Gateway, cloud-native", TimeSpan.FromMinutes(3), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaApigTarget(settings, api, store, api.Region(settings.Region)));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.ListDomains, AlibabaActions.GetDomain, AlibabaActions.UpdateDomain], "CAS 2020-04-07, APIG 2024-03-27", new DateOnly(2026, 11, 22),
            "GET the domain until certIdentifier is the certificate's.")
        {
            Check = CasStore.CheckAsync,
            Gaps = ["Update only: a domain on HTTP gets its first certificate in the console, where forcing HTTPS is chosen too."],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
            resources.Add(await ReadAsync(domain, cancellationToken));
        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private async Task<AlibabaResource> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        List<CloudField> query = [new("nameLike", domain), new("pageNumber", "1"), new("pageSize", $"{Page}")];
        if (settings.Gateway is { } gateway)
            query.Insert(0, new("gatewayId", gateway));
        var id = await api.CallAsync(
            AlibabaActions.ListDomains, "GET", ["v1", "domains"], query, null,
            answer => answer.List("data.items").Where(one => one.Text("name") == domain).Select(static one => one.Text("domainId")).FirstOrDefault(), domain, cancellationToken, region);
        if (id is null)
            return AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, $"No domain {domain} is at the gateway.");
        var (bound, rest) = await api.CallAsync(
            AlibabaActions.GetDomain, "GET", ["v1", "domains", id], [], null, static answer => (answer.Text("data.certIdentifier"), answer.At("data") is { } data ? Rest(data) : []), domain, cancellationToken, region);
        return bound is not { Length: > 0 }
            ? AlibabaResource.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the API Gateway console.")
            : AlibabaResource.Of(domain, bound, (wanted, token) => UpdateAsync(domain, id, bound, rest, wanted, token));
    }

    private static byte[] Rest(JsonElement data) => JsonMembers.Of(data, ReadOnly);

    private Task<bool> UpdateAsync(string domain, string id, string bound, byte[] rest, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.UpdateDomain, "PUT", ["v1", "domains", id], (IReadOnlyList<CloudField>)[],
        new CloudContent("application/json; charset=utf-8", [(byte)'{', .. rest, .. Encoding.UTF8.GetBytes($"\"certIdentifier\":{JsonMembers.Text(wanted)}}}")]),
        AlibabaApi.Nothing, domain, cancellationToken, region, AlibabaApi.Write($"binds the certificate to {domain}", bound));
}
