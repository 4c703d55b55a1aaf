using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>SAE 2019-05-06 (gateway routing) and MSE 2019-05-31 (cloud-native gateways), which say with status 200 that there was no success.</summary>
internal sealed class GatewayProducts(AlibabaWorld world, ClbProduct clb)
{
    private const string Ingress = "/pop/v1/sam/ingress/Ingress";

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("sae", "2019-05-06", "DescribeIngress", "IngressId!", "IngressId", call => Success(new JsonObject { ["Data"] = Rule(FindIngress(call)) })) { Method = "GET", Path = Ingress },
        new("sae", "2019-05-06", "UpdateIngress", "IngressId! CertId CertIds LoadBalanceType ListenerPort ListenerProtocol DefaultRule Rules Description", "IngressId", Update)
        {
            Method = "PUT", Path = Ingress, Writes = true,
        },
        new("mse", "2019-05-31", "ListGatewayDomain", "GatewayUniqueId! DomainName Type", "DomainName", ListDomains),
        new("mse", "2019-05-31", "UpdateSSLCert", "GatewayUniqueId! DomainId! CertIdentifier!", "DomainId", UpdateCertificate) { Writes = true },
    ];

    private static JsonObject Success(JsonObject answer)
    {
        answer["Success"] = true;
        answer["Code"] = "200";
        return answer;
    }

    private AlibabaPlace FindIngress(AlibabaCall call) => world.Places.Find(place => place.Product == "SAE" && place.Settings["ingress"] == call.Text("IngressId"))
        ?? throw new AlibabaFault(200, "InvalidParameter.NotFound", "The ingress does not exist.");

    private static JsonObject Rule(AlibabaPlace place) => new()
    {
        ["Id"] = long.Parse(place.Settings["ingress"], CultureInfo.InvariantCulture),
        ["LoadBalanceType"] = place.Settings["type"],
        [place.Settings["type"] == "clb" ? "CertId" : "CertIds"] = place.Bound,
        ["ListenerProtocol"] = "HTTPS",
        ["Rules"] = new JsonArray(new JsonObject { ["Domain"] = place.Names[0], ["Path"] = "/" }),
    };

    private JsonObject Update(AlibabaCall call)
    {
        var place = FindIngress(call);
        if (world.Refused.Contains(place.Names[0]))
            throw new AlibabaFault(200, "InvalidParameter.CertId", "The certificate cannot be used.");
        if (place.Settings["type"] == "clb")
        {
            place.Bind(call.Text("CertId"), clb.Source(call.Text("CertId")));
            return Success([]);
        }

        var all = call.Text("CertIds").Split(',').Select(world.ByIdentifier).ToList();
        place.Bind(call.Text("CertIds"), all.Find(one => one.Certificate.Covers(place.Names[0])));
        return Success([]);
    }

    private JsonObject ListDomains(AlibabaCall call) => Success(new JsonObject
    {
        ["Data"] = new JsonArray([.. world.Places
            .Where(place => place.Product == "MSE" && place.Settings["gateway"] == call.Text("GatewayUniqueId") && place.Id.Contains(call.TextOrNull("DomainName") ?? "", StringComparison.Ordinal))
            .Select(place => new JsonObject
            {
                ["Id"] = 4000 + world.Places.IndexOf(place),
                ["Name"] = place.Id,
                ["CertIdentifier"] = place.Bound ?? "",
                ["Protocol"] = place.Bound is null ? "HTTP" : "HTTPS",
                ["Status"] = place.IsSettled ? 3 : 2,
            })]),
    });

    private JsonObject UpdateCertificate(AlibabaCall call)
    {
        var place = world.Places.ElementAtOrDefault((int)call.Number("DomainId") - 4000) is { Product: "MSE" } found && found.Settings["gateway"] == call.Text("GatewayUniqueId")
            ? found
            : throw new AlibabaFault(200, "mse-100-001.NotFound", "The domain does not exist.");
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(200, "mse-100-002", "The domain does not take it.");
        place.Bind(call.Text("CertIdentifier"), world.ByIdentifier(call.Text("CertIdentifier")));
        return Success([]);
    }
}
