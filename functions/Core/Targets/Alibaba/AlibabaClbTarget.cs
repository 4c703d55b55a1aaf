using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-clb</c>.</summary>
public sealed record AlibabaClbSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the load balancer, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the load balancer: lb-….")]
    public required string LoadBalancer { get; init; }

    [Description("The port of the HTTPS listener.")]
    [Range(1, 65535)]
    public int Port { get; init; } = 443;

    [Description("The domains of the listener's extensions (SNI) that are replaced; empty: the listener's default certificate.")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed, mayBeEmpty: true);
}

/// <summary>Takes a certificate from the account's store into that of the region, then binds it to a CLB listener or to its domain extensions.</summary>
/// <remarks>SLB API 2014-05-15: https://help.aliyun.com/zh/slb/classic-load-balancer/developer-reference/api-slb-2014-05-15-setloadbalancerhttpslistenerattribute</remarks>
internal sealed class AlibabaClbTarget(AlibabaClbSettings settings, AlibabaApi api, ClbStore store, string region) : IAlibabaProduct
{
    private readonly string _listener = $"{settings.LoadBalancer}:{settings.Port}";

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaClbSettings>("alibaba-clb", "Alibaba Cloud CLB listener", TimeSpan.FromMinutes(3), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var (cas, region) = (new CasStore(api), api.Region(settings.Region));
        return new StoreBoundTarget(api, cas, new AlibabaClbTarget(settings, api, new ClbStore(api, cas, region), region));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [.. AlibabaActions.Store, .. AlibabaActions.ClbStore, AlibabaActions.DescribeHttpsListener, AlibabaActions.SetHttpsListener, AlibabaActions.SetDomainExtensionAttribute],
            "CAS 2020-04-07, SLB 2014-05-15",
            new DateOnly(2026, 11, 22),
            "DescribeLoadBalancerHTTPSListenerAttribute until it names the certificate.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "Update only: the first certificate of a listener, or of a domain extension, is set in the console.",
                "Domain extensions of shared-resource instances cannot be replaced: the vendor refuses it.",
                "A client CA is not set: bind it in the console where the listener verifies clients.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        string? main;
        List<(string? Domain, string? Id, string? Bound)> extensions;
        try
        {
            (main, extensions) = await api.CallAsync(
                AlibabaActions.DescribeHttpsListener, Named,
                static answer => (answer.Text("ServerCertificateId"),
                    answer.List("DomainExtensions.DomainExtension").Select(static one => (one.Text("Domain"), one.Text("DomainExtensionId"), one.Text("ServerCertificateId"))).ToList()),
                _listener, cancellationToken, region);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return [AlibabaResource.Unfit(_listener, FindingCodes.CloudNotFound, $"{fault.Message} The target needs an HTTPS listener in {region}.")];
        }

        if (settings.Domains.Count == 0)
        {
            return [main is { Length: > 0 }
                ? Place(_listener, main, (wanted, token) => SetAsync(main, wanted, token))
                : AlibabaResource.Unfit(_listener, FindingCodes.TargetUpdateOnly, "The listener has no certificate; set the first one in the console.")];
        }

        return [.. settings.Domains.Select(domain => extensions.Find(one => one.Domain == domain) is { Id: { } id, Bound: { } bound }
            ? Place($"{_listener}|{domain}", bound, (wanted, token) => SetAsync(domain, id, bound, wanted, token))
            : AlibabaResource.Unfit($"{_listener}|{domain}", FindingCodes.TargetUpdateOnly, $"The listener has no extension for {domain}; add it in the console."))];
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => store.FindOrImportAsync(certificate, id, cancellationToken);

    public Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => store.ShowAsync(resource.Bound!, cancellationToken);

    public Task RetireAsync(string certificate, CancellationToken cancellationToken) => store.RetireAsync(certificate, cancellationToken);

    private IReadOnlyList<CloudField> Named => [new("RegionId", region), new("LoadBalancerId", settings.LoadBalancer), new("ListenerPort", $"{settings.Port}")];

    private AlibabaResource Place(string id, string bound, Func<string, CancellationToken, Task> bind) => AlibabaResource.Of(id, bound, bind) with { Group = _listener };

    private Task<bool> SetAsync(string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.SetHttpsListener, [.. Named, new("ServerCertificateId", wanted)], AlibabaApi.Nothing, _listener, cancellationToken, region,
        AlibabaApi.Write($"makes the certificate the default one of {_listener}", bound));

    private Task<bool> SetAsync(string domain, string extension, string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.SetDomainExtensionAttribute, [new("RegionId", region), new("DomainExtensionId", extension), new("ServerCertificateId", wanted)], AlibabaApi.Nothing, _listener,
        cancellationToken, region, AlibabaApi.Write($"binds the certificate to {domain} of {_listener}", bound));
}
