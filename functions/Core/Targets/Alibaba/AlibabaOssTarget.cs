using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-oss</c>.</summary>
public sealed record AlibabaOssSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the bucket, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The bucket.")]
    [RegularExpression("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", ErrorMessage = "must be the name of a bucket.")]
    public required string Bucket { get; init; }

    [Description("The domains that are bound to the bucket.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Binds a certificate of the store to a bucket's own domains; each change names what it replaces, so that nobody else's is overwritten.</summary>
/// <remarks>OSS API 2019-05-17: https://help.aliyun.com/zh/oss/developer-reference/putcname</remarks>
internal sealed class AlibabaOssTarget(AlibabaOssSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    private readonly OssApi _oss = new(api.Session, settings.Bucket, api.Region(settings.Region));
    private readonly Dictionary<string, bool> _behindCdn = new(StringComparer.Ordinal);

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaOssSettings>("alibaba-oss", "Alibaba Cloud OSS, a bucket's own domains", TimeSpan.FromMinutes(10), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaOssTarget(settings, api, store));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [.. AlibabaActions.Store, AlibabaActions.DescribeUserDomains, AlibabaActions.ListCname, AlibabaActions.PutCname], "CAS 2020-04-07, OSS 2019-05-17, CDN 2018-05-10",
            new DateOnly(2026, 11, 22), "GET ?cname until the domain's CertId is the certificate's.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "A domain that CDN accelerates is refused: TLS ends at the CDN, so use alibaba-cdn for it.",
                "Update only: a domain is bound to the bucket, and gets its first certificate, in the console, as its ownership is proven there.",
                "A certificate that was given to OSS itself cannot be bound again by a restore: put it into the certificate store first.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var list = await _oss.CallAsync(AlibabaActions.ListCname, "GET", [new("cname", "")], null, settings.Bucket, cancellationToken);
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
        {
            var own = list?.Elements("Cname").FirstOrDefault(one => one.Element("Domain")?.Value == domain);
            var bound = own?.Element("Certificate")?.Element("CertId")?.Value;
            resources.Add(own is null ? AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, $"The domain is not bound to the bucket {settings.Bucket}.")
                : await IsBehindCdnAsync(domain, cancellationToken) ? AlibabaResource.Unfit(domain, FindingCodes.TargetBehindCdn, $"{domain} is accelerated by CDN; replace the certificate there, with a target of the kind alibaba-cdn.")
                : bound is not { Length: > 0 } ? AlibabaResource.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the OSS console.")
                : AlibabaResource.Of(domain, bound, (wanted, token) => PutAsync(domain, bound, wanted, token)));
        }

        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private async Task<bool> IsBehindCdnAsync(string domain, CancellationToken cancellationToken)
    {
        if (!_behindCdn.TryGetValue(domain, out var known))
        {
            _behindCdn[domain] = known = await api.CallAsync(
                AlibabaActions.DescribeUserDomains, [new("DomainName", domain), new("DomainSearchType", "full_match"), new("PageSize", "1")],
                static answer => answer.List("Domains.PageData").Any(), domain, cancellationToken);
        }

        return known;
    }

    private async Task PutAsync(string domain, string bound, string wanted, CancellationToken cancellationToken) => await _oss.CallAsync(
        AlibabaActions.PutCname, "POST", [new("cname", ""), new("comp", "add")],
        new XElement("BucketCnameConfiguration", new XElement("Cname",
            new XElement("Domain", domain),
            new XElement("CertificateConfiguration", new XElement("CertId", wanted), new XElement("PreviousCertId", bound)))),
        domain, cancellationToken, new CloudWrite($"binds the certificate to {domain} of the bucket {settings.Bucket}", bound, static () => CloudAnswer.Of(200, "")));
}
