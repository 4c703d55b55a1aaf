using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The load balancers' own certificates (ELB v3), a store for each project.</summary>
/// <remarks>Certificates of type <c>server</c> only. The code of one in use (409) is made up, because no table of it could be found.</remarks>
public sealed class ElbCertificates
{
    private const int LongestCertificate = 65536;
    private const int LongestKey = 8192;

    private readonly TimeProvider _time;
    private readonly HuaweiOptions _options;
    private readonly List<ElbCertificate> _certificates = [];

    internal ElbCertificates(TimeProvider time, HuaweiOptions options) => (_time, _options) = (time, options);

    /// <summary>How many certificates fit.</summary>
    public int Quota { get; set; } = 120;

    /// <summary>How long a change takes to be served.</summary>
    public TimeSpan SettlesAfter { get; set; }

    /// <summary>The ids of all certificates.</summary>
    public IReadOnlyList<string> Ids => [.. _certificates.Select(static one => one.Id)];

    /// <summary>True for a certificate that a listener uses: it is not deleted.</summary>
    internal Func<string, bool> IsUsed { get; set; } = static _ => false;

    internal IEnumerable<HuaweiRoute> Routes =>
    [
        new("POST", "/v3/{project_id}/elb/certificates", "elb.CreateCertificate", Writes: true, Create),
        new("GET", "/v3/{project_id}/elb/certificates", "elb.ListCertificates", Writes: false, List),
        new("GET", "/v3/{project_id}/elb/certificates/{certificate_id}", "elb.ShowCertificate", Writes: false, Show),
        new("PUT", "/v3/{project_id}/elb/certificates/{certificate_id}", "elb.UpdateCertificate", Writes: true, Update),
        new("DELETE", "/v3/{project_id}/elb/certificates/{certificate_id}", "elb.DeleteCertificate", Writes: true, Delete),
    ];

    /// <summary>Puts a certificate there, under an id of the caller's where one is given; returns the id.</summary>
    public string Add(string name, string certificate, string key, string domain = "", string? id = null, string region = "cn-north-4") =>
        Keep(name, _options.Projects[region], domain, PemPair.Read(certificate, null, key), id).Id;

    internal string Add(string name, PemPair pair) => Add(name, pair.Certificate, pair.Key, string.Join(',', pair.Stored.Names));

    internal ElbCertificate? Find(string id, string project) => _certificates.Find(one => one.Id == id && one.Project == project);

    /// <summary>Replaces the content of a certificate; every listener that uses it follows.</summary>
    internal void Replace(ElbCertificate certificate, PemPair pair) => certificate.Pair.Change(pair, SettlesAfter);

    internal static HuaweiRefusal Missing(string id) => new(404, "ELB.8904", $"certificate {id} does not exist");

    private ElbCertificate Keep(string name, string project, string domain, PemPair pair, string? id)
    {
        var certificate = new ElbCertificate(id ?? Guid.NewGuid().ToString("N"), project, "server", new Settling<PemPair>(_time, pair)) { Name = name, Domain = domain };
        _certificates.Add(certificate);
        return certificate;
    }

    private SimulatorAnswer Create(HuaweiCall call)
    {
        CheckProject(call, _options);
        var given = call.Object(call.Body, "certificate");
        call.Resource = call.Text(given, "name") ?? "";
        if (call.Text(given, "type") is not (null or "server"))
            throw call.Bad("type", "is not simulated but for server");
        if (call.Text(given, "enterprise_project_id") is "" or "0")
            throw call.Bad("enterprise_project_id", "must not be empty or 0");
        var pair = Read(call, given);
        if (_certificates.Count >= Quota)
            throw new HuaweiRefusal(409, "ELB.8905", "Quota exceeded for resources: certificate.");
        var certificate = Keep(call.Text(given, "name") ?? "", call.Path("project_id"), Domain(call, given) ?? "", pair, null);
        certificate.EnterpriseProject = call.Text(given, "enterprise_project_id") ?? "0";
        certificate.ScmCertificateId = call.Text(given, "scm_certificate_id");
        return HuaweiAnswers.Ok(Answer(certificate), 201);
    }

