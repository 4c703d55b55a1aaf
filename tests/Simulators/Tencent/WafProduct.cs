using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>Tencent WAF, API 2018-01-25: domains whose TLS it ends itself (SaaS), and others that a load balancer's listener serves.</summary>
internal sealed class WafProduct(TencentWorld world)
{
    public const string Saas = "sparta-waf";
    public const string Clb = "clb-waf";

    private readonly List<Domain> _domains = [];

    private sealed record Domain(
        string Name, string Id, string InstanceId, string Edition, TencentBinding? Binding, IReadOnlyList<(string LoadBalancerId, string ListenerId, string Region)> Listeners)
    {
        /// <summary>A certificate of its own, given with its key instead of an id.</summary>
        public TencentCertificate? Own { get; set; }

        /// <summary>Settings that a change keeps unless it names them.</summary>
        public JsonObject Kept { get; } = new() { ["IsHttp2"] = 1, ["HttpsRewrite"] = 1, ["TLSVersion"] = 3, ["UpstreamScheme"] = "http", ["HttpsUpstreamPort"] = "80" };
    }

    public IEnumerable<TencentAction> Actions =>
    [
        new("waf.DescribeDomains", "Offset:number! Limit:number! Filters:list", "Filters", List) { Regional = true },
        new("waf.DescribeDomainDetailsSaas", "Domain:text! DomainId:text! InstanceId:text!", "Domain", Details) { Regional = true },
        new("waf.ModifySpartaProtection",
            "Domain:text! DomainId:text! InstanceID:text! CertType:number Cert:text PrivateKey:text SSLId:text"
            + " IsHttp2:number HttpsRewrite:number TLSVersion:number UpstreamScheme:text HttpsUpstreamPort:text GmType:number GmCertType:number GmSSLId:text",
            "Domain", Modify) { Writes = true, Regional = true },
        new("waf.DescribeHost", "Domain:text! DomainId:text! InstanceID:text", "Domain", Host) { Regional = true },
    ];

    /// <param name="region">Where the deployment jobs find it.</param>
    /// <param name="bound">Null: HTTP alone.</param>
    /// <param name="asOwn">True: given to it as PEM and key, which its answers then hold.</param>
    public void AddSaas(string name, string id, string instanceId, string region, TencentCertificate? bound, bool asOwn = false)
    {
        var binding = new TencentBinding(world);
        if (bound is not null)
            binding.Begin(asOwn ? "" : bound.Id, bound.Certificate);
        _domains.Add(new Domain(name, id, instanceId, Saas, binding, []) { Own = asOwn ? bound : null });
        world.Resources.Add(new TencentResource("waf", name, name, region, [name], binding));
    }

    public void AddClb(string name, string id, string instanceId, IReadOnlyList<(string LoadBalancerId, string ListenerId, string Region)> listeners) =>
        _domains.Add(new Domain(name, id, instanceId, Clb, null, listeners));

    private JsonObject List(TencentCall call)
    {
        IEnumerable<Domain> found = _domains;
        foreach (var filter in call.Body["Filters"] as JsonArray ?? [])
        {
            var name = TencentCall.Inner(filter, "Name") ?? throw TencentFault.Missing("Filters.0.Name");
            var values = TencentCall.TextsOf(filter!["Values"], "Filters.0.Values");
            var exact = filter["ExactMatch"]?.GetValue<bool>() ?? throw TencentFault.Missing("Filters.0.ExactMatch");
            Func<Domain, string> field = name switch
            {
                "Domain" => static one => one.Name,
                "DomainId" => static one => one.Id,
                "Edition" => static one => one.Edition,
                _ => throw TencentFault.InvalidValue("Filters.0.Name"),
            };
            found = found.Where(one => values.Any(value => exact ? field(one) == value : field(one).Contains(value, StringComparison.Ordinal)));
        }

        var all = found.ToList();
        return new JsonObject
        {
            ["Total"] = all.Count,
            ["Domains"] = new JsonArray([.. all.Skip(call.Number("Offset", 0)).Take(call.Number("Limit", 10)).Select(static one => new JsonObject
            {
                ["Domain"] = one.Name,
                ["DomainId"] = one.Id,
                ["InstanceId"] = one.InstanceId,
                ["Edition"] = one.Edition,
                ["AlbType"] = "clb",
                ["State"] = StateOf(one),
                ["LoadBalancerSet"] = LoadBalancers(one),
                ["SimulatedExtra"] = 7,
            })]),
        };
    }

