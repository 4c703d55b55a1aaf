using System.ComponentModel;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-esa</c>.</summary>
public sealed record AlibabaEsaSettings : ICloudSettings
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The site: example.com.")]
    public required string Site { get; init; }
}

/// <summary>Replaces, in their places, the certificates of an ESA site whose names the new one covers; ESA itself picks by matching names.</summary>
/// <remarks>ESA API 2024-09-10: https://help.aliyun.com/zh/edge-security-acceleration/esa/api-esa-2024-09-10-setcertificate</remarks>
internal sealed class AlibabaEsaTarget(AlibabaEsaSettings settings, AlibabaApi api, CasStore store, IReadOnlyList<string> names) : IAlibabaProduct
{
    private const int Page = 500;

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaEsaSettings>("alibaba-esa", "Alibaba Cloud ESA site", TimeSpan.FromMinutes(30), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new AlibabaEsaTarget(settings, api, store, context.Names));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [.. AlibabaActions.Store, AlibabaActions.ListSites, AlibabaActions.ListCertificates, AlibabaActions.SetCertificate],
            "CAS 2020-04-07, ESA 2024-09-10",
            new DateOnly(2026, 11, 22),
            "ListCertificates until the entry names the certificate and its SHA-256.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "Update only: a site without a certificate whose names ours covers gets its first one in the console, as without a place to replace each would be one more.",
                "A certificate that was given to ESA itself cannot be bound again by a restore: put it into the certificate store first.",
            ],
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var site = await api.CallAsync(
            AlibabaActions.ListSites, [new("SiteName", settings.Site), new("SiteSearchType", "exact"), new("PageSize", $"{Page}")],
            answer => answer.List("Sites").Select(static one => one.Text("SiteId")).FirstOrDefault(), settings.Site, cancellationToken);
        if (site is null)
            return [AlibabaResource.Unfit(settings.Site, FindingCodes.CloudNotFound, $"There is no site {settings.Site}.")];
        var found = await api.CallAsync(
            AlibabaActions.ListCertificates, [new("SiteId", site), new("PageSize", $"{Page}")], answer => answer.List("Result").Where(IsCovered).Select(entry => Resource(site, entry)).ToList(),
            settings.Site, cancellationToken);
        return found.Count > 0 ? found
            : [AlibabaResource.Unfit(settings.Site, FindingCodes.TargetUpdateOnly, "The site has no certificate whose names this one covers; add the first one in the ESA console.")];
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Number);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private bool IsCovered(JsonElement entry)
    {
        var own = (entry.Text("SAN") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return own.Length > 0 && own.All(name => SubjectName.AnyServes(names, name));
    }

    private AlibabaResource Resource(string site, JsonElement entry)
    {
        var (id, bound) = (entry.Text("Id") ?? throw CloudAnswer.Unreadable("Id"), entry.Text("CasId"));
        return AlibabaResource.Of($"{settings.Site}|{id}", bound ?? $"esa-{id}", (wanted, token) => api.CallAsync(
            AlibabaActions.SetCertificate,
            (IReadOnlyList<CloudField>)[new("SiteId", site), new("Type", "cas"), new("CasId", wanted), new("Region", api.StoreRegion), new("Id", id)],
            AlibabaApi.Nothing, settings.Site, token, write: AlibabaApi.Write($"replaces the certificate {id} of {settings.Site}", bound))) with
        {
            LooksUntilShown = 60,
            Shown = Fingerprint.TryParse((entry.Text("FingerprintSha256") ?? "").Replace(":", "", StringComparison.Ordinal).ToLowerInvariant(), out var shown) ? shown : null,
        };
    }
}
