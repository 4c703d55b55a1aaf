using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The listeners of load balancers (ELB v3), each terminating TLS on a port of its own.</summary>
public sealed class ElbListeners : IAsyncDisposable
{
    private const int MostNames = 200;

    private readonly TimeProvider _time;
    private readonly HuaweiOptions _options;
    private readonly ElbCertificates _certificates;
    private ImmutableList<ElbListener> _listeners = [];

    internal ElbListeners(TimeProvider time, HuaweiOptions options, ElbCertificates certificates)
    {
        (_time, _options, _certificates) = (time, options, certificates);
        certificates.IsUsed = id => _listeners.Exists(listener => listener.Binding.Last.Default?.Id == id || listener.Binding.Last.ByName.Any(one => one.Id == id));
    }

    /// <summary>Listeners whose changes are refused.</summary>
    public ISet<string> Refused { get; } = new HashSet<string>(StringComparer.Ordinal);

    internal IEnumerable<HuaweiRoute> Routes =>
    [
        new("GET", "/v3/{project_id}/elb/listeners", "elb.ListListeners", Writes: false, List),
        new("GET", "/v3/{project_id}/elb/listeners/{listener_id}", "elb.ShowListener", Writes: false, Show),
        new("PUT", "/v3/{project_id}/elb/listeners/{listener_id}", "elb.UpdateListener", Writes: true, Update),
    ];

    /// <summary>Adds a listener with certificates of the store; returns its id.</summary>
    public string Add(
        string defaultCertificate, IReadOnlyList<string>? sniCertificates = null, string? id = null,
        string protocol = "HTTPS", string loadBalancer = "6ec0b6b1-f0d4-4f9d-a6a2-0a7b34ba3e0c", string region = "cn-north-4")
    {
        var project = _options.Projects[region];
        var binding = new ElbBinding(_certificates.Find(defaultCertificate, project), [.. (sniCertificates ?? []).Select(one => _certificates.Find(one, project)!)]);
        var listener = new ElbListener(id ?? Guid.NewGuid().ToString(), project, loadBalancer, protocol, new Settling<ElbBinding>(_time, binding));
        _listeners = _listeners.Add(listener);
        return listener.Id;
    }

    /// <summary>The port on loopback where a listener terminates TLS.</summary>
    public int PortOf(string id) => _listeners.Find(listener => listener.Id == id)!.Front.Port;

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
    }

    private SimulatorAnswer List(HuaweiCall call)
    {
        ElbCertificates.CheckProject(call, _options);
        var found = _listeners.Where(one => one.Project == call.Path("project_id")
            && Wanted("id", one.Id) && Wanted("loadbalancer_id", one.LoadBalancer) && Wanted("protocol", one.Protocol)
            && Wanted("default_tls_container_ref", one.Binding.Last.Default?.Id))
            .OrderBy(static one => one.Id, StringComparer.Ordinal).ToList();
        return HuaweiAnswers.Ok(ElbCertificates.Page(call, found, "listeners", static one => one.Id, static one => one.Shown()));

        bool Wanted(string name, string? value) => call.QueryAll(name) is not { Count: > 0 } values || values.Contains(value, StringComparer.Ordinal);
    }

    private SimulatorAnswer Show(HuaweiCall call) => HuaweiAnswers.Ok(Answer(Existing(call)));

    private SimulatorAnswer Update(HuaweiCall call)
    {
        var listener = Existing(call);
        var given = call.Object(call.Body, "listener");
        if (Refused.Contains(listener.Id))
            throw new HuaweiRefusal(409, "ELB.8908", "The load balancer is locked.");
        var binding = listener.Binding.Last;
        if (given.ContainsKey("default_tls_container_ref"))
            binding = binding with { Default = ServerCertificate(call, listener, call.Required(given, "default_tls_container_ref")) };
        // The whole new list: what it leaves out is bound no more.
        if (call.Texts(given, "sni_container_refs") is { } refs)
            binding = binding with { ByName = [.. refs.Select(id => ServerCertificate(call, listener, id))] };
        CheckNames(call, binding);
        listener.Binding.Change(binding, _certificates.SettlesAfter);
        listener.SniMatchAlgorithm = call.Text(given, "sni_match_algo") ?? listener.SniMatchAlgorithm;
        return HuaweiAnswers.Ok(Answer(listener));
    }

    private ElbCertificate ServerCertificate(HuaweiCall call, ElbListener listener, string id)
    {
        var certificate = _certificates.Find(id, listener.Project) ?? throw ElbCertificates.Missing(id);
        if (listener.Protocol == "QUIC" && certificate.Pair.Last.Leaf.GetKeyAlgorithm() != "1.2.840.113549.1.1.1")
            throw call.Bad("default_tls_container_ref, sni_container_refs", "must name RSA certificates for QUIC");
        return certificate;
    }

    private static void CheckNames(HuaweiCall call, ElbBinding binding)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in binding.ByName)
        {
            if (certificate.Domains.Count == 0)
                throw call.Bad("sni_container_refs", $"must not name {certificate.Id}, which has no domain");
            foreach (var name in certificate.Domains)
            {
                if (!seen.Add(name))
                    throw call.Bad("sni_container_refs", $"must not name two certificates for {name}");
            }
        }

        if (seen.Count > MostNames)
            throw call.Bad("sni_container_refs", $"must not have more than {MostNames} names");
    }

    private static JsonObject Answer(ElbListener listener) => new() { ["listener"] = listener.Shown(), ["request_id"] = Guid.NewGuid().ToString("N") };

    private ElbListener Existing(HuaweiCall call)
    {
        ElbCertificates.CheckProject(call, _options);
        var id = call.Path("listener_id");
        return _listeners.Find(one => one.Id == id && one.Project == call.Path("project_id")) ?? throw new HuaweiRefusal(404, "ELB.8904", $"listener {id} does not exist");
    }
}
