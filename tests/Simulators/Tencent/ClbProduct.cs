using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>Tencent CLB, API 2018-03-17: listeners with one certificate, or with one a rule where SNI is on.</summary>
internal sealed class ClbProduct(TencentWorld world) : IAsyncDisposable
{
    private readonly List<ClbListener> _listeners = [];
    private readonly Dictionary<string, (string LoadBalancerId, DateTimeOffset End, bool Fails)> _tasks = new(StringComparer.Ordinal);

    public IEnumerable<TencentAction> Actions =>
    [
        new("clb.DescribeLoadBalancers", "LoadBalancerIds:list LoadBalancerName:text LoadBalancerType:text Offset:number Limit:number", "", Balancers) { Regional = true },
        new("clb.DescribeListeners", "LoadBalancerId:text! ListenerIds:list Protocol:text Port:number", "LoadBalancerId", List) { Regional = true },
        new("clb.ModifyListener",
            "LoadBalancerId:text! ListenerId:text! ListenerName:text SessionExpireTime:number HealthCheck:object Certificate:object Scheduler:text SniSwitch:number MultiCertInfo:object",
            "ListenerId", Modify) { Writes = true, Regional = true },
        new("clb.ModifyDomainAttributes",
            "LoadBalancerId:text! ListenerId:text! Domain:text! NewDomain:text Certificate:object Http2:flag DefaultServer:flag Quic:flag MultiCertInfo:object",
            "Domain", ModifyDomain) { Writes = true, Regional = true },
        new("clb.DescribeTaskStatus", "TaskId:text DealName:text", "TaskId", TaskStatus) { Regional = true },
    ];

    /// <summary>The port of a listener's own TLS on loopback.</summary>
    public int PortOf(string loadBalancerId, string listenerId) => _listeners.Single(one => one.LoadBalancerId == loadBalancerId && one.Id == listenerId).Port;

    /// <summary>Adds a listener without SNI.</summary>
    public void Add(string region, string loadBalancerId, string id, string protocol, IReadOnlyList<string> ruleDomains, TencentCertificate bound, string? clientAuthority, IReadOnlyList<string> furtherIds)
    {
        var listener = new ClbListener(world, region, loadBalancerId, id, protocol, ruleDomains, rules: null) { ClientAuthority = clientAuthority };
        listener.Binding!.Begin(bound.Id, bound.Certificate);
        listener.Binding.Extra = furtherIds;
        _listeners.Add(listener);
    }

