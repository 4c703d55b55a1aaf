using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>ESA, API 2024-09-10: sites with certificates that are chosen by matching names.</summary>
internal sealed class EsaProduct(AlibabaWorld world)
{
    private const string Version = "2024-09-10";

    private readonly List<(long Id, string Name)> _sites = [];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("esa", Version, "ListSites", "SiteName SiteSearchType PageSize PageNumber", "SiteName", call => new JsonObject
        {
            ["Sites"] = new JsonArray([.. _sites.Where(site => site.Name == call.TextOrNull("SiteName")).Select(static site => new JsonObject { ["SiteId"] = site.Id, ["SiteName"] = site.Name })]),
        }) { Method = "GET" },
        new("esa", Version, "ListCertificates", "SiteId! Keyword ValidOnly PageSize PageNumber", "SiteId", List),
        new("esa", Version, "SetCertificate", "SiteId! Type! CasId Region Id Name Certificate PrivateKey Update", "SiteId", Set) { Writes = true, Place = Place.Form },
    ];

    /// <summary>A site with one certificate, which serves one of its names.</summary>
    public void Add(string site, string domain, AlibabaCertificate certificate)
    {
        if (!_sites.Exists(one => one.Name == site))
            _sites.Add((1234567890123 + _sites.Count, site));
        var place = world.AddByName("ESA", $"baba39055622c008b90285a8838e{_sites.Count:0000}{world.Places.Count:0000}", domain, certificate.NumberText, certificate);
        place.Settings["site"] = _sites.Find(one => one.Name == site).Id.ToString(CultureInfo.InvariantCulture);
    }

    private IEnumerable<AlibabaPlace> In(AlibabaCall call) => world.Places.Where(place => place.Product == "ESA" && place.Settings["site"] == call.Text("SiteId"));

    private JsonObject List(AlibabaCall call) => new()
    {
        ["TotalCount"] = In(call).Count(),
        ["Result"] = new JsonArray([.. In(call).Select(static place => new JsonObject
        {
            ["Id"] = place.Id,
            ["CasId"] = place.Certificate!.NumberText,
            ["Type"] = "cas",
            ["SAN"] = string.Join(',', place.Certificate.Certificate.Names),
            ["FingerprintSha256"] = place.Certificate.Sha2,
            ["Status"] = place.IsSettled ? "OK" : "Issued",
        })]),
    };

    private JsonObject Set(AlibabaCall call)
    {
        if (call.Text("Type") != "cas" || call.TextOrNull("Region") != world.StoreRegion)
            throw AlibabaFault.Invalid("Type");
        var certificate = world.ByNumber(call.TextOrNull("CasId"));
        if (call.TextOrNull("Id") is not { } id)
        {
            Add(_sites.Find(site => site.Id == call.Number("SiteId")).Name, certificate.Certificate.Names[0], certificate);
            return new JsonObject { ["Id"] = "added" };
        }

        var place = In(call).FirstOrDefault(place => place.Id == id) ?? throw AlibabaFault.NotFound("Certificate");
        if (world.Refused.Contains(id) || place.Names.Any(world.Refused.Contains))
            throw new AlibabaFault(400, "InvalidParameter.Certificate", "The site does not take it.");
        place.Bind(certificate.NumberText, certificate);
        return new JsonObject { ["Id"] = id };
    }
}
