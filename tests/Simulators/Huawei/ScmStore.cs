using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Huawei;

/// <summary>The certificate store (SCM, also called CCM): one for the account, whatever the region.</summary>
/// <remarks>SM2 certificates are not simulated. The codes of a twin, of the quota and of a certificate in use are made up: no table of them could be found.</remarks>
public sealed partial class ScmStore
{
    private const int LongestCertificate = 4096;

    private readonly TimeProvider _time;
    private readonly Dictionary<string, ScmCertificate> _certificates = new(StringComparer.Ordinal);
    private int _next = 1;

    internal ScmStore(TimeProvider time) => _time = time;

    /// <summary>How many certificates fit.</summary>
    public int Quota { get; set; } = 1000;

    /// <summary>How long an import takes to appear in lists.</summary>
    public TimeSpan ListedAfter { get; set; }

    /// <summary>The ids of all certificates.</summary>
    public IReadOnlyCollection<string> Ids => _certificates.Keys;

    /// <summary>What else uses a certificate by its id, with the service's name; a used one is not deleted.</summary>
    internal List<Func<string, IEnumerable<(string Service, string Resource)>>> Users { get; } = [];

    internal IEnumerable<HuaweiRoute> Routes =>
    [
        new("POST", "/v3/scm/certificates/import", "scm.ImportCertificate", Writes: true, Import),
        new("GET", "/v3/scm/certificates", "scm.ListCertificates", Writes: false, List),
        new("GET", "/v3/scm/certificates/{certificate_id}", "scm.ShowCertificate", Writes: false, Show),
        new("POST", "/v3/scm/certificates/{certificate_id}/export", "scm.ExportCertificate", Writes: false, Export),
        new("DELETE", "/v3/scm/certificates/{certificate_id}", "scm.DeleteCertificate", Writes: true, Delete),
        new("POST", "/v3/scm/deployed-resources", "scm.ListDeployedResources", Writes: false, Deployed),
    ];

    /// <summary>Puts a certificate there as an import would, under an id of the caller's where one is given; returns the id.</summary>
    public string Add(string name, string certificate, string? chain, string key, string? id = null) => Keep(name, PemPair.Read(certificate, chain, key), "0", id);

    internal ScmCertificate? Find(string id) => _certificates.GetValueOrDefault(id);

    private string Keep(string name, PemPair pair, string enterpriseProject, string? id)
    {
        id ??= $"scs{_next++:D13}";
        _certificates[id] = new ScmCertificate(id, name, pair, enterpriseProject, _time.GetUtcNow());
        return id;
    }

    private SimulatorAnswer Import(HuaweiCall call)
    {
        var body = call.Body;
        var name = call.Resource = call.Required(body, "name");
        if (!NameForm().IsMatch(name))
            throw call.Bad("name", "must have 3 to 63 letters, digits, '_', '-' and '.'");
        var certificate = call.Required(body, "certificate");
        if (certificate.Length > LongestCertificate)
            throw call.Bad("certificate", $"must have at most {LongestCertificate} characters");
        if (body["enc_certificate"] is not null)
            throw call.Bad("enc_certificate", "is not simulated");
        var pair = Read(certificate, call.Text(body, "certificate_chain"), call.Required(body, "private_key"));
        // true allows a twin; so does leaving it out.
        if (body["duplicate_check"]?.GetValueKind() == System.Text.Json.JsonValueKind.False
            && _certificates.Values.Any(one => one.Fingerprint == pair.Leaf.Thumbprint))
            throw new HuaweiRefusal(409, "SCM.0131", "The certificate is already in the store.");
        if (_certificates.Count >= Quota)
            throw new HuaweiRefusal(403, "SCM.0017", "The quota of certificates is used up.");
        var id = Keep(name, pair, call.Text(body, "enterprise_project_id") ?? "0", null);
        return HuaweiAnswers.Ok(new JsonObject { ["certificate_id"] = id });
    }

    private static PemPair Read(string certificate, string? chain, string key)
    {
        if (!certificate.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal) || !certificate.Contains("-----END CERTIFICATE-----", StringComparison.Ordinal))
            throw new HuaweiRefusal(400, "SCM.0053", "The certificate format is incorrect. It must start or end with a specific string.");
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new HuaweiRefusal(400, "SCM.0114", "Incorrect private key format. It must start or end with a specific string.");
        PemPair pair;
        try
        {
            pair = PemPair.Read(certificate, chain, key);
        }
        catch (CertificateFaultException exception)
        {
            throw exception.Fault == CertificateFault.BadCertificate
                ? new HuaweiRefusal(400, "SCM.0054", "The certificate content is missing.")
                : new HuaweiRefusal(400, "SCM.0012", "The uploaded private key failed to be resolved.");
        }

