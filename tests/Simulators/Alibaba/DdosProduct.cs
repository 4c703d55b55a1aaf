using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Anti-DDoS Pro and Premium, API 2020-01-01: no id of a certificate is told, only its name.</summary>
internal sealed class DdosProduct(AlibabaWorld world)
{
    private const string Version = "2020-01-01";

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("ddoscoo", Version, "DescribeWebRules", "Domain QueryDomainPattern PageNumber PageSize", "Domain", Rules),
        new("ddoscoo", Version, "AssociateWebCert", "Domain! CertIdentifier CertId CertName Cert Key CertRegion", "Domain", Associate) { Writes = true, Place = Place.Form },
    ];

    private JsonObject Rules(AlibabaCall call)
    {
        if (call.Number("PageSize", 10) > 10)
            throw AlibabaFault.Invalid("PageSize");
        var found = world.Places.Where(place => place.Product == "DDOS" && (place.Id == call.TextOrNull("Domain") || (call.TextOrNull("QueryDomainPattern") != "exact" && place.Id.Contains(call.TextOrNull("Domain") ?? "", StringComparison.Ordinal)))).ToList();
        return new JsonObject
        {
            ["TotalCount"] = found.Count,
            ["WebRules"] = new JsonArray([.. found.Select(static place => new JsonObject
            {
                ["Domain"] = place.Id,
                ["CertName"] = place.Bound is null ? "" : $"{place.Certificate?.NumberText}.pem",
                ["UserCertName"] = place.Bound,
                ["CertRegion"] = place.Certificate?.Region,
                ["CertExpireTime"] = place.Certificate is { } bound ? new DateTimeOffset(bound.Certificate.Leaf.NotAfter).ToUnixTimeMilliseconds() : 0,
                ["GmCert"] = new JsonObject { ["CertId"] = place.Sm?.Identifier ?? "", ["GmEnable"] = place.Sm is null ? 0 : 1, ["GmOnly"] = 0 },
            })]),
        };
    }

    private JsonObject Associate(AlibabaCall call)
    {
        var place = world.Places.Find(place => place.Product == "DDOS" && place.Id == call.Text("Domain")) ?? throw new AlibabaFault(400, "DomainNotExist", "The domain does not exist.");
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "CertificateNotMatch", "The domain does not take it.");
        var certificate = world.ByIdentifier(call.TextOrNull("CertIdentifier"));
        if (call.TextOrNull("CertRegion") != certificate.Region)
            throw AlibabaFault.Invalid("CertRegion");
        place.Bind(certificate.Name, certificate);
        return [];
    }
}
