using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>A website that the firewall protects: in the cloud, or by an instance of the customer's own (<c>premium</c>).</summary>
internal sealed class WafHost(string id, string hostname, bool isPremium, Settling<WafCertificate?> bound)
{
    public string Id { get; } = id;

    public string Hostname { get; } = hostname;

    public bool IsPremium { get; } = isPremium;

    public Settling<WafCertificate?> Bound { get; } = bound;

    public string WafType => IsPremium ? "premium" : "cloud";

    /// <summary>As a list tells it: without the certificate.</summary>
    public JsonObject Listed() => new()
    {
        ["id"] = Id,
        ["hostid"] = Id,
        ["hostname"] = Hostname,
        ["protect_status"] = 1,
        ["access_status"] = 1,
        ["simulated_field"] = 1,
    };

    public JsonObject Shown()
    {
        var shown = Listed();
        shown["protocol"] = Bound.Last is null ? "HTTP" : "HTTPS";
        shown["certificateid"] = Bound.Last?.Id;
        shown["certificatename"] = Bound.Last?.Name;
        shown["server"] = new JsonArray();
        return shown;
    }
}

/// <summary>A certificate in the firewall's own store of a project.</summary>
internal sealed record WafCertificate(string Id, string Name, PemPair Pair, DateTimeOffset Created)
{
    public JsonObject Listed(IEnumerable<WafHost> hosts, DateTimeOffset now) => new()
    {
        ["id"] = Id,
        ["name"] = Name,
        ["timestamp"] = Created.ToUnixTimeMilliseconds(),
        ["expire_time"] = new DateTimeOffset(Pair.Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds(),
        ["exp_status"] = Pair.Leaf.NotAfter.ToUniversalTime() <= now.UtcDateTime ? 1 : 0,
        ["bind_host"] = new JsonArray([.. hosts.Where(host => host.Bound.Last?.Id == Id).Select(static host => new JsonObject
        {
            ["id"] = host.Id, ["hostname"] = host.Hostname, ["waf_type"] = host.WafType,
        })]),
        ["simulated_field"] = 1,
    };

    /// <summary>Its text and its private key too, as the real one answers.</summary>
    public JsonObject Shown(IEnumerable<WafHost> hosts, DateTimeOffset now)
    {
        var shown = Listed(hosts, now);
        shown["content"] = Pair.Certificate;
        shown["key"] = Pair.Key;
        return shown;
    }
}
