using System.Collections.Frozen;
using Certrelay.Records;

namespace Certrelay.Targets.Calls;

/// <summary>How often an account may call a vendor: what the vendor documents, else a careful figure of our own; the settings (<c>Clouds:Limits</c>) come first.</summary>
public static class CloudLimits
{
    // Our own choice where no vendor's page names a figure: well below every documented one.
    private static readonly RateLimit Careful = new(10, TimeSpan.FromSeconds(1));

    private static readonly FrozenDictionary<string, (RateLimit Limit, string Source)> Documented = new Dictionary<string, (RateLimit, string)>(StringComparer.Ordinal)
    {
        ["alibaba.cas"] = (PerSecond(50), "half of the 100 a second that CAS documents for upload, detail and deletion"),
        ["alibaba.cas.ListUserCertificateOrder"] = (PerSecond(10), "CAS API reference: 10 a second"),
        ["alibaba.cdn.SetCdnDomainSSLCertificate"] = (PerSecond(30), "CDN API reference: 30 a second"),
        ["tencent.ssl"] = (PerSecond(10), "SSL API reference: 10 to 20 a second for each action"),
        ["huawei.cdn.ShowDomainFullConfig"] = (new RateLimit(300, TimeSpan.FromMinutes(1)), "CDN API reference: 300 a minute for a tenant"),
        ["huawei.cdn.UpdateDomainFullConfig"] = (new RateLimit(200, TimeSpan.FromMinutes(1)), "CDN API reference: 200 a minute for a tenant"),
        ["aws.cloudfront"] = (PerSecond(5), "our own choice: CloudFront throttles early and documents no figure"),
    }.ToFrozenDictionary();

    /// <summary>Each limit that is not our careful default, with its source; the key is <c>vendor.service</c> or <c>vendor.service.action</c>.</summary>
    public static IReadOnlyDictionary<string, (RateLimit Limit, string Source)> All => Documented;

    /// <summary>The limit of an action, and the name that its budget is counted under.</summary>
    public static (string Budget, RateLimit Limit) Of(CloudOptions options, CloudVendor vendor, CloudAction action)
    {
        var service = $"{CloudOptions.Word(vendor)}.{action.Service}";
        var whole = $"{CloudOptions.Word(vendor)}.{action.Id}";
        // What is set for a whole service is one budget for all its actions; what a vendor documents counts for each action.
        if (options.Limits.TryGetValue(whole, out var own) && RateLimit.TryParse(own, out var set))
            return (action.Id, set);
        if (options.Limits.TryGetValue(service, out own) && RateLimit.TryParse(own, out set))
            return (action.Service, set);
        return (action.Id, Documented.TryGetValue(whole, out var documented) || Documented.TryGetValue(service, out documented) ? documented.Limit : Careful);
    }

    private static RateLimit PerSecond(int calls) => new(calls, TimeSpan.FromSeconds(1));
}
