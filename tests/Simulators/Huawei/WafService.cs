using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Huawei;

/// <summary>The web application firewall (WAF v1): its own certificates, and the websites that they are applied to, served by an edge by server name.</summary>
/// <remarks>
/// From the public API reference (support.huaweicloud.com/intl/en-us/api-waf, read in November 2026); nothing of it was recorded. Of the error codes only
/// <c>WAF.00011001</c> is one of the firewall's; those of what is missing or in use are made up. A list shows certificates in use, or those that are not.
/// </remarks>
public sealed partial class WafService
{
    private readonly TimeProvider _time;
    private readonly HuaweiOptions _options;
    private ImmutableList<WafHost> _hosts = [];
    private ImmutableList<WafCertificate> _certificates = [];

    internal WafService(TimeProvider time, HuaweiOptions options) => (_time, _options) = (time, options);

    /// <summary>How long a change takes to reach the edge.</summary>
    public TimeSpan SettlesAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Hosts whose changes are refused.</summary>
    public ISet<string> Refused { get; } = new HashSet<string>(StringComparer.Ordinal);

    internal IEnumerable<HuaweiRoute> Routes =>
    [
        new("POST", "/v1/{project_id}/waf/certificate", "waf.CreateCertificate", Writes: true, Create),
        new("GET", "/v1/{project_id}/waf/certificate", "waf.ListCertificates", Writes: false, List),
        new("GET", "/v1/{project_id}/waf/certificate/{certificate_id}", "waf.ShowCertificate", Writes: false, Show),
        new("DELETE", "/v1/{project_id}/waf/certificate/{certificate_id}", "waf.DeleteCertificate", Writes: true, Delete),
        new("POST", "/v1/{project_id}/waf/certificate/{certificate_id}/apply-to-hosts", "waf.ApplyCertificateToHost", Writes: true, Apply),
        new("GET", "/v1/{project_id}/waf/instance", "waf.ListHost", Writes: false, call => Hosts(call, isPremium: false)),
        new("GET", "/v1/{project_id}/waf/instance/{instance_id}", "waf.ShowHost", Writes: false, call => Host(call, "instance_id", isPremium: false)),
        new("GET", "/v1/{project_id}/premium-waf/host", "waf.ListPremiumHost", Writes: false, call => Hosts(call, isPremium: true)),
        new("GET", "/v1/{project_id}/premium-waf/host/{host_id}", "waf.ShowPremiumHost", Writes: false, call => Host(call, "host_id", isPremium: true)),
    ];

    /// <summary>The ids of all certificates.</summary>
    public IReadOnlyList<string> CertificateIds => [.. _certificates.Select(static one => one.Id)];

    /// <summary>Puts a certificate there; returns its id.</summary>
    public string AddCertificate(string name, string certificate, string key) => Keep(name, PemPair.Read(certificate, null, key)).Id;

    /// <summary>Adds a website with a certificate of the store, or without one; returns its id.</summary>
    public string AddHost(string hostname, string? certificateId = null, bool isPremium = false, string? id = null)
    {
        var bound = new Settling<WafCertificate?>(_time, _certificates.Find(one => one.Id == certificateId));
        var host = new WafHost(id ?? Guid.NewGuid().ToString("N"), hostname, isPremium, bound);
        _hosts = _hosts.Add(host);
        return host.Id;
    }

    internal string AddHost(string hostname, PemPair pair, bool isPremium = false) =>
        AddHost(hostname, AddCertificate("first-" + hostname, pair.Certificate, pair.Key), isPremium);

    /// <summary>What the edge serves for a server name now.</summary>
    internal StoredCertificate? Serve(string host) => _hosts.Find(one => one.Hostname == host)?.Bound.Seen?.Pair.Stored;

    /// <summary>Binds a certificate of the account's store, as its <c>deploy</c> does: under the same name, in this store; throws <see cref="HuaweiRefusal"/>.</summary>
    internal void BindFromStore(string hostId, bool isPremium, ScmCertificate certificate)
    {
        var host = Changeable(hostId, isPremium);
        var known = _certificates.Find(one => one.Name == certificate.Name && one.Pair.Leaf.Thumbprint == certificate.Fingerprint);
        host.Bound.Change(known ?? Keep(certificate.Name, certificate.Pair), SettlesAfter);
    }

    private WafCertificate Keep(string name, PemPair pair)
    {
        var certificate = new WafCertificate(Guid.NewGuid().ToString("N"), name, pair, _time.GetUtcNow());
        _certificates = _certificates.Add(certificate);
        return certificate;
    }

