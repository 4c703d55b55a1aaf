using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-waf</c>.</summary>
public sealed record AlibabaWafSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains that WAF 3.0 protects by CNAME access.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("The id of the WAF instance; the account's own when absent.")]
    public string? Instance { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Binds a certificate of the store to domains of WAF 3.0, without touching their other settings.</summary>
/// <remarks>WAF API 2021-10-01: https://help.aliyun.com/zh/waf/web-application-firewall-3-0/developer-reference/api-waf-openapi-2021-10-01-modifydomaincert</remarks>
internal sealed class AlibabaWafTarget(AlibabaWafSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    /// <summary>The status of a domain that takes a change.</summary>
    public const string Normal = "1";

    // Whether the call keeps what is left out is not known, so that all that was read goes back.
    private static readonly string[] TlsSettings = ["TLSVersion", "EnableTLSv3", "CipherSuite"];

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaWafSettings>("alibaba-waf", "Alibaba Cloud WAF 3.0", TimeSpan.FromMinutes(10), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, context.IsSm2 ? new WafSmDomains(settings, api, store) : new AlibabaWafTarget(settings, api, store));
    }) with
    {
        KeyAlgorithms = TargetKeys.UsualAndSm2,
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [.. AlibabaActions.Store, AlibabaActions.DescribeInstance, AlibabaActions.DescribeDomainDetail, AlibabaActions.ModifyDomainCert, AlibabaActions.ModifyDomain],
            "CAS 2020-04-07, WAF 2021-10-01",
            new DateOnly(2026, 11, 22),
            "DescribeDomainDetail until Status is 1 and Listen.CertId (for SM2 Listen.SM2CertId) is the certificate's.")
        {
            Check = static (session, cancellationToken) => InstanceAsync(new AlibabaApi(session), cancellationToken),
            Gaps =
            [
                "WAF 2.0 has no supported call: upload the full chain and the key in its console (Website Access, the domain, HTTPS), with a target of the kind alibaba-by-hand; or migrate to WAF 3.0.",
                "Cloud products behind WAF without CNAME access: replace the certificate at the load balancer itself.",
                "Update only: a domain that listens on HTTP alone gets its HTTPS port in the console first.",
                "SM2 (a pair): set beside the ordinary certificate by ModifyDomain, which resets what is left out, so that listener and origin go back as they were read; no handshake from here shows it. Name the domain in two targets, the one for SM2 without an endpoint.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    private string Region => api.StoreRegion;

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var instance = settings.Instance ?? await InstanceAsync(api, cancellationToken);
        if (instance is null)
            return [.. settings.Domains.Select(WithoutInstance)];

        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
            resources.Add(await ReadAsync(instance, domain, cancellationToken));
        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    /// <summary>A domain of an account that has no WAF 3.0.</summary>
    public static AlibabaResource WithoutInstance(string id) => AlibabaResource.Unfit(
        id, FindingCodes.TargetByHand, "The account has no instance of WAF 3.0. For WAF 2.0 a target of the kind alibaba-by-hand lists the steps and waits for them.");

    /// <summary>A domain that has no HTTPS port.</summary>
    public static AlibabaResource WithoutHttps(string id) => AlibabaResource.Unfit(
        id, FindingCodes.TargetUpdateOnly, "The domain listens on no HTTPS port; open one with a certificate in the WAF console, then deploy again.");

    /// <summary>The account's instance of WAF 3.0; null when it has none.</summary>
    public static Task<string?> InstanceAsync(AlibabaApi api, CancellationToken cancellationToken) =>
        api.CallAsync(AlibabaActions.DescribeInstance, [new("RegionId", api.StoreRegion)], static answer => answer.Text("InstanceId"), "", cancellationToken);

    private async Task<AlibabaResource> ReadAsync(string instance, string domain, CancellationToken cancellationToken)
    {
        IReadOnlyList<CloudField> named = [new("InstanceId", instance), new("RegionId", Region), new("Domain", domain)];
        try
        {
            var (bound, status, tls) = await api.CallAsync(
                AlibabaActions.DescribeDomainDetail, named, static answer => (answer.Text("Listen.CertId"), answer.Text("Status"), Tls(answer)), domain, cancellationToken);
            if (bound is not { Length: > 0 })
                return WithoutHttps(domain);
            return AlibabaResource.Of(domain, bound, (wanted, token) => api.CallAsync(
                AlibabaActions.ModifyDomainCert, [.. named, new("CertId", wanted), .. tls], AlibabaApi.Nothing, domain, token,
                write: AlibabaApi.Write($"binds the certificate to {domain}", bound))) with
            {
                Settling = status is not null and not Normal,
            };
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, fault.Message);
        }
    }

    private static List<CloudField> Tls(JsonElement answer) =>
    [
        .. TlsSettings.Where(name => answer.Text($"Listen.{name}") is not null).Select(name => new CloudField(name, answer.Text($"Listen.{name}")!)),
        .. answer.List("Listen.CustomCiphers").Select(static (cipher, index) => new CloudField($"CustomCiphers.{index + 1}", cipher.GetString() ?? "")),
    ];
}