    /// <summary>Adds a listener with SNI; the first rule is the default one.</summary>
    public void Add(string region, string loadBalancerId, string id, IReadOnlyList<(string Domain, TencentCertificate? Bound)> rules) =>
        _listeners.Add(new ClbListener(world, region, loadBalancerId, id, "HTTPS", [], rules));

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
    }

    private JsonObject Balancers(TencentCall call)
    {
        var ids = call.Texts("LoadBalancerIds");
        var all = _listeners.Where(one => one.Region == call.Region).Select(static one => one.LoadBalancerId).Distinct(StringComparer.Ordinal)
            .Where(id => ids.Count == 0 || ids.Contains(id, StringComparer.Ordinal))
            .ToList();
        var page = all.Skip(call.Number("Offset", 0)).Take(Math.Min(call.Number("Limit", 20), 100));
        return new JsonObject
        {
            ["TotalCount"] = all.Count,
            ["LoadBalancerSet"] = new JsonArray([.. page.Select(static id => new JsonObject
            {
                ["LoadBalancerId"] = id,
                ["LoadBalancerName"] = "simulated",
                ["LoadBalancerType"] = "OPEN",
                ["LoadBalancerVips"] = TencentCall.List(["127.0.0.1"]),
                ["LoadBalancerDomain"] = "",
                ["SimulatedExtra"] = true,
            })]),
        };
    }

    private JsonObject List(TencentCall call)
    {
        var all = OfLoadBalancer(call);
        var ids = call.Texts("ListenerIds");
        if (ids.Any(id => all.TrueForAll(one => one.Id != id)))
            throw new TencentFault("InvalidParameter.ListenerIdNotFound", "A listener was not found.");
        var found = all.Where(one => ids.Count == 0 || ids.Contains(one.Id, StringComparer.Ordinal))
            .Where(one => call.TextOrNull("Protocol") is not { } protocol || one.Protocol == protocol)
            .Where(one => call.Body["Port"] is null || call.Number("Port", 0) == 443)
            .ToList();
        return new JsonObject { ["TotalCount"] = found.Count, ["Listeners"] = new JsonArray([.. found.Select(static one => one.Row())]) };
    }

    private JsonObject Modify(TencentCall call)
    {
        var listener = Find(call);
        if (Wanted(call) is not { } wanted)
            return [];
        if (listener.Binding is not { } binding)
            throw new TencentFault("InvalidParameterValue", "SNI is on: the certificates belong to the domains of the rules.");
        return Change(call, listener, $"{listener.LoadBalancerId}|{listener.Id}", binding, wanted);
    }

    private JsonObject ModifyDomain(TencentCall call)
    {
        var listener = Find(call);
        var domain = call.Text("Domain");
        if (!listener.HasRule(domain))
            throw new TencentFault("InvalidParameter.LocationNotFound", "No rule has this domain.");
        if (Wanted(call) is not { } wanted)
            return [];
        var binding = listener.RuleBinding(domain)
            ?? throw new TencentFault("InvalidParameterValue", "SNI is off: the certificate belongs to the listener.");
        return Change(call, listener, $"{listener.LoadBalancerId}|{listener.Id}|{domain}", binding, wanted);
    }

    private JsonObject Change(TencentCall call, ClbListener listener, string instance, TencentBinding binding, ClbCertificate wanted)
    {
        if (OfLoadBalancer(call).Exists(static one => one.Settling))
            throw new TencentFault("FailedOperation.InvalidLBStatus", "The load balancer is being configured.");
        // In a list the authority of the clients' certificates stands among the others.
        if (wanted.AuthorityId is null && wanted.Ids.FirstOrDefault(id => id == listener.AuthorityOf(instance)) is { } listed)
            wanted = wanted with { Ids = [.. wanted.Ids.Where(id => id != listed)], AuthorityId = listed };
        if (wanted.Mode == "MUTUAL" && wanted.AuthorityId is null)
            throw TencentFault.Missing("Certificate.CertCaId");
        var certificates = wanted.Ids.Select(id => world.Certificates.GetValueOrDefault(id)
            ?? throw new TencentFault("InvalidParameter", $"The certificate {id} does not exist.")).ToList();
        var fails = world.Refused.Contains(instance);
        if (!fails)
        {
            // What the new one does not say is not kept from the former one.
            listener.SetMode(instance, wanted.Mode, wanted.AuthorityId);
            binding.Extra = [.. wanted.Ids.Skip(1)];
        }

        binding.Bind(certificates[0].Id, certificates[0].Certificate, fails);
        _tasks[call.RequestId] = (listener.LoadBalancerId, world.Now + world.Pace.Settling, fails);
        return [];
    }

    private JsonObject TaskStatus(TencentCall call)
    {
        if (!_tasks.TryGetValue(call.Text("TaskId"), out var task))
            throw TencentFault.InvalidValue("TaskId");
        var over = world.Now >= task.End;
        return new JsonObject
        {
            ["Status"] = !over ? 2 : task.Fails ? 1 : 0,
            ["LoadBalancerIds"] = TencentCall.List([task.LoadBalancerId]),
            ["Message"] = over && task.Fails ? "The listener refused the certificate." : null,
            ["SimulatedExtra"] = true,
        };
    }

    private static ClbCertificate? Wanted(TencentCall call) => (call.Body["Certificate"], call.Body["MultiCertInfo"]) switch
    {
        (null, null) => null,
        ({ } one, null) => ClbCertificate.Of(one),
        (null, { } many) => ClbCertificate.OfMany(many),
        _ => throw TencentFault.Invalid("Certificate and MultiCertInfo exclude each other."),
    };

    private List<ClbListener> OfLoadBalancer(TencentCall call)
    {
        var found = _listeners.Where(one => one.LoadBalancerId == call.Text("LoadBalancerId") && one.Region == call.Region).ToList();
        return found.Count > 0 ? found : throw new TencentFault("InvalidParameter.LBIdNotFound", "The load balancer was not found in this region.");
    }

    private ClbListener Find(TencentCall call) => OfLoadBalancer(call).Find(one => one.Id == call.Text("ListenerId"))
        ?? throw new TencentFault("InvalidParameter.ListenerIdNotFound", "The listener was not found.");
}

/// <summary>The certificate part of a change: at least one id, the first of which is served.</summary>
internal sealed record ClbCertificate(string Mode, IReadOnlyList<string> Ids, string? AuthorityId)
{
    public static ClbCertificate Of(JsonNode one) => new(
        ModeOf(TencentCall.Inner(one, "SSLMode") ?? "UNIDIRECTIONAL"),
        [TencentCall.Inner(one, "CertId") ?? throw TencentFault.Missing("Certificate.CertId")],
        TencentCall.Inner(one, "CertCaId"));

    public static ClbCertificate OfMany(JsonNode many)
    {
        var ids = many["CertList"] is JsonArray { Count: > 0 } list
            ? list.Select(static one => TencentCall.Inner(one, "CertId") ?? throw TencentFault.Missing("MultiCertInfo.CertList.0.CertId")).ToList()
            : throw TencentFault.Missing("MultiCertInfo.CertList");
        return new(ModeOf(TencentCall.Inner(many, "SSLMode") ?? throw TencentFault.Missing("MultiCertInfo.SSLMode")), ids, null);
    }

    private static string ModeOf(string mode) => mode is "UNIDIRECTIONAL" or "MUTUAL" ? mode : throw TencentFault.InvalidValue("SSLMode");
}
