using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>A certificate in the store of the account.</summary>
internal sealed record ScmCertificate(string Id, string Name, PemPair Pair, string EnterpriseProject, DateTimeOffset Imported)
{
    private const string TimeForm = "yyyy-MM-dd HH:mm:ss.0";

    public DateTimeOffset Expires => new(Pair.Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>The SHA-1 of the leaf, which a list does not tell.</summary>
    public string Fingerprint => Pair.Leaf.Thumbprint;

    public string Domain => Pair.Stored.Names is [var first, ..] ? first : "";

    public JsonObject Listed(DateTimeOffset now) => new()
    {
        ["id"] = Id,
        ["name"] = Name,
        ["domain"] = Domain,
        ["sans"] = string.Join(';', Pair.Stored.Names.Skip(1)),
        ["type"] = "DV_SSL_CERT",
        ["brand"] = "Others",
        ["expire_time"] = Expires.ToString(TimeForm, CultureInfo.InvariantCulture),
        ["domain_type"] = Pair.Stored.Names.Count > 1 ? "MULTI_DOMAIN" : "SINGLE_DOMAIN",
        ["status"] = Status(now),
        ["wildcard_count"] = Pair.Stored.Names.Count(static name => name.StartsWith('*')),
        ["deploy_support"] = true,
        ["enterprise_project_id"] = EnterpriseProject,
        ["simulated_field"] = 1,
    };

    public JsonObject Shown(DateTimeOffset now) => new()
    {
        ["id"] = Id,
        ["name"] = Name,
        ["status"] = Status(now),
        ["order_id"] = "",
        ["domain"] = Domain,
        ["sans"] = string.Join(';', Pair.Stored.Names.Skip(1)),
        ["fingerprint"] = Fingerprint,
        ["not_before"] = new DateTimeOffset(Pair.Leaf.NotBefore.ToUniversalTime(), TimeSpan.Zero).ToString(TimeForm, CultureInfo.InvariantCulture),
        ["not_after"] = Expires.ToString(TimeForm, CultureInfo.InvariantCulture),
        ["push_support"] = "ON",
        ["enterprise_project_id"] = EnterpriseProject,
    };

    public string Status(DateTimeOffset now) => Expires <= now ? "EXPIRED" : "UPLOAD";
}
