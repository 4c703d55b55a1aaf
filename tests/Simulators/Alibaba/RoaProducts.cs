using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>The cloud-native API gateway 2024-03-27 and dedicated gateways of PAI-EAS 2021-07-01.</summary>
internal sealed class RoaProducts(AlibabaWorld world)
{
    private const string Eas = "/api/v2/gateways/{ClusterId}/{GatewayId}";

    private readonly Dictionary<AlibabaPlace, JsonObject> _domains = [];

    /// <summary>False: attaching leaves the certificate of a domain that is attached already as it is.</summary>
    public bool AttachReplaces { get; set; } = true;

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("apig", "2024-03-27", "ListDomains", "gatewayId nameLike pageNumber pageSize", "nameLike", List) { Method = "GET", Path = "/v1/domains" },
        new("apig", "2024-03-27", "GetDomain", "", "domainId", call => Ok(Shown(Find(call)))) { Method = "GET", Path = "/v1/domains/{domainId}" },
        new("apig", "2024-03-27", "UpdateDomain", "", "domainId", Update) { Method = "PUT", Path = "/v1/domains/{domainId}", Writes = true, Json = true },
        new("eas", "2021-07-01", "ListGatewayDomains", "", "GatewayId", Domains) { Method = "GET", Path = $"{Eas}/domains" },
        new("eas", "2021-07-01", "AttachGatewayDomain", "CustomDomain!", "GatewayId", Attach) { Method = "PUT", Path = $"{Eas}/domain/attach", Writes = true },
        new("eas", "2021-07-01", "DetachGatewayDomain", "CustomDomain!", "GatewayId", Detach) { Method = "PUT", Path = $"{Eas}/domain/detach", Writes = true },
    ];

    /// <param name="more">Settings that the product keeps, whatever they mean.</param>
    public void AddDomain(string gateway, string domain, string? identifier, JsonObject? more)
    {
        var place = world.AddByName("APIG", domain, domain, identifier, identifier is null ? null : world.ByIdentifier(identifier));
        place.Settings["gateway"] = gateway;
        _domains[place] = (JsonObject)(more?.DeepClone() ?? new JsonObject());
        _domains[place]["protocol"] = identifier is null ? "HTTP" : "HTTPS";
        _domains[place]["forceHttps"] = true;
    }

    public void AddEas(string gateway, string domain, string? identifier)
    {
        var known = identifier is null ? null : world.ByIdentifier(identifier);
        var place = world.AddByName("EAS", domain, domain, known?.NumberText, known);
        (place.Settings["gateway"], place.Settings["type"]) = (gateway, "internet");
    }

    /// <summary>All that a domain of the API gateway has but its certificate, as a text.</summary>
    public string SettingsOf(string domain) => _domains.First(one => one.Key.Id == domain).Value.ToJsonString();

    private static JsonObject Ok(JsonObject data) => new() { ["code"] = "Ok", ["message"] = "success", ["data"] = data };

    private string IdOf(AlibabaPlace place) => $"d-{world.Places.IndexOf(place):000000}";

    private AlibabaPlace Find(AlibabaCall call) => _domains.Keys.FirstOrDefault(place => IdOf(place) == call.Text("domainId")) ?? throw new AlibabaFault(404, "NotFound.DomainNotFound", "The domain does not exist.");

    private JsonObject Shown(AlibabaPlace place)
    {
        var data = (JsonObject)_domains[place].DeepClone();
        (data["domainId"], data["name"], data["certIdentifier"], data["certName"]) = (IdOf(place), place.Id, place.Bound, place.Certificate?.Name);
        return data;
    }

    private JsonObject List(AlibabaCall call)
    {
        var found = _domains.Keys
            .Where(place => call.TextOrNull("gatewayId") is not { } gateway || place.Settings["gateway"] == gateway)
            .Where(place => place.Id.Contains(call.TextOrNull("nameLike") ?? "", StringComparison.Ordinal)).ToList();
        return Ok(new JsonObject
        {
            ["totalSize"] = found.Count,
            ["items"] = new JsonArray([.. found.Select(place => new JsonObject { ["domainId"] = IdOf(place), ["name"] = place.Id, ["certIdentifier"] = place.Bound })]),
        });
    }

    private JsonObject Update(AlibabaCall call)
    {
        var (place, body) = (Find(call), call.Body!);
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(200, "BadRequest.CertIdentifier", "The domain does not take it.");
        if (body["protocol"]?.GetValue<string>() == "HTTPS" && body["forceHttps"] is null)
            throw AlibabaFault.Missing("forceHttps");
        if (body["name"] is not null || body["domainId"] is not null || body["certName"] is not null)
            throw AlibabaFault.Invalid("name");
        var identifier = body["certIdentifier"]?.GetValue<string>();
        place.Bind(identifier, world.ByIdentifier(identifier));
        // What is left out is as if it had never been set.
        var kept = (JsonObject)body.DeepClone();
        kept.Remove("certIdentifier");
        _domains[place] = kept;
        return Ok([]);
    }

    private IEnumerable<AlibabaPlace> In(AlibabaCall call) => world.Places.Where(place => place.Product == "EAS" && place.Settings["gateway"] == call.Text("GatewayId"));

    private JsonObject Domains(AlibabaCall call) => new()
    {
        ["CustomDomains"] = new JsonArray([.. In(call).Where(static place => place.Settings.ContainsKey("type")).Select(static place => new JsonObject
        {
            ["Domain"] = place.Id,
            ["Type"] = place.Settings["type"],
            ["CertificateId"] = place.Bound,
            ["CertificateStatus"] = "normal",
        })]),
    };

    private (AlibabaPlace Place, JsonObject Wanted) Wanted(AlibabaCall call)
    {
        var wanted = JsonNode.Parse(call.Text("CustomDomain")) as JsonObject ?? throw AlibabaFault.Invalid("CustomDomain");
        return (In(call).FirstOrDefault(place => place.Id == wanted["Domain"]!.GetValue<string>()) ?? throw AlibabaFault.NotFound("Domain"), wanted);
    }

    private JsonObject Attach(AlibabaCall call)
    {
        var (place, wanted) = Wanted(call);
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "InvalidParameter.CertificateId", "The domain does not take it.");
        var isAttached = place.Settings.ContainsKey("type");
        place.Settings["type"] = wanted["Type"]!.GetValue<string>();
        if (!isAttached || AttachReplaces)
            place.Bind(wanted["CertificateId"]!.GetValue<string>(), world.ByNumber(wanted["CertificateId"]!.GetValue<string>()));
        return [];
    }

    private JsonObject Detach(AlibabaCall call)
    {
        var (place, _) = Wanted(call);
        place.Settings.Remove("type");
        place.Bind(null, null, after: TimeSpan.Zero);
        return [];
    }
}
