using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-ga</c>.</summary>
public sealed record AlibabaGaSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The id of the accelerator: ga-….")]
    public required string Accelerator { get; init; }

    [Description("The id of the HTTPS listener: lsn-….")]
    public required string Listener { get; init; }

    [Description("The domains whose additional certificates (SNI) are replaced; empty: the listener's default certificate.")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed, mayBeEmpty: true);
}

/// <summary>Binds a certificate of the store to a listener of Global Accelerator, or to domains of its further certificates; one change at a time for each accelerator.</summary>
/// <remarks>GA API 2019-11-20: https://help.aliyun.com/zh/ga/developer-reference/api-ga-2019-11-20-updatelistener</remarks>
internal sealed class AlibabaGaTarget(AlibabaGaSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    // The product's one region, wherever the accelerator is.
    private static readonly CloudField Region = new("RegionId", "cn-hangzhou");

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaGaSettings>("alibaba-ga", "Alibaba Cloud Global Accelerator", TimeSpan.FromMinutes(5), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaGaTarget(settings, api, store));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [.. AlibabaActions.Store, AlibabaActions.GaDescribeListener, AlibabaActions.GaListListenerCertificates, AlibabaActions.GaUpdateListener, AlibabaActions.GaUpdateAdditional],
            "CAS 2020-04-07, GA 2019-11-20",
            new DateOnly(2026, 11, 22),
            "DescribeListener until State is active, then ListListenerCertificates.")
        {
            Check = CasStore.CheckAsync,
            Gaps = ["Update only: the first certificate of a domain is associated in the console, as it locks the whole accelerator."],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        string? state;
        List<(string Id, bool IsDefault, string? Domain, bool IsActive)> certificates;
        try
        {
            state = await api.CallAsync(
                AlibabaActions.GaDescribeListener, [Region, new("ListenerId", settings.Listener)], static answer => answer.Text("State"), settings.Listener, cancellationToken);
            certificates = await api.CallAsync(
                AlibabaActions.GaListListenerCertificates,
                [Region, new("AcceleratorId", settings.Accelerator), new("ListenerId", settings.Listener), new("Role", settings.Domains.Count == 0 ? "default" : "additional"), new("MaxResults", "50")],
                static answer => answer.List("Certificates").Select(static row => (row.Text("CertificateId") ?? "", row.Text("IsDefault") == "true", row.Text("Domain"), row.Text("State") is null or "active")).ToList(),
                settings.Listener, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return [AlibabaResource.Unfit(settings.Listener, FindingCodes.CloudNotFound, fault.Message)];
        }

        var settling = state is not (null or "active") || certificates.Exists(static one => !one.IsActive);
        if (settings.Domains.Count == 0)
        {
            return [certificates.Find(static one => one.IsDefault).Id is { Length: > 0 } bound
                ? Place(settings.Listener, bound, settling, (wanted, token) => UpdateAsync(bound, wanted, token))
                : AlibabaResource.Unfit(settings.Listener, FindingCodes.TargetUpdateOnly, "The listener has no certificate; name an HTTPS listener, or make one in the console.")];
        }

        return [.. settings.Domains.Select(domain => certificates.Find(one => !one.IsDefault && one.Domain == domain).Id is { Length: > 0 } bound
            ? Place($"{settings.Listener}|{domain}", bound, settling, (wanted, token) => UpdateAsync(domain, bound, wanted, token))
            : AlibabaResource.Unfit($"{settings.Listener}|{domain}", FindingCodes.TargetUpdateOnly, $"No additional certificate of {settings.Listener} is for {domain}; associate the first one in the console."))];
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private AlibabaResource Place(string id, string bound, bool settling, Func<string, CancellationToken, Task> bind) =>
        AlibabaResource.Of(id, bound, bind) with { Settling = settling, Group = settings.Accelerator };

    private Task<bool> UpdateAsync(string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.GaUpdateListener, [Region, new("ListenerId", settings.Listener), new("Certificates.1.Id", wanted), new("ClientToken", Guid.NewGuid().ToString())],
        AlibabaApi.Nothing, settings.Listener, cancellationToken, write: AlibabaApi.Write($"makes the certificate the default one of {settings.Listener}", bound));

    private Task<bool> UpdateAsync(string domain, string bound, string wanted, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.GaUpdateAdditional,
        [Region, new("AcceleratorId", settings.Accelerator), new("ListenerId", settings.Listener), new("CertificateId", wanted), new("Domain", domain), new("ClientToken", Guid.NewGuid().ToString())],
        AlibabaApi.Nothing, settings.Listener, cancellationToken, write: AlibabaApi.Write($"binds the certificate to {domain} of {settings.Listener}", bound));
}
