using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>The products whose domains one call sets: CDN 2018-05-10, DCDN 2018-01-15, live streaming 2016-11-01 and VOD 2017-03-21.</summary>
internal sealed class EdgeProducts(AlibabaWorld world)
{
    private const string Cas = "DomainName! SSLProtocol! CertType CertId CertRegion CertName SSLPub SSLPri CertEnv";

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("cdn", "2018-05-10", "DescribeUserDomains", "DomainName DomainSearchType PageNumber PageSize Tag.N.Key Tag.N.Value", "DomainName", Domains),
        new("cdn", "2018-05-10", "DescribeDomainCertificateInfo", "DomainName!", "DomainName", call => Infos(Find("CDN", call), Status)),
        new("cdn", "2018-05-10", "SetCdnDomainSSLCertificate", Cas, "DomainName", call => Set("CDN", call)) { Writes = true },
        new("cdn", "2018-05-10", "DescribeCdnSMCertificateList", "DomainName!", "DomainName", call => Pairs(Find("CDN", call), static rows => new JsonObject { ["Cert"] = rows })),
        new("cdn", "2018-05-10", "DescribeCdnSMCertificateDetail", "CertIdentifier!", "CertIdentifier", Pair),
        new("cdn", "2018-05-10", "SetCdnDomainSMCertificate", "DomainName! CertIdentifier! SSLProtocol!", "DomainName", call => SetPair("CDN", call)) { Writes = true },
        new("dcdn", "2018-01-15", "DescribeDcdnSMCertificateList", "DomainName!", "DomainName", call => Pairs(Find("DCDN", call), static rows => rows)),
        new("dcdn", "2018-01-15", "DescribeDcdnSMCertificateDetail", "CertIdentifier!", "CertIdentifier", Pair),
        new("dcdn", "2018-01-15", "SetDcdnDomainSMCertificate", "DomainName! CertIdentifier! SSLProtocol!", "DomainName", call => SetPair("DCDN", call)) { Writes = true },
        new("dcdn", "2018-01-15", "DescribeDcdnDomainCertificateInfo", "DomainName!", "DomainName", call => Infos(Find("DCDN", call), Shown)),
        new("dcdn", "2018-01-15", "SetDcdnDomainSSLCertificate", Cas, "DomainName", call => Set("DCDN", call)) { Writes = true },
        new("live", "2016-11-01", "DescribeLiveDomainCertificateInfo", "DomainName!", "DomainName", call => Infos(Find("LIVE", call), ByName)),
        new("live", "2016-11-01", "SetLiveDomainCertificate", $"{Cas} ForceSet", "DomainName", call => Set("LIVE", call)) { Writes = true },
        new("vod", "2017-03-21", "DescribeVodDomainCertificateInfo", "DomainName!", "DomainName", call => Infos(Find("VOD", call), Named)),
        new("vod", "2017-03-21", "SetVodDomainSSLCertificate", Cas, "DomainName", call => Set("VOD", call)) { Writes = true },
    ];

    private AlibabaPlace Find(string product, AlibabaCall call) => world.Places.Find(place => place.Product == product && place.Id == call.Text("DomainName"))
        ?? throw new AlibabaFault(404, "InvalidDomain.NotFound", "The domain provided does not exist in our records.");

    private JsonObject Domains(AlibabaCall call)
    {
        var (page, size) = ((int)call.Number("PageNumber", 1), (int)call.Number("PageSize", 20));
        if (size > 500)
            throw AlibabaFault.Invalid("PageSize");
        var wanted = call.TextOrNull("DomainName");
        var found = world.Places.Where(place => place.Product == "CDN")
            .Where(place => wanted is null || (call.TextOrNull("DomainSearchType") == "full_match" ? place.Id == wanted : place.Id.Contains(wanted, StringComparison.Ordinal))).ToList();
        return new JsonObject
        {
            ["TotalCount"] = found.Count,
            ["PageNumber"] = page,
            ["Domains"] = new JsonObject
            {
                ["PageData"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(static place => new JsonObject
                {
                    ["DomainName"] = place.Id,
                    ["DomainStatus"] = "online",
                    ["SslProtocol"] = place.Bound is null ? "off" : "on",
                })]),
            },
        };
    }

    private static void Status(AlibabaPlace place, JsonObject info)
    {
        info["ServerCertificateStatus"] = place.Bound is null ? "off" : "on";
        info["ServerCertificate"] = place.Certificate?.Pem;
    }

    private static void Shown(AlibabaPlace place, JsonObject info)
    {
        info["SSLProtocol"] = place.Bound is null ? "off" : "on";
        info["SSLPub"] = place.Certificate?.Pem;
    }

    // Live streaming tells no id.
    private static void ByName(AlibabaPlace place, JsonObject info)
    {
        Shown(place, info);
        info.Remove("CertId");
        info.Remove("CertRegion");
    }

    private static void Named(AlibabaPlace place, JsonObject info) => info["ServerCertificateStatus"] = place.Bound is null ? "off" : "on";

    private static JsonObject Infos(AlibabaPlace place, Action<AlibabaPlace, JsonObject> more)
    {
        var info = new JsonObject
        {
            ["DomainName"] = place.Id,
            ["CertId"] = place.Certificate?.NumberText,
            ["CertName"] = place.Certificate?.Name,
            ["CertRegion"] = place.Certificate?.Region,
            ["CertType"] = place.Certificate is null ? "" : "cas",
            ["CertExpireTime"] = place.Certificate is { } bound ? bound.Certificate.Leaf.NotAfter.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "",
            ["Status"] = place.IsSettled ? "success" : "checking",
        };
        more(place, info);
        return new JsonObject { ["CertInfos"] = new JsonObject { ["CertInfo"] = new JsonArray(info) } };
    }

    /// <summary>A list within a list at CDN, and a plain one at DCDN.</summary>
    private static JsonObject Pairs(AlibabaPlace place, Func<JsonArray, JsonNode> form)
    {
        var rows = new JsonArray();
        if (place.Sm is { } pair)
            rows.Add(new JsonObject { ["CertIdentifier"] = pair.Identifier, ["CertName"] = pair.Name, ["Common"] = pair.Certificate.Names[0], ["Issuer"] = pair.Certificate.Leaf.Issuer });
        return new JsonObject { ["CertificateListModel"] = new JsonObject { ["Count"] = rows.Count, ["CertList"] = form(rows) } };
    }

    private JsonObject Pair(AlibabaCall call)
    {
        var pair = world.Pair(call.Text("CertIdentifier"), "InvalidCertIdentifier.ValueNotSupported");
        return new JsonObject
        {
            ["CertIdentifier"] = pair.Identifier,
            ["CertName"] = pair.Name,
            ["SignCertificate"] = pair.Pem,
            ["EncryptCertificate"] = pair.EncryptionPem,
            ["CertExpireTime"] = pair.Certificate.Leaf.NotAfter.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
    }

    private JsonObject SetPair(string product, AlibabaCall call)
    {
        var place = Find(product, call);
        var pair = world.Pair(call.Text("CertIdentifier"), "InvalidCertIdentifier.ValueNotSupported");
        if (world.Refused.Contains(place.Id) || place.Bound is null)
            throw new AlibabaFault(400, "InvalidSSLProtocol.ValueNotSupported", "The domain does not take the change.");
        if (call.Text("SSLProtocol") is not ("on" or "off"))
            throw AlibabaFault.Invalid("SSLProtocol");
        if (call.Text("SSLProtocol") == "on")
            AlibabaWorld.MustCover(pair.Certificate, place.Id);
        place.BindSm(call.Text("SSLProtocol") == "on" ? pair : null);
        return [];
    }

    private JsonObject Set(string product, AlibabaCall call)
    {
        var place = Find(product, call);
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "InvalidSSLProtocol.ValueNotSupported", "The domain does not take the change.");
        if (call.Text("SSLProtocol") == "off")
        {
            place.Bind(null, null);
            return [];
        }

        if (call.TextOrNull("CertType") != "cas")
            throw AlibabaFault.Invalid("CertType");
        var certificate = product == "LIVE" ? world.ByName(call.TextOrNull("CertName")) : world.ByNumber(call.TextOrNull("CertId"));
        if (product != "LIVE" && call.TextOrNull("CertRegion") != certificate.Region)
            throw AlibabaFault.Invalid("CertRegion");
        AlibabaWorld.MustCover(certificate.Certificate, place.Id);
        place.Bind(product == "LIVE" ? certificate.Name : certificate.NumberText, certificate);
        return [];
    }
}
