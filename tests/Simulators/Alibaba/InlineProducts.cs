using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Products that hold certificate and key themselves: Function Compute 2023-03-30 and 2021-04-06, API Gateway 2016-07-14. Their reads give keys back.</summary>
internal sealed class InlineProducts(AlibabaWorld world)
{
    // What is left out of an update is as if it had never been set.
    private static readonly string[] ReadOnly = ["domainName", "accountId", "createdTime", "lastModifiedTime", "apiVersion", "subdomainCount"];

    private readonly Dictionary<AlibabaPlace, JsonObject> _functions = [];

    /// <summary>False: reads leave private keys out.</summary>
    public bool GivesKeys { get; set; } = true;

    public IEnumerable<AlibabaAction> Actions =>
    [
        .. Function("fc", "2023-03-30"),
        .. Function("fc2", "2021-04-06"),
        new("apigateway", "2016-07-14", "DescribeDomain", "GroupId! DomainName!", "DomainName", Describe),
        new("apigateway", "2016-07-14", "SetDomainCertificate", "GroupId! DomainName! CertificateName! CertificateBody CertificatePrivateKey CaCertificateBody", "DomainName", Set) { Writes = true },
    ];

    /// <param name="service"><c>fc</c> or <c>fc2</c>.</param>
    /// <param name="more">Settings that the product keeps, whatever they mean.</param>
    public void AddFunction(string service, string domain, string? pem, string? key, JsonObject? more)
    {
        var place = Add($"{service}-domain", domain, pem, key);
        var settings = new JsonObject { ["protocol"] = pem is null ? "HTTP" : "HTTP,HTTPS" };
        foreach (var (name, value) in more ?? [])
            settings[name] = value?.DeepClone();
        _functions[place] = settings;
    }

    public void AddGroupDomain(string group, string domain, string? pem, string? key) => Add("APIGW", domain, pem, key).Settings["group"] = group;

    /// <summary>All that a function's domain has but its certificate, as a text.</summary>
    public string SettingsOf(string domain) => _functions.First(one => one.Key.Id == domain).Value.ToJsonString();

    private AlibabaPlace Add(string product, string domain, string? pem, string? key)
    {
        var place = world.AddByName(product, domain, domain, null, null);
        if (pem is not null)
            Take(place, "by_hand", pem, key!);
        return place;
    }

    private static void Take(AlibabaPlace place, string name, string pem, string key)
    {
        try
        {
            place.Bind(name, null, StoredCertificate.Read(pem, null, key), TimeSpan.Zero);
        }
        catch (CertificateFaultException)
        {
            throw new AlibabaFault(400, "Certificate.FormatError", "The certificate or its key is in a wrong format, or they do not match.");
        }

        place.Own = (pem, key);
    }

    private IEnumerable<AlibabaAction> Function(string service, string version) =>
    [
        new(service, version, "GetCustomDomain", "", "domain", call => Read(Find(service, call))) { Method = "GET", Path = $"/{version}/custom-domains/{{domain}}" },
        new(service, version, "UpdateCustomDomain", "", "domain", call => Update(Find(service, call), call.Body!)) { Method = "PUT", Path = $"/{version}/custom-domains/{{domain}}", Writes = true, Json = true },
    ];

    private AlibabaPlace Find(string service, AlibabaCall call) => world.Places.Find(place => place.Product == $"{service}-domain" && place.Id == call.Text("domain"))
        ?? throw new AlibabaFault(404, "DomainNameNotFound", "The custom domain does not exist.");

    private JsonObject Read(AlibabaPlace place)
    {
        var answer = (JsonObject)_functions[place].DeepClone();
        (answer["domainName"], answer["accountId"], answer["apiVersion"]) = (place.Id, "1234567890123456", "2023-03-30");
        answer["certConfig"] = place.Own is not { } own ? new JsonObject { ["certName"] = null } : new JsonObject
        {
            ["certName"] = place.Bound,
            ["certificate"] = own.Pem,
            ["privateKey"] = GivesKeys ? own.Key : null,
        };
        return answer;
    }

    private JsonObject Update(AlibabaPlace place, JsonObject body)
    {
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "InvalidArgument", "The domain does not take it.");
        var certificate = body["certConfig"] as JsonObject ?? throw AlibabaFault.Missing("certConfig");
        string Part(string name) => certificate[name]?.GetValue<string>() ?? throw AlibabaFault.Missing(name);
        Take(place, Part("certName"), Part("certificate"), Part("privateKey"));
        var kept = (JsonObject)body.DeepClone();
        foreach (var name in ReadOnly.Append("certConfig"))
            kept.Remove(name);
        // What this gateway adds to every answer is no setting.
        kept.Remove("SimulatedExtra");
        _functions[place] = kept;
        return Read(place);
    }

    private AlibabaPlace FindGroup(AlibabaCall call) => world.Places.Find(place => place.Product == "APIGW" && place.Id == call.Text("DomainName") && place.Settings["group"] == call.Text("GroupId"))
        ?? throw new AlibabaFault(404, "NotFoundDomain", "The domain does not exist in the group.");

    private JsonObject Describe(AlibabaCall call)
    {
        var place = FindGroup(call);
        return new JsonObject
        {
            ["GroupId"] = place.Settings["group"],
            ["DomainName"] = place.Id,
            ["CertificateId"] = place.Bound is null ? null : "cert-1",
            ["CertificateName"] = place.Bound,
            ["CertificateBody"] = place.Own?.Pem,
            ["CertificatePrivateKey"] = GivesKeys ? place.Own?.Key : null,
        };
    }

    private JsonObject Set(AlibabaCall call)
    {
        var place = FindGroup(call);
        if (!place.IsSettled)
            throw new AlibabaFault(400, "RepeatedCommit", "The former change is still being made.");
        if (world.Refused.Contains(place.Id))
            throw new AlibabaFault(400, "InvalidCertificate", "The domain does not take it.");
        if (call.Text("CertificateName").Contains('-', StringComparison.Ordinal))
            throw AlibabaFault.Invalid("CertificateName");
        Take(place, call.Text("CertificateName"), call.Text("CertificateBody"), call.Text("CertificatePrivateKey"));
        return [];
    }
}
