using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Settings of the kind <c>tencent-waf</c>.</summary>
public sealed record TencentWafSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region that WAF is called in: ap-guangzhou, or ap-seoul outside the mainland; by the account's site when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The protected domains, of SaaS or load balancer instances; empty with match: covered.")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    [Description("listed: the domains named here. covered: every protected domain that the certificate covers.")]
    public DomainMatch Match { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, Match);
}

/// <summary>Binds a certificate of the store to domains that WAF protects: to the domain itself (SaaS), or to the load balancer's listener that ends TLS for it.</summary>
/// <remarks>WAF API 2018-01-25: https://cloud.tencent.com/document/api/627/53608</remarks>
internal sealed partial class TencentWafTarget : IDeployTarget
{
    private const int Page = 20;
    private const int FromStore = 2;

    private readonly TencentWafSettings _settings;
    private readonly IReadOnlyList<string> _names;
    private readonly TencentApi _api;
    private readonly string _region;
    private readonly TencentCertificates _store;
    private readonly TencentListeners _listeners;
    private readonly TencentBinder _binder;

    private TencentWafTarget(TencentWafSettings settings, TencentApi api, IReadOnlyList<string> names)
    {
        (_settings, _names, _api) = (settings, names, api);
        _region = settings.Region ?? RegionOf(api.Session);
        _store = new TencentCertificates(api, "waf");
        _listeners = new TencentListeners(api, _store);
        _binder = new TencentBinder(api, _store, ReadPlacesAsync, TimeSpan.FromSeconds(5));
    }

    public static TargetKind Kind { get; } = TargetKind.Of<TencentWafSettings>(
        "tencent-waf", "Tencent Cloud WAF", TimeSpan.FromMinutes(10),
        static (settings, context) => new TencentWafTarget(settings, new TencentApi(context.Cloud), context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Tencent,
            [
                .. TencentActions.Store, TencentActions.DescribeDomains, TencentActions.DescribeDomainDetailsSaas, TencentActions.DescribeHost,
                TencentActions.ModifySpartaProtection, .. TencentActions.Listeners,
            ],
            "SSL 2019-12-05, WAF 2018-01-25, CLB 2018-03-17",
            new DateOnly(2026, 11, 22),
            "DescribeDomainDetailsSaas until the domain has settled and names the certificate; for load balancer instances as tencent-clb.")
        {
            Survey = new CloudSurvey(
                [
                    TencentActions.DescribeDomains, TencentActions.DescribeDomainDetailsSaas, TencentActions.DescribeHost, TencentActions.DescribeListeners,
                    TencentActions.DescribeCertificateDetail,
                ],
                static (context, region, cancellationToken) => new TencentWafTarget(
                    new TencentWafSettings { Account = context.Cloud.Account.Name, Region = region ?? RegionOf(context.Cloud) }, new TencentApi(context.Cloud), []).FindAsync(cancellationToken)),
            Check = static (session, cancellationToken) => new TencentApi(session).CallAsync(
                TencentActions.DescribeDomains, new JsonObject { ["Offset"] = 0, ["Limit"] = 1 }, TencentWafJson.Default.TencentAnswerDomainsAnswer, "", cancellationToken, RegionOf(session)),
            Gaps =
            [
                "A certificate that was given to WAF itself instead of the store cannot be bound again by a restore: put it into the store first.",
                "A domain that listens on HTTP alone: open an HTTPS port in the console first.",
                "Domains of API gateways and functions behind WAF, and SM2 certificates: bind them in the console.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var domains = await FindAsync(_settings.Domains, cancellationToken);
        if (_settings.Match == DomainMatch.Covered)
            domains = [.. domains.Where(domain => ListedDomains.MayServe(_names, domain.Domain))];
        return await _binder.ReadAsync(await PlacesAsync(domains, cancellationToken), _settings.Domains.Except(domains.Select(static domain => domain.Domain)), cancellationToken);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await _binder.DeployAsync(certificate, [], job, cancellationToken);
        var domains = await FindAsync(_settings.Domains, cancellationToken);
        if (_settings.Match == DomainMatch.Covered)
            domains = [.. domains.Where(domain => certificate.Serves(domain.Domain))];
        var places = (await PlacesAsync(domains, cancellationToken))
            .Where(place => _settings.Match == DomainMatch.Listed || place.Refusal is null)
            .Select(static place => place.Id)
            .ToList();
        if (places.Count == 0)
            throw new Permanent(FindingCodes.CloudNotFound.Code, "No domain that WAF protects is named by the target and covered by the certificate.");
        return await _binder.DeployAsync(certificate, places, job, cancellationToken);
    }

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        _binder.RestoreAsync(previous, job, cancellationToken, _settings.Match == DomainMatch.Covered ? IsOursAsync : null);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => _store.RetireAsync(certificate, cancellationToken);

    private async IAsyncEnumerable<FoundBinding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var domain in await PagesAsync(null, cancellationToken))
        {
            if ((await PlacesAsync([domain], cancellationToken)).FirstOrDefault(static place => place.Bound is not null) is { Bound: { } bound })
            {
                yield return new FoundBinding(
                    domain.Domain, _settings with { Domains = [domain.Domain] }, bound, await _store.LeafAsync(bound.Split(',')[0], cancellationToken))
                { Name = domain.Domain };
            }
        }
    }

