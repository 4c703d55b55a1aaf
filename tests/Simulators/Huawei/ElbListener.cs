using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The certificates of a listener: the one for everybody, and those for their names.</summary>
internal sealed record ElbBinding(ElbCertificate? Default, IReadOnlyList<ElbCertificate> ByName)
{
    /// <summary>The certificate whose longest matching name fits the server name, else the default one.</summary>
    public StoredCertificate? Serve(string host) => ByName
        .SelectMany(static certificate => certificate.Domains.Select(name => (Name: name, Certificate: certificate)))
        .Where(one => Fits(one.Name, host))
        .OrderByDescending(static one => one.Name.Length)
        .Select(static one => one.Certificate)
        .FirstOrDefault(Default)?.Pair.Seen.Stored;

    private static bool Fits(string name, string host) => string.Equals(name, host, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && string.Equals(name[1..], host[dot..], StringComparison.OrdinalIgnoreCase));
}

/// <summary>A listener of a load balancer with its own port on loopback.</summary>
internal sealed class ElbListener(string id, string project, string loadBalancer, string protocol, Settling<ElbBinding> binding) : IAsyncDisposable
{
    public string Id { get; } = id;

    public string Project { get; } = project;

    public string LoadBalancer { get; } = loadBalancer;

    /// <summary><c>HTTPS</c>, <c>TERMINATED_HTTPS</c>, <c>TLS</c> or <c>QUIC</c>.</summary>
    public string Protocol { get; } = protocol;

    public Settling<ElbBinding> Binding { get; } = binding;

    public string SniMatchAlgorithm { get; set; } = "longest_suffix";

    public TlsFront Front { get; } = new(host => binding.Seen.Serve(host));

    public ValueTask DisposeAsync() => Front.DisposeAsync();

    public JsonObject Shown() => new()
    {
        ["id"] = Id,
        ["project_id"] = Project,
        ["name"] = "listener",
        ["description"] = "",
        ["admin_state_up"] = true,
        ["protocol"] = Protocol,
        ["protocol_port"] = Front.Port,
        ["loadbalancers"] = new JsonArray(new JsonObject { ["id"] = LoadBalancer }),
        ["default_tls_container_ref"] = Binding.Last.Default?.Id,
        ["sni_container_refs"] = new JsonArray([.. Binding.Last.ByName.Select(static one => JsonValue.Create(one.Id))]),
        ["sni_match_algo"] = SniMatchAlgorithm,
        ["http2_enable"] = true,
        ["tls_ciphers_policy"] = "tls-1-2",
        ["simulated_field"] = 1,
    };
}