        var issuer = pair.Leaf.Issuer;
        foreach (var one in pair.Stored.Chain)
        {
            if (one.Subject != issuer)
                throw new HuaweiRefusal(400, "SCM.0079", "The subject of the CA certificate does not match the issuer of the certificate.");
            issuer = one.Issuer;
        }

        return pair;
    }

    private SimulatorAnswer List(HuaweiCall call)
    {
        var (limit, offset) = (call.Number("limit", 10, 1, 50), call.Number("offset", 0, 0, int.MaxValue));
        if (call.Query("sort_key") is not (null or "certExpiredTime" or "certStatus" or "certUpdateTime"))
            throw call.Bad("sort_key", "is unknown");
        var now = _time.GetUtcNow();
        var found = _certificates.Values
            .Where(one => one.Imported + ListedAfter <= now)
            .Where(one => call.Query("status") is not { Length: > 0 } status || status == "ALL" || one.Status(now) == status)
            .Where(one => call.Query("content") is not { } content
                || one.Name.Contains(content, StringComparison.OrdinalIgnoreCase)
                || one.Pair.Stored.Names.Any(name => name.Contains(content, StringComparison.OrdinalIgnoreCase)))
            .Where(one => call.Query("enterprise_project_id") is not { } project || project == "all" || one.EnterpriseProject == project)
            .OrderBy(static one => one.Expires).ThenBy(static one => one.Id, StringComparer.Ordinal)
            .ToList();
        if (call.Query("sort_dir") == "DESC")
            found.Reverse();
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["certificates"] = new JsonArray([.. found.Skip(offset).Take(limit).Select(one => one.Listed(now))]),
            ["total_count"] = found.Count,
        });
    }

    private SimulatorAnswer Show(HuaweiCall call) => HuaweiAnswers.Ok(Existing(call).Shown(_time.GetUtcNow()));

    private SimulatorAnswer Export(HuaweiCall call)
    {
        _ = call.Body;
        var pair = Existing(call).Pair;
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["entire_certificate"] = pair.Whole,
            ["certificate"] = pair.Certificate,
            ["certificate_chain"] = pair.Chain,
            ["private_key"] = pair.Key,
        });
    }

    private SimulatorAnswer Delete(HuaweiCall call)
    {
        var certificate = Existing(call);
        if (UsersOf(certificate.Id).Any())
            throw new HuaweiRefusal(409, "SCM.0409", "The certificate is in use.");
        _certificates.Remove(certificate.Id);
        return HuaweiAnswers.NoContent();
    }

    private SimulatorAnswer Deployed(HuaweiCall call)
    {
        var ids = call.Texts(call.Body, "certificate_ids") is { Count: >= 1 and <= 50 } given ? given : throw call.Bad("certificate_ids", "must have 1 to 50 ids");
        var services = call.Texts(call.Body, "service_names") is { Count: > 0 } named ? named : throw call.Bad("service_names", "is missing");
        if (services.FirstOrDefault(static service => service is not ("CDN" or "WAF" or "ELB" or "ALL")) is { } unknown)
            throw call.Bad("service_names", $"must not have {unknown}");
        call.Resource = string.Join(',', ids);
        return HuaweiAnswers.Ok(new JsonObject { ["results"] = new JsonArray([.. ids.Select(Result)]) });

        JsonObject Result(string id)
        {
            var users = UsersOf(id).Where(user => services.Contains("ALL", StringComparer.Ordinal) || services.Contains(user.Service, StringComparer.Ordinal)).ToList();
            return new JsonObject
            {
                ["certificate_id"] = id,
                ["total_num"] = users.Count,
                ["deployed_resources"] = new JsonArray([.. users.GroupBy(static user => user.Service, StringComparer.Ordinal).Select(static group => new JsonObject
                {
                    ["service"] = group.Key,
                    ["resource_num"] = group.Count(),
                    ["resource_location"] = group.Key == "CDN" ? "global" : "region",
                    ["region_resources"] = new JsonArray(),
                })]),
            };
        }
    }

    private IEnumerable<(string Service, string Resource)> UsersOf(string id) => Users.SelectMany(users => users(id));

    private ScmCertificate Existing(HuaweiCall call) =>
        Find(call.Path("certificate_id")) ?? throw new HuaweiRefusal(404, "SCM.0014", "The certificate does not exist.");

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{3,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameForm();
}