    private JsonObject Details(TencentCall call)
    {
        var domain = Find(call, call.Text("InstanceId"));
        if (domain.Binding is not { } binding)
            throw new TencentFault("ResourceNotFound", "The domain is not one of a SaaS instance.");
        var parts = (JsonObject)domain.Kept.DeepClone();
        parts["Domain"] = domain.Name;
        parts["DomainId"] = domain.Id;
        parts["InstanceId"] = domain.InstanceId;
        parts["Edition"] = domain.Edition;
        parts["CertType"] = domain.Own is not null ? 1 : string.IsNullOrEmpty(binding.CertificateId) ? 0 : 2;
        parts["SSLId"] = domain.Own is not null ? "" : binding.CertificateId ?? "";
        // The real one answers with the private key that it was given.
        parts["Cert"] = domain.Own?.PublicKey ?? "";
        parts["PrivateKey"] = domain.Own?.PrivateKey ?? "";
        parts["GmCertType"] = 0;
        parts["State"] = StateOf(domain);
        parts["Ports"] = new JsonArray(new JsonObject { ["Port"] = "443", ["Protocol"] = "https", ["UpstreamPort"] = "80", ["UpstreamProtocol"] = "http", ["NginxServerId"] = 1 });
        parts["SimulatedExtra"] = "unknown";
        return new JsonObject { ["DomainsPartInfo"] = parts };
    }

    private JsonObject Modify(TencentCall call)
    {
        var domain = Find(call, call.Text("InstanceID"));
        if (domain.Binding is not { } binding)
            throw new TencentFault("ResourceNotFound", "The domain is not one of a SaaS instance.");
        foreach (var name in domain.Kept.Select(static one => one.Key).Where(name => call.Body[name] is not null).ToList())
            domain.Kept[name] = call.Body[name]!.DeepClone();
        if (call.Body["CertType"] is null && call.TextOrNull("SSLId") is null)
            return [];
        if (call.Number("CertType", 2) != 2 || call.TextOrNull("SSLId") is not { Length: > 0 } id)
            throw new TencentFault("InvalidParameter.CertificationParameterErr", "CertType and SSLId do not fit each other.");
        var certificate = world.Certificates.GetValueOrDefault(id)
            ?? throw new TencentFault("InvalidParameter.QueryCertBySSLIDFailed", "The certificate was not found in the store.");
        if (!certificate.Certificate.Covers(domain.Name))
            throw new TencentFault("InvalidParameter.InvalidCertificate", "The certificate is not for this domain.");
        domain.Own = null;
        binding.Bind(certificate.Id, certificate.Certificate, world.Refused.Contains(domain.Name));
        return [];
    }

    private JsonObject Host(TencentCall call)
    {
        var domain = Find(call, call.TextOrNull("InstanceID"));
        if (domain.Edition != Clb)
            throw new TencentFault("ResourceNotFound", "The domain is not one of a load balancer instance.");
        return new JsonObject
        {
            ["Host"] = new JsonObject
            {
                ["Domain"] = domain.Name,
                ["DomainId"] = domain.Id,
                ["Edition"] = domain.Edition,
                ["AlbType"] = "clb",
                ["LoadBalancerSet"] = LoadBalancers(domain),
                ["SimulatedExtra"] = "unknown",
            },
        };
    }

    private static int StateOf(Domain domain) => domain.Binding switch { { Settling: true } => -1, { Failed: true } => -2, _ => 0 };

    private static JsonArray LoadBalancers(Domain domain) =>
    [
        .. domain.Listeners.Select(static one => new JsonObject
        {
            ["LoadBalancerId"] = one.LoadBalancerId, ["ListenerId"] = one.ListenerId, ["Region"] = one.Region, ["Protocol"] = "https", ["Vport"] = 443,
        }),
    ];

    private Domain Find(TencentCall call, string? instanceId) =>
        _domains.Find(one => one.Name == call.Text("Domain") && one.Id == call.Text("DomainId") && (instanceId is null || one.InstanceId == instanceId))
        ?? throw new TencentFault("ResourceNotFound", "The domain was not found.");
}
