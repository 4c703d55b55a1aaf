using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>The SM2 certificates of Anti-DDoS domains: read back, and bound by hand, because no call of the API binds them.</summary>
internal sealed class DdosSmDomains(AlibabaDdosSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
        {
            var id = TargetKeys.Sm2Of(domain);
            var (isKnown, bound) = await api.CallAsync(
                AlibabaActions.DescribeWebRules, [new("Domain", domain), new("QueryDomainPattern", "exact"), new("PageSize", "10")],
                static answer => answer.At("WebRules.0") is { } rule
                    ? (true, rule.Text("GmCert.GmEnable") is "1" or "true" && rule.Text("GmCert.CertId") is { Length: > 0 } gm ? gm : null)
                    : (false, null),
                domain, cancellationToken);
            resources.Add(isKnown
                ? AlibabaResource.Unfit(
                    id, FindingCodes.TargetByHand,
                    $"No call binds an SM2 certificate here, where {(bound is null ? "there is none" : $"{bound} is bound")} now. Put the pair into the certificate store (download it in the form tengine), choose it for {domain} under Website Config in the Anti-DDoS console, then start the rollout again: it reads the certificate back.") with
                { Bound = bound }
                : AlibabaResource.Unfit(id, FindingCodes.CloudNotFound, $"Anti-DDoS has no rule for {domain}."));
        }

        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));
}
