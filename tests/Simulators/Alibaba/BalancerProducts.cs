using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>ALB 2020-06-16 and NLB 2022-04-30: listeners that refuse a change until the one before has settled.</summary>
internal sealed class BalancerProducts(AlibabaWorld world)
{
    private const string Alb = "2020-06-16";
    private const string Nlb = "2022-04-30";

    private readonly Dictionary<string, (DateTimeOffset End, string? Fault)> _jobs = new(StringComparer.Ordinal);

    public List<AlibabaListener> Listeners { get; } = [];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("alb", Alb, "GetListenerAttribute", "ListenerId!", "ListenerId", call => Attribute(Find("ALB", call))),
        new("alb", Alb, "ListListenerCertificates", "ListenerId! CertificateType MaxResults NextToken", "ListenerId", call => List(Find("ALB", call), call, withDefault: true)),
        new("alb", Alb, "UpdateListenerAttribute", "ListenerId! Certificates.N.CertificateId ClientToken DryRun", "ListenerId", call => Update("ALB", call, "Certificates.N.CertificateId")) { Writes = true },
        new("alb", Alb, "AssociateAdditionalCertificatesWithListener", "ListenerId! Certificates.N.CertificateId! ClientToken", "ListenerId", call => Add("ALB", call, "Certificates.N.CertificateId")) { Writes = true },
        new("alb", Alb, "DissociateAdditionalCertificatesFromListener", "ListenerId! Certificates.N.CertificateId! ClientToken", "ListenerId", call => Remove("ALB", call, "Certificates.N.CertificateId")) { Writes = true },
        new("alb", Alb, "ListAsynJobs", "JobIds.N MaxResults NextToken", "", call => new JsonObject
        {
            ["Jobs"] = new JsonArray([.. call.List("JobIds.N").Where(_jobs.ContainsKey).Select(id => StatusOf(id, new JsonObject { ["Id"] = id }))]),
        }),
        new("nlb", Nlb, "GetListenerAttribute", "RegionId ListenerId! ClientToken", "ListenerId", call => Attribute(Find("NLB", call))),
        new("nlb", Nlb, "ListListenerCertificates", "RegionId ListenerId! CertType MaxResults NextToken", "ListenerId", call => List(Find("NLB", call), call, withDefault: true)) { Place = Place.Form },
        new("nlb", Nlb, "UpdateListenerAttribute", "RegionId ListenerId! CertificateIds.N ClientToken", "ListenerId", call => Update("NLB", call, "CertificateIds.N")) { Writes = true, Place = Place.Form },
        new("nlb", Nlb, "AssociateAdditionalCertificatesWithListener", "RegionId ListenerId! AdditionalCertificateIds.N! ClientToken", "ListenerId", call => Add("NLB", call, "AdditionalCertificateIds.N")) { Writes = true, Place = Place.Form },
        new("nlb", Nlb, "DisassociateAdditionalCertificatesWithListener", "RegionId ListenerId! AdditionalCertificateIds.N! ClientToken", "ListenerId", call => Remove("NLB", call, "AdditionalCertificateIds.N")) { Writes = true, Place = Place.Form },
        new("nlb", Nlb, "GetJobStatus", "JobId! ClientToken", "JobId", call => StatusOf(call.Text("JobId"), [])),
    ];

    private JsonObject StatusOf(string id, JsonObject answer)
    {
        var job = _jobs.TryGetValue(id, out var known) ? known : throw AlibabaFault.NotFound("Job");
        answer["Status"] = world.Now < job.End ? "Processing" : job.Fault is null ? "Succeeded" : "Failed";
        if (job.Fault is not null && world.Now >= job.End)
            (answer["ErrorCode"], answer["ErrorMessage"]) = (job.Fault, "The change came to nothing.");
        return answer;
    }

    private AlibabaListener Find(string product, AlibabaCall call) =>
        Listeners.Find(one => one.Product == product && one.Id == call.Text("ListenerId")) ?? throw AlibabaFault.NotFound("Listener");

    private AlibabaListener AtRest(string product, AlibabaCall call)
    {
        var listener = Find(product, call);
        if (!listener.IsSettled)
            throw new AlibabaFault(409, "IncorrectStatus.Listener", "The status of the listener does not allow the operation.");
        if (world.Refused.Contains(listener.Id))
            throw new AlibabaFault(400, "OperationDenied.Listener", "The operation on the listener is denied.");
        return listener;
    }

    private static JsonObject Attribute(AlibabaListener listener) => new()
    {
        ["ListenerId"] = listener.Id,
        ["ListenerStatus"] = listener.IsSettled ? "Running" : "Configuring",
        ["CertificateIds"] = new JsonArray(listener.Default.Bound),
        ["IdleTimeout"] = 15,
    };

    private static JsonObject List(AlibabaListener listener, AlibabaCall call, bool withDefault)
    {
        if ((call.TextOrNull("CertificateType") ?? call.TextOrNull("CertType")) is not (null or "Server"))
            throw AlibabaFault.Invalid("CertificateType");
        var all = listener.Further.Select(static place => (Place: place, IsDefault: false));
        if (withDefault)
            all = all.Prepend((listener.Default, true));
        return new JsonObject
        {
            ["Certificates"] = new JsonArray([.. all.Select(static one => new JsonObject
            {
                ["CertificateId"] = one.Place.Bound,
                ["IsDefault"] = one.IsDefault,
                ["CertificateType"] = "Server",
                ["Status"] = one.Place.IsSettled ? "Associated" : "Associating",
            })]),
        };
    }

    private JsonObject Update(string product, AlibabaCall call, string pattern)
    {
        var listener = AtRest(product, call);
        if (Doomed(listener) is { } doomed)
            return doomed;
        if (call.List(pattern) is not [var identifier])
            throw AlibabaFault.Invalid(pattern);
        if (listener.Further.Exists(place => place.Bound == identifier))
            throw new AlibabaFault(400, "ResourceAlreadyAssociated.Certificate", "The certificate is attached as an additional one.");
        listener.Default.Bind(identifier, world.ByIdentifier(identifier));
        return Job();
    }

    private JsonObject Add(string product, AlibabaCall call, string pattern)
    {
        var listener = AtRest(product, call);
        if (Doomed(listener) is { } doomed)
            return doomed;
        foreach (var identifier in call.List(pattern))
        {
            if (listener.Further.Exists(place => place.Bound == identifier) || listener.Default.Bound == identifier)
                throw new AlibabaFault(400, "ResourceAlreadyAssociated.Certificate", "The certificate is attached already.");
            listener.Add($"{listener.Id}|{identifier}", identifier, world.ByIdentifier(identifier), atOnce: false);
        }

        return Job();
    }

    private JsonObject Remove(string product, AlibabaCall call, string pattern)
    {
        var listener = AtRest(product, call);
        if (Doomed(listener) is { } doomed)
            return doomed;
        foreach (var identifier in call.List(pattern))
        {
            // By the identifier only: the number that a bind may take is not what is listed.
            listener.Remove(listener.Further.Find(place => place.Bound == identifier) ?? throw new AlibabaFault(400, "ResourceNotAssociated.Certificate", "The certificate is not attached."));
        }

        return Job();
    }

    /// <summary>The job of a change that is taken and comes to nothing; null: it goes as asked.</summary>
    private JsonObject? Doomed(AlibabaListener listener)
    {
        if (!world.Doomed.Remove(listener.Id, out var fault))
            return null;
        listener.Default.Busy(world.Pace.Settling);
        return Job(fault);
    }

    private JsonObject Job(string? fault = null)
    {
        var id = Guid.NewGuid().ToString();
        _jobs[id] = (world.Now + world.Pace.Settling, fault);
        return new JsonObject { ["JobId"] = id };
    }
}
