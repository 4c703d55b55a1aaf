namespace Certrelay.Simulators.Tencent;

/// <summary>How long the vendor takes.</summary>
/// <param name="Settling">From a product's change until it is served.</param>
/// <param name="Job">From the creation of a deployment job until its end.</param>
/// <param name="BuildingCalls">How often <c>UpdateCertificateInstance</c> must be called until it names its job.</param>
public sealed record TencentPace(TimeSpan Settling, TimeSpan Job, int BuildingCalls)
{
    public static TencentPace Quick { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400), 2);
}

/// <summary>One thing that holds a certificate, as the certificate store sees it.</summary>
/// <param name="Type">The store's word: <c>cdn</c>, <c>clb</c>, <c>waf</c>, <c>teo</c>, <c>cos</c>, <c>live</c>, <c>vod</c>.</param>
/// <param name="InstanceId">As a deployment job names it: <c>lb-1|lbl-1|www.example.com</c>, for CDN without its switch.</param>
/// <param name="Listed">As <c>DescribeDeployedResources</c> names it.</param>
/// <param name="Names">What a certificate must cover.</param>
internal sealed record TencentResource(string Type, string InstanceId, string Listed, string? Region, IReadOnlyList<string> Names, TencentBinding Binding)
{
    /// <summary>Why no deployment job can be made for it; null: one can.</summary>
    public string? Unfit { get; init; }

    public bool FitsInto(StoredCertificate certificate) => Unfit is null && Names.All(certificate.Covers);
}

/// <summary>What all products share: the clock, the pace, the certificates, everything that holds one, and what the vendor shall refuse.</summary>
internal sealed class TencentWorld(TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public TencentPace Pace { get; set; } = TencentPace.Quick;

    public List<TencentResource> Resources { get; } = [];

    /// <summary>Ids of resources whose next changes come to nothing.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, TencentCertificate> Certificates { get; } = new(StringComparer.Ordinal);

    /// <summary>The certificate for a name on an edge; null: no product serves it.</summary>
    public StoredCertificate? OnEdge(string name) => Resources
        .Find(resource => resource.Type != "clb" && resource.Names.Any(own => string.Equals(own, name, StringComparison.OrdinalIgnoreCase)))?.Binding.Served;
}
