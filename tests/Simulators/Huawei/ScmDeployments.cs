using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The store's own way to bring a certificate to a product: <c>deploy</c>.</summary>
/// <remarks>
/// A deployment of an uploaded certificate costs CNY 30 a domain, says the API reference; it is counted here. The resource of a load balancer is the id of
/// a certificate in the load balancers' own store, whose content is replaced.
/// </remarks>
internal sealed class ScmDeployments(ScmStore store, CdnEdge cdn, ElbCertificates elb, WafService waf, HuaweiOptions options)
{
    private const int MostResources = 20;

    /// <summary>How many resources were paid for.</summary>
    public int Paid { get; private set; }

    public IEnumerable<HuaweiRoute> Routes => [new("POST", "/v3/scm/certificates/{certificate_id}/deploy", "scm.DeployCertificate", Writes: true, Deploy)];

    private SimulatorAnswer Deploy(HuaweiCall call)
    {
        var certificate = store.Find(call.Path("certificate_id")) ?? throw new HuaweiRefusal(404, "SCM.0014", "The certificate does not exist.");
        var service = call.Required(call.Body, "service_name");
        if (service is not ("CDN" or "WAF" or "ELB"))
            throw call.Bad("service_name", "must be CDN, WAF or ELB");
        if (service != "CDN" && !options.Projects.ContainsKey(call.Required(call.Body, "project_name")))
            throw call.Bad("project_name", "names no project");
        if (call.Body["resources"] is not JsonArray { Count: >= 1 and <= MostResources } resources || resources.Any(static one => one is not JsonObject))
            throw call.Bad("resources", $"must have 1 to {MostResources} resources");
        call.Resource = string.Join(',', resources.Select(one => Name(call, service, one!.AsObject())));
        var failures = new JsonArray([.. resources.Select(one => Failure(call, service, one!.AsObject(), certificate)).OfType<JsonNode>()]);
        Paid += resources.Count - failures.Count;
        return HuaweiAnswers.Ok(new JsonObject { ["failure_list"] = failures });
    }

    private static string Name(HuaweiCall call, string service, JsonObject resource) => call.Required(resource, service == "CDN" ? "domain_name" : "id");

    private JsonObject? Failure(HuaweiCall call, string service, JsonObject resource, ScmCertificate certificate)
    {
        var name = Name(call, service, resource);
        try
        {
            switch (service)
            {
                case "CDN":
                    cdn.BindFromStore(name, certificate);
                    break;
                case "WAF":
                    var type = call.Required(resource, "type");
                    if (type is not ("premium" or "cloud"))
                        throw call.Bad("type", "must be premium or cloud");
                    waf.BindFromStore(name, type == "premium", certificate);
                    break;
                default:
                    var project = options.Projects[call.Required(call.Body, "project_name")];
                    elb.Replace(elb.Find(name, project) ?? throw ElbCertificates.Missing(name), certificate.Pair);
                    break;
            }

            return null;
        }
        catch (HuaweiRefusal refusal) when (refusal.Code != call.Route.BadParameter)
        {
            return new JsonObject { ["resource"] = name, ["failure_info"] = $"{refusal.Code}:{refusal.Message}" };
        }
    }
}
