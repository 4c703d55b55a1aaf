using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Huawei;

/// <summary>How the firewall stands before a website.</summary>
public enum WafMode
{
    /// <summary>In the vendor's cloud.</summary>
    Cloud,

    /// <summary>On an instance of the customer's own.</summary>
    Premium,
}

/// <summary>Settings of the kind <c>huawei-waf</c>.</summary>
public sealed record HuaweiWafSettings : ICloudSettings
{
    [Description("The name of a Huawei Cloud account.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the firewall, such as cn-north-4; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The websites by their names as the firewall lists them.")]
    [MinLength(1)]
    [MaxLength(100)]
    public required IReadOnlyList<string> Hosts { get; init; }

    [Description("cloud: websites protected in the vendor's cloud. premium: by an instance of one's own (dedicated mode).")]
    public WafMode Mode { get; init; }
}

/// <summary>Puts the certificate into the firewall's own store, then applies it to websites.</summary>
/// <remarks>The store's own <c>deploy</c> would do the same for CNY 30 a domain, and could not be undone by the former certificate's id.</remarks>
internal sealed partial class HuaweiWafTarget(HuaweiWafSettings settings, HuaweiApi api) : IDeployTarget
{
    private readonly string _region = api.Region(settings.Region);
    private readonly WafStore _store = new(api, api.Region(settings.Region));

