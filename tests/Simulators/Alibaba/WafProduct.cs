using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>WAF 3.0, API 2021-10-01, with CNAME access.</summary>
internal sealed class WafProduct(AlibabaWorld world)
{
    private const string Version = "2021-10-01";

    public static string Instance => "waf_v3prepaid_public_cn-example1";

    /// <summary>False for an account that has WAF 2.0 only.</summary>
    public bool HasInstance { get; set; } = true;

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("waf", Version, "DescribeInstance", "RegionId!", "RegionId", _ => HasInstance ? new JsonObject { ["InstanceId"] = Instance, ["Status"] = 1 } : []),
        new("waf", Version, "DescribeDomainDetail", "InstanceId! RegionId! Domain!", "Domain", Detail),
        new("waf", Version, "ModifyDomainCert", "InstanceId! RegionId! Domain! CertId! TLSVersion EnableTLSv3 CipherSuite CustomCiphers.N", "Domain", Modify) { Writes = true },
    ];

    private AlibabaPlace Find(AlibabaCall call)
    {
        if (call.Text("RegionId") != world.StoreRegion)
            throw AlibabaFault.Invalid("RegionId");
        if (call.Text("InstanceId") != Instance)
            throw new AlibabaFault(400, "Waf.Instance.NotExist", "The instance does not exist.");
        return world.Places.Find(place => place.Product == "WAF" && place.Id == call.Text("Domain")) ?? throw new AlibabaFault(400, "Waf.Domain.NotExist", "The domain does not exist.");
    }

    private JsonObject Detail(AlibabaCall call)
    {
        var place = Find(call);
        var listen = new JsonObject { ["HttpsPorts"] = place.Bound is null ? new JsonArray() : new JsonArray(443), ["CertId"] = place.Bound ?? "" };
        foreach (var name in place.Settings.Keys.Where(static name => !name.Contains('.', StringComparison.Ordinal)))
        {
            listen[name] = name == "EnableTLSv3" ? JsonValue.Create(place.Settings[name] == "true")
                : name == "CipherSuite" ? int.Parse(place.Settings[name], CultureInfo.InvariantCulture) : place.Settings[name];
        }

        listen["CustomCiphers"] = new JsonArray([.. place.Settings.Where(static one => one.Key.StartsWith("CustomCiphers.", StringComparison.Ordinal)).Select(static one => (JsonNode)one.Value)]);
        return new JsonObject
        {
            ["Domain"] = place.Id,
            ["Status"] = place.IsSettled ? 1 : 3,
            ["Listen"] = listen,
            ["Redirect"] = new JsonObject { ["Loadbalance"] = "iphash", ["BackendList"] = new JsonArray("192.0.2.1") },
            ["CertDetail"] = place.Certificate is { } bound ? new JsonObject { ["Id"] = bound.Identifier, ["Name"] = bound.Name } : null,
        };
    }

    private JsonObject Modify(AlibabaCall call)
    {
        var place = Find(call);
        if (!place.IsSettled)
            throw new AlibabaFault(400, "Waf.Pullin.ResourceProcessing", "The resource is being processed.");
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "Waf.Pullin.CertInvalid", "The domain does not take it.");
        // What is left out of the TLS settings is as if it had never been set.
        place.Settings.Clear();
        foreach (var (name, value) in call.Values.Where(static one => one.Key is "TLSVersion" or "EnableTLSv3" or "CipherSuite" || one.Key.StartsWith("CustomCiphers.", StringComparison.Ordinal)))
            place.Settings[name] = value;
        place.Bind(call.Text("CertId"), world.ByIdentifier(call.Text("CertId")));
        return [];
    }
}
