using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Aws;

/// <summary>A certificate in ACM: its ARN stays when it is imported once more, and what it holds reaches its users some time later.</summary>
internal sealed class AcmCertificate(string arn, string region, string type, CertificateMaterial imported, AwsCloud cloud)
{
    public string Arn { get; } = arn;

    public string Region { get; } = region;

    /// <summary><c>IMPORTED</c>, or <c>AMAZON_ISSUED</c>, which cannot be imported over.</summary>
    public string Type { get; } = type;

    public Settling<CertificateMaterial> Material { get; } = new(imported, cloud.Time);

    public DateTimeOffset Created { get; } = cloud.Now;

    public DateTimeOffset Imported { get; set; } = cloud.Now;

    public DateTimeOffset VisibleFrom { get; } = cloud.Now + cloud.Limits.Visibility;

    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>An expired one is <c>EXPIRED</c>, and lists of <c>ISSUED</c> ones leave it out.</summary>
    public string Status => Material.Latest.Leaf.NotAfter.ToUniversalTime() < cloud.Now.UtcDateTime ? "EXPIRED" : "ISSUED";

    public JsonObject Summary() => new()
    {
        ["CertificateArn"] = Arn,
        ["DomainName"] = Names is [var first, ..] ? first : null,
        ["SubjectAlternativeNameSummaries"] = new JsonArray([.. Names.Take(100).Select(static name => (JsonNode)name)]),
        ["HasAdditionalSubjectAlternativeNames"] = Names.Count > 100,
        [nameof(Status)] = Status,
        [nameof(Type)] = Type,
        ["KeyAlgorithm"] = Material.Latest.KeyType,
        ["InUse"] = cloud.InUseBy(Arn).Any(),
        ["NotBefore"] = Epoch(Material.Latest.Leaf.NotBefore),
        ["NotAfter"] = Epoch(Material.Latest.Leaf.NotAfter),
        ["CreatedAt"] = Epoch(Created.UtcDateTime),
        ["ImportedAt"] = Epoch(Imported.UtcDateTime),
    };

    public JsonObject Detail()
    {
        var leaf = Material.Latest.Leaf;
        return new JsonObject
        {
            ["CertificateArn"] = Arn,
            ["DomainName"] = Names is [var first, ..] ? first : null,
            ["SubjectAlternativeNames"] = new JsonArray([.. Names.Select(static name => (JsonNode)name)]),
            [nameof(Status)] = Status,
            [nameof(Type)] = Type,
            ["Serial"] = string.Join(':', Convert.FromHexString(leaf.SerialNumber).Select(static one => one.ToString("x2", CultureInfo.InvariantCulture))),
            ["Subject"] = leaf.Subject,
            ["Issuer"] = leaf.Issuer,
            ["KeyAlgorithm"] = Material.Latest.KeyType?.Replace("RSA_", "RSA-", StringComparison.Ordinal),
            ["InUseBy"] = new JsonArray([.. cloud.InUseBy(Arn).Select(static arn => (JsonNode)arn)]),
            ["NotBefore"] = Epoch(leaf.NotBefore),
            ["NotAfter"] = Epoch(leaf.NotAfter),
            ["CreatedAt"] = Epoch(Created.UtcDateTime),
            ["ImportedAt"] = Epoch(Imported.UtcDateTime),
            ["RenewalEligibility"] = "INELIGIBLE",
        };
    }

    private IReadOnlyList<string> Names => Material.Latest.Served.Names;

    private static double Epoch(DateTime time) => new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
}