    private static string RegionOf(CloudSession session) => session.Account.Site == "international" ? "ap-seoul" : "ap-guangzhou";

    private async Task<bool> IsOursAsync(TencentResource place, CancellationToken cancellationToken) =>
        place.Bound is { } bound && await _store.IsOursAsync(bound.Split(',')[0], cancellationToken);

    // A place is named by its domain, and where a listener ends TLS by domain|region|lb-1|lbl-1 with the domain of the rule behind it.
    private async Task<IReadOnlyList<TencentResource>> ReadPlacesAsync(IReadOnlyCollection<string> named, CancellationToken cancellationToken)
    {
        var domains = await FindAsync([.. named.Select(static name => name.Split('|')[0]).Distinct(StringComparer.Ordinal)], cancellationToken);
        return [.. (await PlacesAsync(domains, cancellationToken)).Where(place => named.Contains(place.Id))];
    }

    /// <summary>The domains of these names; all of the account when there are none.</summary>
    private async Task<IReadOnlyList<DomainRow>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return await PagesAsync(null, cancellationToken);
        var found = new List<DomainRow>();
        foreach (var name in names)
            found.AddRange(await PagesAsync(name, cancellationToken));
        return found;
    }

    private async Task<IReadOnlyList<DomainRow>> PagesAsync(string? name, CancellationToken cancellationToken)
    {
        var found = new List<DomainRow>();
        while (true)
        {
            var parameters = new JsonObject { ["Offset"] = found.Count, ["Limit"] = Page };
            if (name is not null)
                parameters["Filters"] = new JsonArray(new JsonObject { ["Name"] = "Domain", ["Values"] = new JsonArray(name), ["ExactMatch"] = true });
            var answer = await _api.CallAsync(TencentActions.DescribeDomains, parameters, TencentWafJson.Default.TencentAnswerDomainsAnswer, name ?? "", cancellationToken, _region);
            found.AddRange(answer.Domains ?? []);
            if (answer.Domains is not { Count: > 0 } || found.Count >= answer.Total)
                return found;
        }
    }

    private async Task<IReadOnlyList<TencentResource>> PlacesAsync(IEnumerable<DomainRow> domains, CancellationToken cancellationToken)
    {
        var places = new List<TencentResource>();
        foreach (var domain in domains)
            places.AddRange(domain.Edition == "sparta-waf" ? [await OwnAsync(domain, cancellationToken)] : await OnListenersAsync(domain, cancellationToken));
        return places;
    }

    private async Task<TencentResource> OwnAsync(DomainRow domain, CancellationToken cancellationToken)
    {
        // This action spells the instance otherwise than the one that changes it.
        var parameters = new JsonObject { ["Domain"] = domain.Domain, ["DomainId"] = domain.DomainId, ["InstanceId"] = domain.InstanceId };
        var answer = await _api.CallAsync(
            TencentActions.DescribeDomainDetailsSaas, parameters, TencentWafJson.Default.TencentAnswerDetailsAnswer, domain.Domain, cancellationToken, _region);
        var details = answer.DomainsPartInfo;
        var bound = details is { CertType: FromStore, SSLId.Length: > 0 } ? details.SSLId : null;
        return new TencentResource(domain.Domain, bound, (wanted, token) => ModifyAsync(domain, bound, wanted, token))
        {
            Settling = details?.State == -1,
            Failure = details?.State == -2 ? "The vendor says that the configuration could not be issued (State -2)." : null,
            Restorable = bound is not null,
            Refusal = details?.Ports?.Any(static port => string.Equals(port.Protocol, "https", StringComparison.OrdinalIgnoreCase)) == true ? null : "The domain listens on no HTTPS port.",
        };
    }

    private async Task<string> ModifyAsync(DomainRow domain, string? bound, string wanted, CancellationToken cancellationToken)
    {
        // What is left out stays as it is.
        var parameters = new JsonObject
        {
            ["Domain"] = domain.Domain,
            ["DomainId"] = domain.DomainId,
            ["InstanceID"] = domain.InstanceId,
            ["CertType"] = FromStore,
            ["SSLId"] = wanted,
        };
        await _api.CallAsync(
            TencentActions.ModifySpartaProtection, parameters, TencentWafJson.Default.TencentAnswerModifyAnswer, domain.Domain, cancellationToken, _region,
            new CloudWrite($"binds the certificate to {domain.Domain}", bound, TencentApi.Placeholder));
        return "";
    }

    private async Task<IReadOnlyList<TencentResource>> OnListenersAsync(DomainRow domain, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject { ["Domain"] = domain.Domain, ["DomainId"] = domain.DomainId, ["InstanceID"] = domain.InstanceId };
        var answer = await _api.CallAsync(TencentActions.DescribeHost, parameters, TencentWafJson.Default.TencentAnswerHostAnswer, domain.Domain, cancellationToken, _region);
        var places = new List<TencentResource>();
        foreach (var balancer in (answer.Host?.LoadBalancerSet ?? []).Where(static one => string.Equals(one.Protocol, "https", StringComparison.OrdinalIgnoreCase)))
        {
            var listener = new TencentListener(TencentRegions.Name(balancer.Region), balancer.LoadBalancerId, balancer.ListenerId);
            var all = await _listeners.ReadAsync(listener, cancellationToken);
            // The rule of the name itself goes before one with a wildcard; without SNI there is the listener alone.
            var own = all.FirstOrDefault(place => place.Id == $"{listener}|{domain.Domain}")
                ?? all.FirstOrDefault(place => place.Id == listener.ToString())
                ?? all.FirstOrDefault(place => SubjectName.TryParse(place.Id.Split('|')[^1], out var rule) && rule.Covers(domain.Domain));
            if (own is not null)
                places.Add(own with { Id = $"{domain.Domain}|{listener.Region}|{own.Id}" });
        }

        const string none = "No HTTPS listener of a load balancer is bound to this domain.";
        if (places.Count == 0)
            places.Add(new TencentResource(domain.Domain, null, static (_, _) => throw new Permanent(FindingCodes.TargetRefused.Code, none)) { Restorable = false, Refusal = none });
        return places;
    }

    private sealed record DomainsAnswer(int Total, IReadOnlyList<DomainRow>? Domains);

    private sealed record DomainRow(string Domain, string DomainId, string InstanceId, string? Edition);

    private sealed record DetailsAnswer(DetailsRow? DomainsPartInfo);

    // The answer holds a private key where one was given to WAF itself; it is not taken.
    private sealed record DetailsRow(int CertType, string? SSLId, int? State, IReadOnlyList<PortRow>? Ports);

    private sealed record PortRow(string? Protocol);

    private sealed record HostAnswer(HostRow? Host);

    private sealed record HostRow(IReadOnlyList<BalancerRow>? LoadBalancerSet);

    private sealed record BalancerRow(string LoadBalancerId, string ListenerId, string Region, string? Protocol);

    private sealed record ModifyAnswer(string? RequestId);

    [JsonSerializable(typeof(TencentAnswer<DomainsAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<DetailsAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<HostAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<ModifyAnswer>))]
    private sealed partial class TencentWafJson : JsonSerializerContext;
}
