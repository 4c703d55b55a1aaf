using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

// The names on the wire are the vendor's, also where a property here bears the same word.
#pragma warning disable CA1507

namespace Certrelay.Simulators.Tencent;

/// <summary>A certificate in the store.</summary>
internal sealed record TencentCertificate(
    string Id, string Alias, StoredCertificate Certificate, string PublicKey, string PrivateKey, int ProjectId, JsonNode? Tags, DateTimeOffset Added)
{
    // The store's times carry no zone; they are China's.
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    public string Domain => Certificate.Names.Count > 0 ? Certificate.Names[0] : Certificate.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    public string Begin => TimeText(new DateTimeOffset(Certificate.Leaf.NotBefore));

    public string End => TimeText(new DateTimeOffset(Certificate.Leaf.NotAfter));

    public static string TimeText(DateTimeOffset at) => at.ToOffset(Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As the list shows it: without the key, all names together.</summary>
    public JsonObject Summary(DateTimeOffset now)
    {
        var row = Shared(now);
        row["SubjectAltName"] = TencentCall.List(Certificate.Names);
        row["CertSANs"] = TencentCall.List(Certificate.Names);
        row["BoundResource"] = new JsonArray();
        return row;
    }

    /// <summary>As the detail shows it: with the key, and the main name apart from the others.</summary>
    public JsonObject Detail(DateTimeOffset now)
    {
        var row = Shared(now);
        row["SubjectAltName"] = TencentCall.List(Certificate.Names.Where(name => name != Domain));
        row["CertificatePublicKey"] = PublicKey;
        row["CertificatePrivateKey"] = PrivateKey;
        row["CertFingerprint"] = Certificate.Leaf.Thumbprint;
        return row;
    }

    private JsonObject Shared(DateTimeOffset now) => new()
    {
        ["OwnerUin"] = "100000000000",
        ["ProjectId"] = ProjectId.ToString(CultureInfo.InvariantCulture),
        ["From"] = "upload",
        ["PackageType"] = null,
        ["CertificateType"] = "SVR",
        ["Domain"] = Domain,
        ["Alias"] = Alias,
        ["Status"] = new DateTimeOffset(Certificate.Leaf.NotAfter) < now ? 3 : 1,
        ["CertBeginTime"] = Begin,
        ["CertEndTime"] = End,
        ["InsertTime"] = TimeText(Added),
        ["CertificateId"] = Id,
        ["Deployable"] = true,
        ["IsWildcard"] = Certificate.Names.Any(static name => name.StartsWith('*')),
        ["IsSM"] = false,
        ["Tags"] = Tags?.DeepClone() ?? new JsonArray(),
        ["SimulatedExtra"] = new JsonObject { ["Note"] = "A field that no client knows." },
    };
}