    private SimulatorAnswer List(HuaweiCall call)
    {
        CheckProject(call, _options);
        var found = _certificates.Where(one => one.Project == call.Path("project_id")
            && Wanted("id", one.Id) && Wanted("name", one.Name) && Wanted("domain", one.Domain) && Wanted("type", one.Type)
            && Wanted("common_name", one.CommonName) && Wanted("fingerprint", one.Fingerprint) && Wanted("scm_certificate_id", one.ScmCertificateId))
            .OrderBy(static one => one.Id, StringComparer.Ordinal).ToList();
        return HuaweiAnswers.Ok(Page(call, found, "certificates", static one => one.Id, static one => one.Shown()));

        bool Wanted(string name, string? value) => call.QueryAll(name) is not { Count: > 0 } values || values.Contains(value, StringComparer.Ordinal);
    }

    private SimulatorAnswer Show(HuaweiCall call) => HuaweiAnswers.Ok(Answer(Existing(call)));

    private SimulatorAnswer Update(HuaweiCall call)
    {
        var certificate = Existing(call);
        var given = call.Object(call.Body, "certificate");
        var domain = Domain(call, given);
        if (given["certificate"] is not null || given["private_key"] is not null)
            Replace(certificate, Read(call, given));
        certificate.Domain = domain ?? certificate.Domain;
        certificate.Name = call.Text(given, "name") ?? certificate.Name;
        return HuaweiAnswers.Ok(Answer(certificate));
    }

    private SimulatorAnswer Delete(HuaweiCall call)
    {
        var certificate = Existing(call);
        if (IsUsed(certificate.Id))
            throw new HuaweiRefusal(409, "ELB.8907", $"certificate {certificate.Id} is in use by a listener");
        _certificates.Remove(certificate);
        return HuaweiAnswers.NoContent();
    }

    internal static void CheckProject(HuaweiCall call, HuaweiOptions options)
    {
        var project = call.Path("project_id");
        if (!options.Projects.Values.Contains(project, StringComparer.Ordinal) || call.Header("x-project-id") != project)
            throw new HuaweiRefusal(403, "ELB.1006", "The project of the path must be the account's, and that of the header X-Project-Id.");
    }

    /// <summary>A page of a list with its marker.</summary>
    internal static JsonObject Page<T>(HuaweiCall call, IReadOnlyList<T> all, string name, Func<T, string> id, Func<T, JsonObject> shown)
    {
        var limit = call.Number("limit", 2000, 0, 2000);
        var rest = call.Query("marker") is not { } marker ? all : [.. all.SkipWhile(one => id(one) != marker).Skip(1)];
        var page = rest.Take(limit).ToList();
        return new JsonObject
        {
            [name] = new JsonArray([.. page.Select(shown)]),
            ["page_info"] = new JsonObject
            {
                ["next_marker"] = page.Count < rest.Count ? id(page[^1]) : null,
                ["previous_marker"] = null,
                ["current_count"] = page.Count,
            },
            ["request_id"] = Guid.NewGuid().ToString("N"),
        };
    }

    private static JsonObject Answer(ElbCertificate certificate) => new() { ["certificate"] = certificate.Shown(), ["request_id"] = Guid.NewGuid().ToString("N") };

    private static PemPair Read(HuaweiCall call, JsonObject given)
    {
        var (certificate, key) = (call.Required(given, "certificate"), call.Required(given, "private_key"));
        if (certificate.Length > LongestCertificate || key.Length > LongestKey)
            throw call.Bad("certificate, private_key", "is too long");
        try
        {
            var pair = PemPair.Read(certificate, null, key);
            return pair.Stored.Chain.Count <= 10 ? pair : throw call.Bad("certificate", "must have at most 11 levels");
        }
        catch (CertificateFaultException)
        {
            throw new HuaweiRefusal(400, "ELB.1011", "The certificate or its private key is invalid.");
        }
    }

    private static string? Domain(HuaweiCall call, JsonObject given)
    {
        var domain = call.Text(given, "domain");
        return domain?.Split(',').Length > 100 ? throw call.Bad("domain", "must have at most 100 names") : domain;
    }

    private ElbCertificate Existing(HuaweiCall call)
    {
        CheckProject(call, _options);
        var id = call.Path("certificate_id");
        return Find(id, call.Path("project_id")) ?? throw Missing(id);
    }
}
