using System.Text.Json.Nodes;

// The names on the wire are the vendor's, also where a property here bears the same word.
#pragma warning disable CA1507

namespace Certrelay.Simulators.Tencent;

/// <summary>One listener of a load balancer, with a TLS port of its own on loopback.</summary>
internal sealed class ClbListener : IAsyncDisposable
{
    private readonly TlsFront _front;
    private readonly IReadOnlyList<string> _plainRules;
    private readonly List<(string Domain, TencentResource Resource)> _rules = [];
    private readonly Dictionary<string, (string Mode, string? AuthorityId)> _modes = new(StringComparer.Ordinal);

    /// <param name="ruleDomains">The domains of the rules where SNI is off.</param>
    /// <param name="rules">The domains with what each has bound where SNI is on; null: it is off.</param>
    public ClbListener(
        TencentWorld world, string region, string loadBalancerId, string id, string protocol, IReadOnlyList<string> ruleDomains,
        IReadOnlyList<(string Domain, TencentCertificate? Bound)>? rules)
    {
        (Region, LoadBalancerId, Id, Protocol, _plainRules) = (region, loadBalancerId, id, protocol, ruleDomains);
        var instance = $"{loadBalancerId}|{id}";
        if (rules is null)
        {
            Binding = new TencentBinding(world);
            world.Resources.Add(new TencentResource("clb", instance, loadBalancerId, region, ruleDomains, Binding)
            {
                Unfit = protocol == "HTTPS" && ruleDomains.Count == 0 ? "no rule" : ruleDomains.Any(static name => name.StartsWith('~')) ? "regular expression" : null,
            });
        }

        foreach (var (domain, bound) in rules ?? [])
        {
            var binding = new TencentBinding(world);
            if (bound is not null)
                binding.Begin(bound.Id, bound.Certificate);
            var resource = new TencentResource("clb", $"{instance}|{domain}", loadBalancerId, region, [domain], binding);
            _rules.Add((domain, resource));
            world.Resources.Add(resource);
        }

        _front = new TlsFront(name =>
        {
            lock (world)
                return Served(name);
        });
    }

    public string Region { get; }

    public string LoadBalancerId { get; }

    public string Id { get; }

    public string Protocol { get; }

    public int Port => _front.Port;

    /// <summary>Null where SNI is on.</summary>
    public TencentBinding? Binding { get; }

    /// <summary>The authority of its clients' certificates: it asks for one.</summary>
    public string? ClientAuthority { init => _modes[$"{LoadBalancerId}|{Id}"] = value is null ? ("UNIDIRECTIONAL", null) : ("MUTUAL", value); }

    public bool Settling => Binding is { Settling: true } || _rules.Exists(static rule => rule.Resource.Binding.Settling);

    public bool HasRule(string domain) => RuleBinding(domain) is not null || _plainRules.Contains(domain, StringComparer.Ordinal);

    public TencentBinding? RuleBinding(string domain) => _rules.Find(rule => rule.Domain == domain).Resource?.Binding;

    public string? AuthorityOf(string instance) => _modes.TryGetValue(instance, out var mode) ? mode.AuthorityId : null;

    public void SetMode(string instance, string mode, string? authorityId) => _modes[instance] = (mode, authorityId);

    public JsonObject Row() => new()
    {
        ["ListenerId"] = Id,
        ["ListenerName"] = "simulated",
        ["Protocol"] = Protocol,
        ["Port"] = 443,
        ["SniSwitch"] = Binding is null ? 1 : 0,
        ["Certificate"] = Binding is null ? null : Certificate($"{LoadBalancerId}|{Id}", Binding),
        ["Rules"] = new JsonArray([
            .. _plainRules.Select(static domain => Rule(domain, null, isDefault: false)),
            .. _rules.Select((rule, index) => Rule(rule.Domain, Certificate(rule.Resource.InstanceId, rule.Resource.Binding), index == 0)),
        ]),
        ["SimulatedExtra"] = "unknown",
    };

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private static JsonObject Rule(string domain, JsonObject? certificate, bool isDefault) => new()
    {
        ["LocationId"] = "loc-" + domain,
        ["Domain"] = domain,
        ["Domains"] = TencentCall.List([domain]),
        ["Url"] = "/",
        ["Certificate"] = certificate,
        ["DefaultServer"] = isDefault,
    };

    private JsonObject? Certificate(string instance, TencentBinding binding)
    {
        if (binding.CertificateId is not { } id)
            return null;
        var (mode, authorityId) = _modes.TryGetValue(instance, out var set) ? set : ("UNIDIRECTIONAL", null);
        return new JsonObject
        {
            ["SSLMode"] = mode,
            ["SSLVerifyClient"] = mode == "MUTUAL" ? "ON" : null,
            ["CertId"] = id,
            ["CertCaId"] = authorityId,
            ["ExtCertIds"] = TencentCall.List(binding.Extra),
        };
    }

    private StoredCertificate? Served(string name)
    {
        if (Binding is not null)
            return Binding.Served;
        var rule = _rules.Find(rule => string.Equals(rule.Domain, name, StringComparison.OrdinalIgnoreCase)).Resource
            ?? _rules.Find(rule => rule.Domain.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(rule.Domain[1..], StringComparison.OrdinalIgnoreCase)).Resource
            ?? (_rules.Count > 0 ? _rules[0].Resource : null);
        return rule?.Binding.Served;
    }
}
