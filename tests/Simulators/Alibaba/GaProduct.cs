using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Global Accelerator, API 2019-11-20.</summary>
internal sealed class GaProduct(AlibabaWorld world)
{
    private const string Version = "2019-11-20";

    public List<AlibabaListener> Listeners { get; } = [];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("ga", Version, "DescribeListener", "RegionId! ListenerId!", "ListenerId", call => new JsonObject { ["ListenerId"] = Find(call).Id, ["State"] = Find(call).IsSettled ? "active" : "updating" }),
        new("ga", Version, "ListListenerCertificates", "RegionId! AcceleratorId! ListenerId! Role MaxResults NextToken", "ListenerId", List),
        new("ga", Version, "UpdateListener", "RegionId! ListenerId! Certificates.N.Id ClientToken Name Description", "ListenerId", Update) { Writes = true },
        new("ga", Version, "UpdateAdditionalCertificateWithListener", "RegionId! AcceleratorId! ListenerId! CertificateId! Domain! ClientToken", "ListenerId", UpdateDomain) { Writes = true },
    ];

    private AlibabaListener Find(AlibabaCall call)
    {
        if (call.Text("RegionId") != "cn-hangzhou")
            throw AlibabaFault.Invalid("RegionId");
        return Listeners.Find(one => one.Id == call.Text("ListenerId")) ?? throw new AlibabaFault(400, "NotExist.Listener", "The listener does not exist.");
    }

    private AlibabaListener AtRest(AlibabaCall call)
    {
        var listener = Find(call);
        if (!listener.IsSettled)
            throw new AlibabaFault(409, "NotActive.Listener", "The listener is not active.");
        if (world.Refused.Contains(listener.Id))
            throw new AlibabaFault(400, "NotSupport.Listener", "The listener does not take it.");
        return listener;
    }

    private JsonObject List(AlibabaCall call)
    {
        var listener = Find(call);
        var all = call.TextOrNull("Role") == "additional" ? listener.Further : [listener.Default];
        return new JsonObject
        {
            ["Certificates"] = new JsonArray([.. all.Select(place => new JsonObject
            {
                ["CertificateId"] = place.Bound,
                ["IsDefault"] = place == listener.Default,
                ["Domain"] = place == listener.Default ? null : place.Id,
                ["State"] = place.IsSettled ? "active" : "updating",
            })]),
        };
    }

    private JsonObject Update(AlibabaCall call)
    {
        var listener = AtRest(call);
        // What is left out stays.
        if (call.List("Certificates.N.Id") is [var identifier])
            listener.Default.Bind(identifier, world.ByIdentifier(identifier));
        return [];
    }

    private JsonObject UpdateDomain(AlibabaCall call)
    {
        var place = AtRest(call).Further.Find(one => one.Id == call.Text("Domain")) ?? throw new AlibabaFault(400, "NotExist.Domain", "No certificate is associated with the domain.");
        place.Bind(call.Text("CertificateId"), world.ByIdentifier(call.Text("CertificateId")));
        return [];
    }
}
