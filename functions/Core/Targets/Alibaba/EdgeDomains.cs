using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>What a domain of an edge product serves.</summary>
/// <param name="Bound">The certificate in the product's own form; null while HTTPS is off.</param>
/// <param name="Shown">The leaf, where the product shows it.</param>
internal sealed record EdgeDomain(string? Bound, Fingerprint? Shown);

/// <summary>How one product of the family CDN, DCDN, live streaming and VOD is read and set.</summary>
/// <param name="Read">The action that shows the certificate of <c>DomainName</c>.</param>
/// <param name="Parse">Its first <c>CertInfo</c>.</param>
/// <param name="Set">The action that sets it.</param>
/// <param name="Fields">What the setter wants for a certificate, besides <c>DomainName</c> and <c>SSLProtocol</c>.</param>
/// <param name="ByName">True when the product knows certificates by name, not by number.</param>
internal sealed record EdgeApi(CloudAction Read, Func<JsonElement, EdgeDomain> Parse, CloudAction Set, Func<string, AlibabaApi, IReadOnlyList<CloudField>> Fields, bool ByName = false)
{
    /// <summary>The region whose host is called; null for a product with one host.</summary>
    public Func<AlibabaApi, string?> Region { get; init; } = static _ => null;

    /// <summary>How the SM2 certificate beside the ordinary one is read and set; null for a product without one.</summary>
    public EdgeSmApi? Sm { get; init; }

    /// <summary>A certificate by its number and the store's region.</summary>
    public static IReadOnlyList<CloudField> ByNumber(string number, AlibabaApi api) => [new("CertType", "cas"), new("CertId", number), new("CertRegion", api.StoreRegion)];
}

/// <summary>Domains whose certificate one call sets, from the store.</summary>
internal sealed class EdgeDomains(AlibabaDomainsSettings settings, AlibabaApi api, CasStore store, EdgeApi edge) : IAlibabaProduct
{
    // These products take minutes; half an hour is what the kinds' windows give to the edge.
    private const int LooksUntilShown = 180;

    /// <summary>A kind of this family.</summary>
    /// <param name="product">The product's API with its version.</param>
    public static TargetKind KindOf(string name, string title, EdgeApi edge, string product, string proof, params IReadOnlyList<string> gaps) => TargetKind.Of<AlibabaDomainsSettings>(
        name, title, TimeSpan.FromMinutes(30),
        (settings, context) =>
        {
            var api = new AlibabaApi(context.Cloud);
            var store = new CasStore(api);
            return new StoreBoundTarget(
                api, store, edge.Sm is { } sm && context.IsSm2 ? new EdgeSmDomains(settings, api, edge, sm) : new EdgeDomains(settings, api, store, edge));
        }) with
    {
        KeyAlgorithms = edge.Sm is null ? TargetKeys.Usual : TargetKeys.UsualAndSm2,
        Cloud = new CloudKind(CloudVendor.Alibaba, [.. AlibabaActions.Store, edge.Read, edge.Set, .. edge.Sm?.Actions ?? []], $"CAS 2020-04-07, {product}", new DateOnly(2026, 11, 22), proof)
        {
            Check = CasStore.CheckAsync,
            Gaps = gaps,
        },
    };

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
            resources.Add(await ReadAsync(domain, cancellationToken));
        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) =>
        Task.FromResult(edge.ByName ? id.Name : id.Number);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(
        edge.ByName ? await store.ByNameAsync(resource.Bound!, resource.Id, cancellationToken) : await store.ShowAsync(resource.Bound!, cancellationToken));

    /// <summary>A wildcard without its star, as these products write it.</summary>
    public static string Wire(string domain) => domain.StartsWith("*.", StringComparison.Ordinal) ? domain[1..] : domain;

    private async Task<AlibabaResource> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            var now = await api.CallAsync(
                edge.Read, [new("DomainName", Wire(domain))], answer => answer.At("CertInfos.CertInfo.0") is { } first ? edge.Parse(first) : new EdgeDomain(null, null),
                domain, cancellationToken, edge.Region(api));
            return AlibabaResource.Of(domain, now.Bound, (wanted, token) => SetAsync(domain, now.Bound, wanted, token)) with
            {
                Shown = now.Shown,
                CanBeEmpty = true,
                LooksUntilShown = LooksUntilShown,
                Refusal = now.Bound is null && !settings.Initial ? FindingCodes.TargetUpdateOnly.At(domain, "HTTPS is off for this domain; set initial: true to have it turned on.") : null,
            };
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return AlibabaResource.Unfit(domain, FindingCodes.CloudNotFound, fault.Message);
        }
    }

    private Task<bool> SetAsync(string domain, string? bound, string wanted, CancellationToken cancellationToken)
    {
        var what = wanted.Length == 0 ? "turns HTTPS off" : bound is null ? "turns HTTPS on with the certificate" : "binds the certificate";
        return api.CallAsync(
            edge.Set,
            wanted.Length == 0
                ? [new("DomainName", Wire(domain)), new("SSLProtocol", "off")]
                : [new("DomainName", Wire(domain)), new("SSLProtocol", "on"), .. edge.Fields(wanted, api)],
            AlibabaApi.Nothing, domain, cancellationToken, edge.Region(api), AlibabaApi.Write($"{what}: {domain}", bound));
    }
}
