using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>How the SM2 certificate of a domain is read and set.</summary>
/// <param name="List">The action that lists those of <c>DomainName</c>.</param>
/// <param name="Rows">Where the list stands in its answer.</param>
/// <param name="Show">The action that shows one by <c>CertIdentifier</c>, without its keys.</param>
/// <param name="Set">The action that turns one on or off.</param>
internal sealed record EdgeSmApi(CloudAction List, string Rows, CloudAction Show, CloudAction Set)
{
    public IReadOnlyList<CloudAction> Actions => [List, Show, Set];
}

/// <summary>The SM2 certificates of CDN and DCDN domains, which stand beside the ordinary ones and leave them as they are.</summary>
internal sealed class EdgeSmDomains(AlibabaDomainsSettings settings, AlibabaApi api, EdgeApi edge, EdgeSmApi sm) : IAlibabaProduct
{
    private const int LooksUntilShown = 180;

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
            resources.Add(await ReadAsync(domain, cancellationToken));
        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => Task.FromResult(resource.Shown is { } shown ? new StoredLeaf(shown) : null);

    private async Task<AlibabaResource> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        var id = TargetKeys.Sm2Of(domain);
        var wire = EdgeDomains.Wire(domain);
        try
        {
            var isOn = await api.CallAsync(
                edge.Read, [new("DomainName", wire)],
                answer => answer.At("CertInfos.CertInfo.0") is { } first && edge.Parse(first) is { Bound: not null } or { Shown: not null }, domain, cancellationToken);
            if (!isOn)
                return AlibabaResource.Unfit(id, FindingCodes.TargetUpdateOnly, "HTTPS is off for this domain; give it an RSA or ECDSA certificate first, beside which the SM2 one can stand.");
            var listed = await api.CallAsync(
                sm.List, [new("DomainName", wire)], answer => answer.List(sm.Rows).Select(static row => row.Text("CertIdentifier") ?? throw CloudAnswer.Unreadable("CertIdentifier")).ToList(),
                domain, cancellationToken);
            var bound = listed.Count == 0 ? null : string.Join(',', listed);
            return AlibabaResource.Of(id, bound, (wanted, token) => SetAsync(domain, listed, wanted, token)) with
            {
                Shown = listed is [var only] ? await ShowAsync(only, domain, cancellationToken) : null,
                CanBeEmpty = true,
                IsOneOf = true,
                LooksUntilShown = LooksUntilShown,
            };
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return AlibabaResource.Unfit(id, FindingCodes.CloudNotFound, fault.Message);
        }
    }

    private async Task<Fingerprint?> ShowAsync(string identifier, string domain, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(sm.Show, [new("CertIdentifier", identifier)], static answer => PemLeaf.Of(answer.Text("SignCertificate"))?.Fingerprint, domain, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    private Task<bool> SetAsync(string domain, List<string> listed, string wanted, CancellationToken cancellationToken)
    {
        var isOff = wanted.Length == 0;
        return api.CallAsync(
            sm.Set, [new("DomainName", EdgeDomains.Wire(domain)), new("CertIdentifier", isOff ? listed[0] : wanted), new("SSLProtocol", isOff ? "off" : "on")],
            AlibabaApi.Nothing, domain, cancellationToken,
            write: AlibabaApi.Write(
                isOff ? $"turns the SM2 certificate off: {domain}" : $"binds the SM2 certificate to {domain}; its RSA or ECDSA certificate stays as it is",
                listed.Count == 0 ? null : string.Join(',', listed)));
    }
}
