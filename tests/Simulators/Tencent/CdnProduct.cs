using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>Tencent CDN, API 2018-06-06.</summary>
internal sealed class CdnProduct(TencentWorld world)
{
    private static readonly string[] HttpsParts = ["Switch", "Http2", "OcspStapling", "VerifyClient", "CertInfo", "ClientCertInfo", "Spdy", "Hsts", "TlsVersion"];

    private readonly List<Domain> _domains = [];

    private sealed class Domain(TencentResource resource)
    {
        public TencentResource Resource { get; } = resource;

        /// <summary>All of <c>Https</c> but the certificate and its status.</summary>
        public JsonObject Https { get; set; } = new() { ["Switch"] = "off", ["Http2"] = "off" };

        public bool Upgraded { get; set; }
    }

    public IEnumerable<TencentAction> Actions =>
    [
        new("cdn.DescribeDomainsConfig", "Offset:number Limit:number Filters:list Sort:object", "Filters", List),
        new("cdn.DescribeCertDomains", "Cert:text CertId:text Product:text", "CertId", CertDomains),
        new("cdn.UpdateDomainConfig", "Domain:text! ProjectId:number Https:object", "Domain", Update) { Writes = true },
    ];

    /// <param name="https">Further parts of the domain's HTTPS settings.</param>
    /// <param name="upgraded">True for one that has moved to EdgeOne: it takes no change here.</param>
    public void Add(string domain, TencentCertificate? bound, JsonObject? https = null, bool upgraded = false)
    {
        var binding = new TencentBinding(world);
        var added = new Domain(new TencentResource("cdn", domain, domain, null, [domain], binding)) { Upgraded = upgraded };
        if (bound is not null)
        {
            binding.Begin(bound.Id, bound.Certificate);
            added.Https["Switch"] = "on";
        }

        foreach (var (name, value) in https ?? [])
            added.Https[name] = value?.DeepClone();
        _domains.Add(added);
        world.Resources.Add(added.Resource);
    }

    private JsonObject List(TencentCall call)
    {
        var limit = call.Number("Limit", 100);
        if (limit is < 1 or > 100)
            throw TencentFault.Invalid("Limit is 1 to 100.");
        IEnumerable<Domain> found = _domains;
        foreach (var filter in call.Body["Filters"] as JsonArray ?? [])
        {
            var name = TencentCall.Inner(filter, "Name") ?? throw TencentFault.Missing("Filters.0.Name");
            var values = TencentCall.TextsOf(filter!["Value"], "Filters.0.Value");
            if (name != "domain" || values.Count is 0 or > 5)
                throw TencentFault.Invalid("Filters holds a filter that is not simulated, or too many values.");
            var fuzzy = filter["Fuzzy"]?.GetValue<bool>() ?? false;
            found = found.Where(one => values.Any(value => fuzzy ? one.Resource.InstanceId.Contains(value, StringComparison.Ordinal) : one.Resource.InstanceId == value));
        }

        var all = found.ToList();
        return new JsonObject
        {
            ["TotalNumber"] = all.Count,
            ["Domains"] = new JsonArray([.. all.Skip(call.Number("Offset", 0)).Take(limit).Select(Row)]),
        };
    }

    private JsonObject Row(Domain domain)
    {
        var binding = domain.Resource.Binding;
        var https = (JsonObject)domain.Https.DeepClone();
        https["SslStatus"] = binding.Settling ? "deploying" : binding.Failed ? "failed" : binding.CertificateId is null ? "closed" : "deployed";
        https["CertInfo"] = binding.CertificateId is not { } id ? null : CertInfo(id);
        return new JsonObject
        {
            ["ResourceId"] = "cdn-" + domain.Resource.InstanceId,
            ["Domain"] = domain.Resource.InstanceId,
            ["Cname"] = domain.Resource.InstanceId + ".cdn.example",
            ["Status"] = binding.Settling ? "processing" : "online",
            ["ServiceType"] = "web",
            ["Https"] = https,
            ["SimulatedExtra"] = new JsonArray(1, 2),
        };
    }

