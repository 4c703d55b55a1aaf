using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>WAF 3.0, API 2021-10-01, with CNAME access.</summary>
internal sealed class WafProduct(AlibabaWorld world)
{
    private const string Version = "2021-10-01";

    private static readonly string[] OfTls = ["TLSVersion", "EnableTLSv3", "CipherSuite"];

    private readonly Dictionary<string, (JsonObject Listen, JsonObject Redirect)> _more = new(StringComparer.Ordinal);

    public static string Instance => "waf_v3prepaid_public_cn-example1";

    /// <summary>False for an account that has WAF 2.0 only.</summary>
    public bool HasInstance { get; set; } = true;

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("waf", Version, "DescribeInstance", "RegionId!", "RegionId", _ => HasInstance ? new JsonObject { ["InstanceId"] = Instance, ["Status"] = 1 } : []),
        new("waf", Version, "DescribeDomainDetail", "InstanceId! RegionId! Domain!", "Domain", Detail),
        new("waf", Version, "ModifyDomainCert", "InstanceId! RegionId! Domain! CertId! TLSVersion EnableTLSv3 CipherSuite CustomCiphers.N", "Domain", Modify) { Writes = true },
        new("waf", Version, "ModifyDomain", "InstanceId! RegionId! Domain! Listen! Redirect! AccessType", "Domain", ModifyAll) { Writes = true },
    ];

    public void Set(string domain, JsonObject listen, JsonObject redirect) => _more[domain] = (listen, redirect);

    public string SettingsOf(string domain) => MoreOf(domain) is var (listen, redirect) ? $"{listen.ToJsonString()} {redirect.ToJsonString()}" : "";

    private (JsonObject Listen, JsonObject Redirect) MoreOf(string domain) => _more.TryGetValue(domain, out var more)
        ? more
        : ([], new JsonObject { ["Loadbalance"] = "iphash", ["BackendList"] = new JsonArray("192.0.2.1"), ["BackUpBackendList"] = new JsonArray() });

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
        var (more, redirect) = MoreOf(place.Id);
        var listen = new JsonObject { ["HttpsPorts"] = place.Bound is null ? new JsonArray() : new JsonArray(443), ["CertId"] = place.Bound ?? "" };
        foreach (var name in place.Settings.Keys.Where(static name => !name.Contains('.', StringComparison.Ordinal)))
        {
            listen[name] = name == "EnableTLSv3" ? JsonValue.Create(place.Settings[name] == "true")
                : name == "CipherSuite" ? int.Parse(place.Settings[name], CultureInfo.InvariantCulture) : place.Settings[name];
        }

        listen["CustomCiphers"] = new JsonArray([.. place.Settings.Where(static one => one.Key.StartsWith("CustomCiphers.", StringComparison.Ordinal)).Select(static one => (JsonNode)one.Value)]);
        foreach (var (name, value) in more)
            listen[name] = value?.DeepClone();
        (listen["SM2Enabled"], listen["SM2CertId"], listen["SM2AccessOnly"]) = (place.Sm is not null, place.Sm?.Identifier ?? "", false);
        return new JsonObject
        {
            ["Domain"] = place.Id,
            ["Status"] = place.IsSettled ? 1 : 3,
            ["Listen"] = listen,
            ["Redirect"] = redirect.DeepClone(),
            ["SM2CertDetail"] = place.Sm is { } pair ? new JsonObject { ["Id"] = pair.Identifier, ["Name"] = pair.Name } : null,
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
        foreach (var (name, value) in call.Values.Where(static one => OfTls.Contains(one.Key) || one.Key.StartsWith("CustomCiphers.", StringComparison.Ordinal)))
            place.Settings[name] = value;
        place.Bind(call.Text("CertId"), world.ByIdentifier(call.Text("CertId")));
        return [];
    }

    /// <summary>Everything is as the call says: what is left out is as if it had never been set.</summary>
    private JsonObject ModifyAll(AlibabaCall call)
    {
        var place = Find(call);
        if (!place.IsSettled)
            throw new AlibabaFault(400, "Waf.Pullin.ResourceProcessing", "The resource is being processed.");
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "Waf.Pullin.CertInvalid", "The domain does not take it.");
        var (listen, redirect) = (Parsed(call, "Listen"), Parsed(call, "Redirect"));
        if (redirect["Loadbalance"] is null || redirect["Backends"] is not JsonArray { Count: > 0 } backends || redirect.ContainsKey("BackendList") || redirect.ContainsKey("BackUpBackendList"))
            throw AlibabaFault.Invalid("Redirect");
        if (listen["HttpsPorts"] is not JsonArray { Count: > 0 } || listen["CertId"]?.GetValue<string>() is not { } bound)
            throw AlibabaFault.Invalid("Listen");
        var certificate = world.ByIdentifier(bound);
        var pair = listen["SM2Enabled"]?.GetValue<bool>() == true ? world.Pair(listen["SM2CertId"]?.GetValue<string>(), "Waf.Pullin.CertInvalid") : null;
        if (pair is not null)
            AlibabaWorld.MustCover(pair.Certificate, place.Id);
        place.Settings.Clear();
        foreach (var name in OfTls.Where(listen.ContainsKey))
            place.Settings[name] = listen[name]!.ToJsonString().Trim('"');
        foreach (var (index, cipher) in (listen["CustomCiphers"] as JsonArray ?? []).Index())
            place.Settings[$"CustomCiphers.{index + 1}"] = cipher!.GetValue<string>();
        foreach (var own in (string[])["HttpsPorts", "CertId", "SM2Enabled", "SM2CertId", "SM2AccessOnly", "CustomCiphers", .. OfTls])
            listen.Remove(own);
        redirect["BackendList"] = backends.DeepClone();
        redirect["BackUpBackendList"] = redirect["BackupBackends"]?.DeepClone() ?? new JsonArray();
        redirect.Remove("Backends");
        redirect.Remove("BackupBackends");
        _more[place.Id] = (listen, redirect);
        if (bound != place.Bound)
            place.Bind(bound, certificate);
        place.BindSm(pair);
        return new JsonObject { ["DomainInfo"] = new JsonObject { ["Domain"] = place.Id, ["Cname"] = $"{place.Id}.example.net" } };
    }

    private static JsonObject Parsed(AlibabaCall call, string name) => JsonNode.Parse(call.Text(name)) as JsonObject ?? throw AlibabaFault.Invalid(name);
}
