using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-ddos</c>.</summary>
public sealed record AlibabaDdosSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains that Anti-DDoS protects.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Binds a certificate of the store to domains of Anti-DDoS Pro or Premium, which tells of certificates by name only.</summary>
/// <remarks>Anti-DDoS API 2020-01-01: https://help.aliyun.com/zh/anti-ddos/anti-ddos-pro-and-premium/developer-reference/api-ddoscoo-2020-01-01-associatewebcert</remarks>
internal sealed class AlibabaDdosTarget(AlibabaDdosSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    private readonly Dictionary<string, string> _identifiers = new(StringComparer.Ordinal);

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaDdosSettings>("alibaba-ddos", "Alibaba Cloud Anti-DDoS Pro and Premium", TimeSpan.FromMinutes(10), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, context.IsSm2 ? new DdosSmDomains(settings, api, store) : new AlibabaDdosTarget(settings, api, store));
    }) with
    {
        KeyAlgorithms = TargetKeys.UsualAndSm2,
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.DescribeWebRules, AlibabaActions.AssociateWebCert], "CAS 2020-04-07, Anti-DDoS 2020-01-01", new DateOnly(2026, 11, 22),
            "DescribeWebRules until it names the certificate; it tells no id, so that the name is looked up in the certificate store. For SM2 its GmCert.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "SM2 certificates have no call that binds them: a plan says how to bind by hand, and a rollout behind that reads GmCert back and ends at bound.",
                "Update only: a domain without HTTPS gets its first certificate in the console.",
                "A certificate whose name is no longer in the certificate store cannot be bound again by a restore.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
        {
            var (known, bound) = await api.CallAsync(
                AlibabaActions.DescribeWebRules, [new("Domain", domain), new("QueryDomainPattern", "exact"), new("PageSize", "10")],
                static answer => answer.At("WebRules.0") is { } rule ? (true, rule.Text("UserCertName") is { Length: > 0 } own ? own : rule.Text("CertName")) : (false, null),
                domain, cancellationToken);
            resources.Add((known, bound) switch
            {
                (false, _) => AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, $"Anti-DDoS has no rule for {domain}."),
                (_, null or "") => AlibabaResource.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the Anti-DDoS console."),
                _ => AlibabaResource.Of(domain, bound, (wanted, token) => AssociateAsync(domain, bound, wanted, token)) with { LooksUntilShown = 60 },
            });
        }

        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        _identifiers[id.Name] = id.Identifier;
        return Task.FromResult(id.Name);
    }

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) =>
        StoredLeaf.Of(await store.ByNameAsync(resource.Bound!, resource.Id, cancellationToken));

    private async Task AssociateAsync(string domain, string bound, string wanted, CancellationToken cancellationToken)
    {
        if (!_identifiers.TryGetValue(wanted, out var identifier))
        {
            identifier = (await store.ByNameAsync(wanted, domain, cancellationToken))?.Id.Identifier
                ?? throw new Permanent(FindingCodes.CloudNotFound.Code, $"No certificate '{wanted}' for {domain} is in the certificate store.");
        }

        await api.CallAsync(
            AlibabaActions.AssociateWebCert, [new("Domain", domain), new("CertIdentifier", identifier), new("CertRegion", api.StoreRegion)], AlibabaApi.Nothing, domain, cancellationToken,
            write: AlibabaApi.Write($"binds the certificate to {domain}", bound));
    }
}
