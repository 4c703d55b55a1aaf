using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The content delivery network: domains, their configuration, and an edge that terminates TLS by server name.</summary>
/// <remarks>
/// Dual certificates and SM2 are not simulated. Of the error codes only <c>CDN.0171</c> (an unknown domain) is one of CDN's; the others are made up, because no table of them could be found.
/// What a write of <c>https</c> leaves out goes back to its usual value, which is the worst that the documentation allows.
/// </remarks>
public sealed class CdnEdge
{
    private const int BatchCallsAMinute = 20;

    private readonly TimeProvider _time;
    private readonly ScmStore _store;
    private readonly HuaweiOptions _options;
    private ImmutableList<CdnDomain> _domains = [];
    private readonly Queue<DateTimeOffset> _batchCalls = [];

    internal CdnEdge(TimeProvider time, ScmStore store, HuaweiOptions options)
    {
        (_time, _store, _options) = (time, store, options);
        store.Users.Add(id => _domains.Where(domain => domain.Https.Last.ScmCertificateId == id).Select(static domain => ("CDN", domain.Name)));
    }

    /// <summary>How long a change takes to reach the edge; the domain is <c>configuring</c> meanwhile.</summary>
    public TimeSpan SettlesAfter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Domains whose changes are refused: by an error where one is asked for, by a failed item among others.</summary>
    public ISet<string> Refused { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>False: the list of certificates leaves their private keys empty, as some pages of the vendor say.</summary>
    public bool GivesKeys { get; set; } = true;

    internal IEnumerable<HuaweiRoute> Routes =>
    [
        new("GET", "/v1.0/cdn/domains", "cdn.ListDomains", Writes: false, List),
        new("GET", "/v1.1/cdn/configuration/domains/{domain_name}/configs", "cdn.ShowDomainFullConfig", Writes: false, Show),
        new("PUT", "/v1.1/cdn/configuration/domains/{domain_name}/configs", "cdn.UpdateDomainFullConfig", Writes: true, Update),
        new("PUT", "/v1.0/cdn/domains/config-https-info", "cdn.UpdateDomainMultiCertificates", Writes: true, UpdateBatch),
        new("GET", "/v1.0/cdn/domains/https-certificate-info", "cdn.ShowCertificatesHttpsInfo", Writes: false, Certificates),
    ];

    /// <summary>Adds a domain: without HTTPS, or with a certificate of its own from the start.</summary>
    public void AddDomain(string name, string? certificate = null, string? key = null, bool http2 = false, string originProtocol = "http", bool forceRedirect = false)
    {
        var domain = new CdnDomain(name, _time) { OriginProtocol = originProtocol, ForceRedirect = forceRedirect };
        if (certificate is not null)
            domain.Https.Change(new CdnHttps { Pair = PemPair.Read(certificate, null, key!), CertificateName = "first", Http2 = http2 }, TimeSpan.Zero);
        _domains = _domains.Add(domain);
    }

    internal void AddDomain(string name, PemPair pair) => AddDomain(name, pair.Certificate, pair.Key);

    /// <summary>What the edge serves for a server name now.</summary>
    internal StoredCertificate? Serve(string host)
    {
        var suffix = host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? "*" + host[dot..] : null;
        return (_domains.Find(domain => domain.Name == host) ?? _domains.Find(domain => domain.Name == suffix))?.Https.Seen.Pair?.Stored;
    }

    /// <summary>Binds a certificate of the store, as its <c>deploy</c> does; throws <see cref="HuaweiRefusal"/>.</summary>
    internal void BindFromStore(string domainName, ScmCertificate certificate)
    {
        var domain = Changeable(domainName);
        domain.Https.Change(domain.Https.Last with
        {
            Pair = Covering(domain, certificate.Pair),
            Source = 2,
            ScmCertificateId = certificate.Id,
            CertificateName = certificate.Name,
        }, SettlesAfter);
    }

    private SimulatorAnswer List(HuaweiCall call)
    {
        CheckAccount(call);
        var (size, page) = (call.Number("page_size", 30, 1, 10000), call.Number("page_number", 1, 1, 65535));
        var found = _domains.Where(domain => call.Query("domain_name") is not { } name
            || (call.Query("exact_match") == "true" ? domain.Name == name : domain.Name.Contains(name, StringComparison.Ordinal))).ToList();
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["total"] = found.Count,
            ["domains"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(static domain => domain.Listed())]),
        });
    }

    private SimulatorAnswer Show(HuaweiCall call)
    {
        CheckAccount(call);
        return HuaweiAnswers.Ok(new JsonObject { ["configs"] = Existing(call.Path("domain_name")).Configs() });
    }

    private SimulatorAnswer Update(HuaweiCall call)
    {
        CheckAccount(call);
        var configs = call.Object(call.Body, "configs");
        var domain = Changeable(call.Path("domain_name"));
        if (configs["origin_protocol"] is not null)
            domain.OriginProtocol = call.Required(configs, "origin_protocol");
        if (configs["force_redirect"] is JsonObject redirect)
            domain.ForceRedirect = call.Required(redirect, "status") == "on";
        if (configs["https"] is JsonObject https)
            domain.Https.Change(Written(call, domain, https), SettlesAfter);
        return HuaweiAnswers.NoContent();
    }

    private CdnHttps Written(HuaweiCall call, CdnDomain domain, JsonObject https)
    {
        if (https["certificates"] is not null || call.Text(https, "certificate_type") is not (null or "server"))
            throw call.Bad("certificates, certificate_type", "is not simulated but for one certificate of type server");
        switch (call.Text(https, "https_status"))
        {
            case "off":
                domain.ForceRedirect = false;
                return new CdnHttps();
            case "on":
                break;
            default:
                throw call.Bad("https_status", "must be on or off");
        }

        var source = call.Integer(https, "certificate_source") ?? 0;
        return Bound(call, domain, source, https, "certificate_name", "certificate_value", "private_key") with
        {
            Http2 = call.Text(https, "http2_status") == "on",
            TlsVersion = call.Text(https, "tls_version") ?? new CdnHttps().TlsVersion,
            OcspStapling = call.Text(https, "ocsp_stapling_status") == "on",
        };
    }

    private CdnHttps Bound(HuaweiCall call, CdnDomain domain, int source, JsonObject from, string nameField, string certificateField, string keyField)
    {
        var name = call.Required(from, nameField);
        if (name.Length is < 3 or > 64)
            throw call.Bad(nameField, "must have 3 to 64 characters");
        switch (source)
        {
            case 2:
                var certificate = _store.Find(call.Required(from, "scm_certificate_id")) ?? throw call.Bad("scm_certificate_id", "names no certificate");
                return new CdnHttps { Pair = Covering(domain, certificate.Pair), Source = 2, ScmCertificateId = certificate.Id, CertificateName = name };
            case 0:
                try
                {
                    var pair = PemPair.Read(call.Required(from, certificateField), null, call.Required(from, keyField));
                    return new CdnHttps { Pair = Covering(domain, pair), Source = 0, CertificateName = name };
                }
                catch (CertificateFaultException)
                {
                    throw new HuaweiRefusal(400, "CDN.0144", "The certificate or its private key is invalid.");
                }

            default:
                throw call.Bad("certificate_source", "must be 0 or 2");
        }
    }

    private SimulatorAnswer UpdateBatch(HuaweiCall call)
    {
        CheckAccount(call);
        var now = _time.GetUtcNow();
        while (_batchCalls.TryPeek(out var first) && now - first >= TimeSpan.FromMinutes(1))
            _batchCalls.Dequeue();
        if (_batchCalls.Count >= BatchCallsAMinute)
            throw new HuaweiRefusal(429, HuaweiAnswers.Throttled, "The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 minute");
        _batchCalls.Enqueue(now);

        var https = call.Object(call.Body, "https");
        var names = call.Required(https, "domain_name").Split(',');
        call.Resource = string.Join(',', names);
        if (names.Length > 50)
            throw call.Bad("domain_name", "must name at most 50 domains");
        var enabled = call.Integer(https, "https_switch") switch
        {
            1 => true,
            0 => false,
            null => throw call.Bad("https_switch", "is missing"),
            _ => throw call.Bad("https_switch", "must be 0 or 1"),
        };
        var result = new JsonArray([.. names.Select(name => Item(call, name, https, enabled))]);
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["status"] = "success",
            ["https"] = new JsonObject { ["domain_name"] = string.Join(',', names), ["https_switch"] = enabled ? 1 : 0 },
            ["result"] = result,
        });
    }

    private JsonObject Item(HuaweiCall call, string name, JsonObject https, bool enabled)
    {
        try
        {
            var domain = Changeable(name);
            // Whatever is left out goes back to its usual value, the way to the origin included.
            domain.Https.Change(!enabled ? new CdnHttps()
                : Bound(call, domain, call.Integer(https, "certificate_type") ?? 0, https, "cert_name", "certificate", "private_key") with
                {
                    Http2 = call.Integer(https, "http2") == 1,
                }, SettlesAfter);
            domain.OriginProtocol = call.Integer(https, "access_origin_way") switch { 1 => "follow", 3 => "https", _ => "http" };
            domain.ForceRedirect = https["force_redirect_config"] is JsonObject redirect && call.Integer(redirect, "switch") == 1;
            return new JsonObject { ["domain_name"] = name, ["status"] = "success" };
        }
        catch (HuaweiRefusal refusal) when (refusal.Code != call.Route.BadParameter)
        {
            return new JsonObject { ["domain_name"] = name, ["status"] = "fail", ["reason"] = refusal.Message };
        }
    }

    private SimulatorAnswer Certificates(HuaweiCall call)
    {
        CheckAccount(call);
        var found = _domains.Where(domain => domain.Https.Last.Pair is not null && (call.Query("domain_name") is not { } name || domain.Name == name)).ToList();
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["total"] = found.Count,
            ["https"] = new JsonArray([.. found.Select(domain => new JsonObject
            {
                ["domain_id"] = domain.Id,
                ["domain_name"] = domain.Name,
                ["cert_name"] = domain.Https.Last.CertificateName,
                ["certificate"] = domain.Https.Last.Pair!.Whole,
                ["private_key"] = GivesKeys ? domain.Https.Last.Pair!.Key : "",
                ["certificate_type"] = domain.Https.Last.Source,
            })]),
        });
    }

    private void CheckAccount(HuaweiCall call)
    {
        if (call.Header("x-domain-id") != _options.DomainId)
            throw new HuaweiRefusal(403, "CDN.0003", "The header X-Domain-Id must name the account.");
    }

    private CdnDomain Changeable(string name)
    {
        var domain = Existing(name);
        if (Refused.Contains(name))
            throw new HuaweiRefusal(400, "CDN.0105", "The domain is locked.");
        return domain.Https.IsMoving ? throw new HuaweiRefusal(409, "CDN.0106", "The domain is being configured.") : domain;
    }

    private CdnDomain Existing(string name) => _domains.Find(domain => domain.Name == name) ?? throw new HuaweiRefusal(400, "CDN.0171", "The domain does not exist.");

    private static PemPair Covering(CdnDomain domain, PemPair pair)
    {
        // A wildcard domain needs the very wildcard.
        var covered = domain.Name.StartsWith('*') ? pair.Stored.Names.Contains(domain.Name, StringComparer.OrdinalIgnoreCase) : pair.Stored.Covers(domain.Name);
        return covered ? pair : throw new HuaweiRefusal(400, "CDN.0145", "The certificate does not cover the domain.");
    }
}