    public static TargetKind Kind { get; } = TargetKind.Of<HuaweiWafSettings>(
        "huawei-waf",
        "Huawei Cloud web application firewall",
        TimeSpan.FromMinutes(10),
        static (settings, context) => new HuaweiWafTarget(settings, HuaweiApi.Of(context))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Huawei,
            [
                .. HuaweiActions.Ids, .. WafStore.Actions, HuaweiActions.WafApply,
                HuaweiActions.WafHosts, HuaweiActions.WafHost, HuaweiActions.WafPremiumHosts, HuaweiActions.WafPremiumHost,
            ],
            "WAF v1, IAM v3",
            new DateOnly(2026, 11, 22),
            "Each website is read back behind the write. The calls follow the public API reference; none was recorded.")
        {
            Survey = new CloudSurvey(
                [
                    .. HuaweiActions.Ids, HuaweiActions.WafHosts, HuaweiActions.WafHost, HuaweiActions.WafPremiumHosts, HuaweiActions.WafPremiumHost, HuaweiActions.WafShow,
                ],
                static (context, region, cancellationToken) => FindAsync(HuaweiApi.Of(context), region, cancellationToken)),
            Check = static async (session, cancellationToken) => await WafStore.Open(session, HuaweiApi.CheckRegion(session)).ListAsync(cancellationToken).AnyAsync(cancellationToken),
            Gaps =
            [
                "A website without HTTPS: give it a client protocol with HTTPS and a first certificate in the console.",
                "Websites of an enterprise project other than the default one, and the load balancer mode of the cloud firewall (bind the listener instead).",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<ResourceState>();
        foreach (var host in await HostsAsync(cancellationToken))
        {
            var leaf = host.Bound is { } id ? (await _store.ShowAsync(id, cancellationToken)).Leaf?.Fingerprint : null;
            resources.Add(new ResourceState(host.Hostname, leaf, Restorable: host.Bound is not null) { Bound = host.Bound });
        }

        var refusals = resources.Where(static resource => resource.Bound is null)
            .Select(static resource => FindingCodes.TargetRefused.At(resource.Id, $"{resource.Id} has no certificate yet: the firewall does not serve HTTPS for it."));
        return new TargetReading(new TargetState(resources), [.. refusals], Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var hosts = await HostsAsync(cancellationToken);
        var leaves = new Dictionary<string, Fingerprint?>(StringComparer.Ordinal);
        foreach (var bound in hosts.Select(static host => host.Bound).OfType<string>().Distinct(StringComparer.Ordinal))
            leaves[bound] = (await _store.ShowAsync(bound, cancellationToken)).Leaf?.Fingerprint;
        List<Website> todo = [.. hosts.Where(host => host.Bound is not { } id || leaves[id] != certificate.Fingerprint)];
        if (todo.Count == 0)
            return Outcomes(hosts, static _ => true);

        var upload = await api.UploadAsync(_store, certificate, id => _store.ShowAsync(id, cancellationToken), cancellationToken);
        await ApplyAsync(upload, todo, cancellationToken);
        return api.Plans
            ? Outcomes(hosts, static _ => true)
            : Outcomes(await HostsAsync(cancellationToken), host => host.Bound == upload || !todo.Exists(one => one.Id == host.Id));
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        var before = previous.Resources
            .Where(static resource => resource.Bound is not null)
            .ToDictionary(static resource => resource.Id, static resource => resource.Bound!, StringComparer.OrdinalIgnoreCase);
        var other = (await HostsAsync(cancellationToken)).Where(host => before.TryGetValue(host.Hostname, out var id) && id != host.Bound);
        foreach (var group in other.GroupBy(host => before[host.Hostname], StringComparer.Ordinal))
            await ApplyAsync(group.Key, [.. group], cancellationToken);
        return Outcomes(await HostsAsync(cancellationToken), host => !before.TryGetValue(host.Hostname, out var id) || host.Bound == id);
    }

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Uploads.RetireAsync(_store, certificate, cancellationToken);

    private static DeployResult Outcomes(IReadOnlyList<Website> hosts, Func<Website, bool> isDone) => DeployResult.Of([.. hosts.Select(host => isDone(host)
        ? new ResourceOutcome(host.Hostname, Succeeded: true)
        : new ResourceOutcome(host.Hostname, Succeeded: false, FindingCodes.CloudConflict.Code, $"It is bound to {host.Bound ?? "nothing"} behind the write."))]);

    private Task ApplyAsync(string certificate, IReadOnlyList<Website> hosts, CancellationToken cancellationToken)
    {
        string[] ids = [.. hosts.Select(static host => host.Id)];
        var names = string.Join(", ", hosts.Select(static host => host.Hostname));
        var replaces = string.Join(',', hosts.Select(static host => host.Bound).OfType<string>().Distinct(StringComparer.Ordinal));
        return _store.ApplyAsync(
            certificate, settings.Mode == WafMode.Cloud ? ids : [], settings.Mode == WafMode.Premium ? ids : [], names, replaces.Length == 0 ? null : replaces, cancellationToken);
    }

    /// <summary>The websites of the settings, in their order; throws <see cref="Permanent"/> (<c>cloud.not-found</c>) for one that the firewall does not have.</summary>
    private async Task<IReadOnlyList<Website>> HostsAsync(CancellationToken cancellationToken)
    {
        var sites = await Sites.OpenAsync(api, _region, settings.Mode, cancellationToken);
        var hosts = new List<Website>();
        foreach (var name in settings.Hosts)
        {
            // The filter takes a part of a name.
            var found = await sites.ListAsync(name, cancellationToken).FirstOrDefaultAsync(one => string.Equals(one.Hostname, name, StringComparison.OrdinalIgnoreCase), cancellationToken)
                ?? throw new Permanent(FindingCodes.CloudNotFound.Code, $"The firewall has no website {name} in {_region} ({settings.Mode}).");
            hosts.Add(await sites.ShowAsync(found.Id, cancellationToken));
        }

        return hosts;
    }

    private static async IAsyncEnumerable<FoundBinding> FindAsync(HuaweiApi api, string? own, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var region = api.Region(own);
        var store = new WafStore(api, region);
        foreach (var mode in (WafMode[])[WafMode.Cloud, WafMode.Premium])
        {
            var sites = await Sites.OpenAsync(api, region, mode, cancellationToken);
            await foreach (var listed in sites.ListAsync(null, cancellationToken))
            {
                if ((await sites.ShowAsync(listed.Id, cancellationToken)).Bound is not { } bound)
                    continue;
                var settings = new HuaweiWafSettings { Account = api.Account, Region = region, Hosts = [listed.Hostname], Mode = mode };
                yield return new FoundBinding(listed.Hostname, settings, bound, (await store.ShowAsync(bound, cancellationToken)).Leaf) { Name = listed.Hostname };
            }
        }
    }

    /// <summary>The websites of one mode.</summary>
    private sealed class Sites(HuaweiApi api, string region, CloudField project, WafMode mode)
    {
        private const int PageSize = 100;

        private readonly string[] _path = mode == WafMode.Cloud ? ["v1", project.Value, "waf", "instance"] : ["v1", project.Value, "premium-waf", "host"];

        public static async Task<Sites> OpenAsync(HuaweiApi api, string region, WafMode mode, CancellationToken cancellationToken) =>
            new(api, region, await api.ProjectAsync(region, cancellationToken), mode);

        /// <summary>The websites, or those with a text in their name; a list does not tell the certificate.</summary>
        public async IAsyncEnumerable<Website> ListAsync(string? text, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var action = mode == WafMode.Cloud ? HuaweiActions.WafHosts : HuaweiActions.WafPremiumHosts;
            for (var page = 1; ; page++)
            {
                CloudField[] filter = text is null ? [] : [new("hostname", text)];
                var call = new HuaweiCall(action, "GET", "waf", region, _path) { Scope = project, Query = [new("page", $"{page}"), new("pagesize", $"{PageSize}"), .. filter] };
                var items = (await api.ReadAsync(call, SiteJson.Default.WebsiteList, cancellationToken)).Items ?? [];
                foreach (var one in items)
                    yield return one;
                if (items.Count < PageSize)
                    yield break;
            }
        }

        public Task<Website> ShowAsync(string id, CancellationToken cancellationToken)
        {
            var action = mode == WafMode.Cloud ? HuaweiActions.WafHost : HuaweiActions.WafPremiumHost;
            return api.ReadAsync(new HuaweiCall(action, "GET", "waf", region, [.. _path, id]) { Scope = project }, SiteJson.Default.Website, cancellationToken);
        }
    }

    private sealed record WebsiteList(IReadOnlyList<Website>? Items);

    private sealed record Website(string Id, string Hostname, [property: JsonPropertyName("certificateid")] string? CertificateId)
    {
        // Empty where none is bound.
        [JsonIgnore]
        public string? Bound => CertificateId is { Length: > 0 } id ? id : null;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(WebsiteList))]
    [JsonSerializable(typeof(Website))]
    private sealed partial class SiteJson : JsonSerializerContext;
}