    private SimulatorAnswer Create(HuaweiCall call)
    {
        CheckProject(call);
        var name = call.Resource = call.Required(call.Body, "name");
        if (!NameForm().IsMatch(name))
            throw call.Bad("name", "must have at most 256 letters, digits, '-', '_' and '.'");
        try
        {
            var certificate = Keep(name, PemPair.Read(call.Required(call.Body, "content"), null, call.Required(call.Body, "key")));
            return HuaweiAnswers.Ok(certificate.Shown(_hosts, _time.GetUtcNow()));
        }
        catch (CertificateFaultException)
        {
            throw call.Bad("content, key", "is no certificate with its key");
        }
    }

    private SimulatorAnswer List(HuaweiCall call)
    {
        CheckProject(call);
        var (page, size) = (call.Number("page", 1, 1, int.MaxValue), call.Number("pagesize", 10, 1, 100));
        var used = call.Query("host") == "true";
        var found = _certificates
            .Where(one => (call.Query("name") is not { } name || one.Name.Contains(name, StringComparison.Ordinal)) && IsUsed(one) == used)
            .ToList();
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["total"] = found.Count,
            ["items"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(one => one.Listed(_hosts, _time.GetUtcNow()))]),
        });
    }

    private SimulatorAnswer Show(HuaweiCall call) => HuaweiAnswers.Ok(Existing(call).Shown(_hosts, _time.GetUtcNow()));

    private SimulatorAnswer Delete(HuaweiCall call)
    {
        var certificate = Existing(call);
        if (IsUsed(certificate))
            throw new HuaweiRefusal(409, "WAF.00014009", "The certificate is in use.");
        _certificates = _certificates.Remove(certificate);
        return HuaweiAnswers.Ok(certificate.Shown(_hosts, _time.GetUtcNow()));
    }

    private SimulatorAnswer Apply(HuaweiCall call)
    {
        var certificate = Existing(call);
        var cloud = call.Texts(call.Body, "cloud_host_ids") ?? [];
        var premium = call.Texts(call.Body, "premium_host_ids") ?? [];
        if (cloud.Count + premium.Count == 0)
            throw call.Bad("cloud_host_ids, premium_host_ids", "are both missing");
        List<WafHost> hosts = [.. cloud.Select(id => Changeable(id, isPremium: false)), .. premium.Select(id => Changeable(id, isPremium: true))];
        foreach (var host in hosts)
            host.Bound.Change(certificate, SettlesAfter);
        var answer = certificate.Listed(_hosts, _time.GetUtcNow());
        answer.Remove("exp_status");
        return HuaweiAnswers.Ok(answer);
    }

    private SimulatorAnswer Hosts(HuaweiCall call, bool isPremium)
    {
        CheckProject(call);
        var found = _hosts
            .Where(host => host.IsPremium == isPremium && (call.Query("hostname") is not { } name || host.Hostname.Contains(name, StringComparison.Ordinal)))
            .ToList();
        var (page, size) = (call.Number("page", 1, 1, int.MaxValue), call.Query("pagesize") == "-1" ? found.Count : call.Number("pagesize", 10, 1, 100));
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["total"] = found.Count,
            ["items"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(static host => host.Listed())]),
        });
    }

    private SimulatorAnswer Host(HuaweiCall call, string idName, bool isPremium)
    {
        CheckProject(call);
        return HuaweiAnswers.Ok(FindHost(call.Path(idName), isPremium).Shown());
    }

    private bool IsUsed(WafCertificate certificate) => _hosts.Exists(host => host.Bound.Last?.Id == certificate.Id);

    private WafHost Changeable(string id, bool isPremium) => Refused.Contains(id)
        ? throw new HuaweiRefusal(400, "WAF.00014010", "The website is locked.")
        : FindHost(id, isPremium);

    private WafHost FindHost(string id, bool isPremium) =>
        _hosts.Find(host => host.Id == id && host.IsPremium == isPremium) ?? throw new HuaweiRefusal(404, "WAF.00014002", $"The website {id} does not exist.");

    private WafCertificate Existing(HuaweiCall call)
    {
        CheckProject(call);
        return _certificates.Find(one => one.Id == call.Path("certificate_id")) ?? throw new HuaweiRefusal(404, "WAF.00014002", "The certificate does not exist.");
    }

    private void CheckProject(HuaweiCall call)
    {
        var project = call.Path("project_id");
        if (!_options.Projects.Values.Contains(project, StringComparer.Ordinal) || call.Header("x-project-id") != project)
            throw new HuaweiRefusal(403, "WAF.00012001", "The project of the path must be the account's, and that of the header X-Project-Id.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,256}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameForm();
}