    private JsonObject CertInfo(string id)
    {
        var known = world.Certificates.GetValueOrDefault(id);
        return new JsonObject
        {
            ["CertId"] = id,
            ["CertName"] = known?.Alias ?? "",
            ["Certificate"] = known?.PublicKey,
            ["PrivateKey"] = "",
            ["ExpireTime"] = known?.End ?? "",
            ["DeployTime"] = known is null ? "" : TencentCertificate.TimeText(known.Added),
            ["Message"] = "",
            ["From"] = "Hosting",
        };
    }

    private JsonObject CertDomains(TencentCall call)
    {
        var certificate = (call.TextOrNull("CertId"), call.TextOrNull("Cert")) switch
        {
            ({ } id, _) => world.Certificates.GetValueOrDefault(id)?.Certificate ?? throw NoSuchCertificate(),
            (_, { } text) => Public(text),
            _ => throw TencentFault.Missing("CertId"),
        };
        var covered = _domains.Where(one => certificate.Covers(one.Resource.InstanceId)).ToList();
        return new JsonObject
        {
            ["Domains"] = TencentCall.List(covered.Select(static one => one.Resource.InstanceId)),
            ["CertifiedDomains"] = TencentCall.List(covered.Where(static one => one.Resource.Binding.CertificateId is not null).Select(static one => one.Resource.InstanceId)),
        };
    }

    // A public part is enough here; the key that reading wants is one of the store's.
    private StoredCertificate Public(string base64)
    {
        string text;
        try
        {
            text = Encoding.ASCII.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new TencentFault("InvalidParameter.CdnCertNotPem", "The certificate is not base64 of a PEM text.");
        }

        return world.Certificates.Values.FirstOrDefault(one => one.PublicKey.Trim() == text.Trim())?.Certificate
            ?? throw new TencentFault("InvalidParameter.CdnCertNotPem", "The certificate could not be read, or is in no store here.");
    }

    private JsonObject Update(TencentCall call)
    {
        var name = call.Text("Domain");
        var domain = _domains.Find(one => one.Resource.InstanceId == name)
            ?? throw new TencentFault("ResourceNotFound.CdnHostNotExists", "The domain does not exist.");
        if (domain.Upgraded)
            throw new TencentFault("OperationDenied.ProductUpgraded", "The product has been upgraded to EdgeOne.");
        if (domain.Resource.Binding.Settling)
            throw new TencentFault("ResourceInUse.CdnOpInProgress", "The domain is being deployed.");
        if (call.Body["Https"] is not JsonObject https)
            return [];
        if (https.FirstOrDefault(part => !HttpsParts.Contains(part.Key)).Key is { } other)
            throw TencentFault.Invalid($"Https.{other} cannot be set.");
        var on = TencentCall.Inner(https, "Switch") ?? throw TencentFault.Missing("Https.Switch");
        var id = TencentCall.Inner(https["CertInfo"], "CertId");
        if (on == "on" && id is null)
            throw TencentFault.Missing("Https.CertInfo.CertId");
        var certificate = id is null ? null : world.Certificates.GetValueOrDefault(id) ?? throw NoSuchCertificate();
        if (certificate is not null && !certificate.Certificate.Covers(name))
            throw new TencentFault("InvalidParameter.CdnCertNotMatch", "The certificate is not for this domain.");

        // The whole object is replaced: what is left out is as if it had never been set.
        var kept = (JsonObject)https.DeepClone();
        kept.Remove("CertInfo");
        domain.Https = kept;
        if (certificate is not null)
            domain.Resource.Binding.Bind(certificate.Id, certificate.Certificate, world.Refused.Contains(name));
        return [];
    }

    private static TencentFault NoSuchCertificate() => new("FailedOperation.SslCertNotFound", "The certificate was not found or is not usable.");
}
