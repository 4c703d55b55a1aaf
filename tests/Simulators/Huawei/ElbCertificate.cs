using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>A certificate in the load balancers' own store of a project; its content can change under its id.</summary>
internal sealed class ElbCertificate(string id, string project, string type, Settling<PemPair> pair)
{
    public string Id { get; } = id;

    public string Project { get; } = project;

    public string Type { get; } = type;

    public Settling<PemPair> Pair { get; } = pair;

    public string Name { get; set; } = "";

    /// <summary>The names for which it is chosen in a list of server names, joined by commas.</summary>
    public string Domain { get; set; } = "";

    public string EnterpriseProject { get; set; } = "0";

    public string? ScmCertificateId { get; set; }

    public IReadOnlyList<string> Domains => Domain.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string CommonName => Pair.Last.Leaf.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false);

    public string Fingerprint => Pair.Last.Leaf.Thumbprint.ToLowerInvariant();

    /// <summary>All of it, the private key included, as the real one answers.</summary>
    public JsonObject Shown() => new()
    {
        ["id"] = Id,
        ["project_id"] = Project,
        ["name"] = Name,
        ["description"] = "",
        ["admin_state_up"] = true,
        ["type"] = Type,
        ["domain"] = Domain,
        ["certificate"] = Pair.Last.Certificate,
        ["private_key"] = Pair.Last.Key,
        ["common_name"] = CommonName,
        ["fingerprint"] = Fingerprint,
        ["subject_alternative_names"] = new JsonArray([.. Pair.Last.Stored.Names.Select(static name => JsonValue.Create(name))]),
        ["expire_time"] = Pair.Last.Leaf.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["enterprise_project_id"] = EnterpriseProject,
        ["scm_certificate_id"] = ScmCertificateId,
        ["simulated_field"] = 1,
    };
}
