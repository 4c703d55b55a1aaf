using System.Globalization;
using System.Security.Cryptography;

namespace Certrelay.Simulators.Alibaba;

/// <summary>How long the vendor takes.</summary>
/// <param name="Settling">From a product's change until it is served, and a listener takes the next one.</param>
/// <param name="Job">From the start of a deployment job until its end.</param>
public sealed record AlibabaPace(TimeSpan Settling, TimeSpan Job)
{
    public static AlibabaPace Quick { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
}

/// <summary>A certificate of the store.</summary>
internal sealed record AlibabaCertificate(long Number, string Region, string Name, StoredCertificate Certificate, string Pem, string Key, bool IsUpload)
{
    public string NumberText => Number.ToString(CultureInfo.InvariantCulture);

    public string Identifier => $"{NumberText}-{Region}";

    /// <summary>True for a pair for SM2, which cannot be served here; its signing leaf is the certificate.</summary>
    public bool IsSm2 { get; init; }

    /// <summary>The second certificate of a pair; null for any other.</summary>
    public string? EncryptionPem { get; init; }

    /// <summary>SHA-256 of the leaf in capitals, as the store shows it.</summary>
    public string Sha2 => Certificate.Leaf.GetCertHashString(HashAlgorithmName.SHA256);
}

/// <summary>A place where a certificate is bound: what reads report, and what is served once a change has settled.</summary>
/// <param name="product">The word of a deployment job: <c>CDN</c>.</param>
/// <param name="names">What is served there by name, where the product serves by name.</param>
internal sealed class AlibabaPlace(AlibabaWorld world, string product, string id, IReadOnlyList<string> names)
{
    private StoredCertificate? _served;
    private StoredCertificate? _next;
    private DateTimeOffset _from = DateTimeOffset.MinValue;
    private AlibabaCertificate? _sm;
    private AlibabaCertificate? _nextSm;

    public string Product => product;

    public string Id => id;

    public IReadOnlyList<string> Names => names;

    /// <summary>What reads report at once: an id or a name in the product's own form; null: nothing is bound.</summary>
    public string? Bound { get; private set; }

    /// <summary>The store's certificate behind it; null for one that the product alone holds.</summary>
    public AlibabaCertificate? Certificate { get; private set; }

    /// <summary>The PEM and key that the product holds itself.</summary>
    public (string Pem, string Key)? Own { get; set; }

    /// <summary>Further settings of the place, by the vendor's names.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public bool IsSettled => world.Now >= _from;

    public StoredCertificate? Served => IsSettled ? _next : _served;

    /// <summary>The pair for SM2 beside the certificate, once the change has settled; null: none.</summary>
    public AlibabaCertificate? Sm => IsSettled ? _nextSm : _sm;

    /// <summary>Bound and served at once, as before the story began.</summary>
    public void Begin(string bound, AlibabaCertificate certificate)
    {
        (Bound, Certificate) = (bound, certificate);
        _next = _served = certificate.Certificate;
    }

    /// <summary>Reported at once, served when it has settled; null: nothing is served then.</summary>
    public void Bind(string? bound, AlibabaCertificate? certificate, StoredCertificate? served = null, TimeSpan? after = null)
    {
        // A pair has actions of its own.
        if (certificate is { IsSm2: true })
            throw new AlibabaFault(400, "Certificate.FormatError", "The certificate is of another kind.");
        (_served, _sm) = (Served, Sm);
        (_next, _from) = (certificate?.Certificate ?? served, world.Now + (after ?? world.Pace.Settling));
        (Bound, Certificate) = (bound, certificate);
    }

    /// <summary>Shown when it has settled; null: none is there then. The certificate beside it stays.</summary>
    public void BindSm(AlibabaCertificate? pair)
    {
        (_served, _sm) = (Served, Sm);
        (_nextSm, _next, _from) = (pair, _served, world.Now + world.Pace.Settling);
    }

    /// <summary>There from the start.</summary>
    public void BeginSm(AlibabaCertificate pair) => _nextSm = _sm = pair;

    /// <summary>Keeps it from settling until then, as a change by somebody else would.</summary>
    public void Busy(TimeSpan time)
    {
        (_served, _sm) = (Served, Sm);
        (_next, _from) = (_served, world.Now + time);
    }
}

/// <summary>What all products share: the clock, the pace, the certificates and everything that holds one.</summary>
internal sealed class AlibabaWorld(TimeProvider time)
{
    private long _lastNumber = 12345677;

    public DateTimeOffset Now => time.GetUtcNow();

    public AlibabaPace Pace { get; set; } = AlibabaPace.Quick;

    public List<AlibabaCertificate> Certificates { get; } = [];

    public List<AlibabaPlace> Places { get; } = [];

    /// <summary>Ids of places whose next changes come to nothing.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of listeners whose next change is taken, and whose job then fails with a code.</summary>
    public Dictionary<string, string> Doomed { get; } = new(StringComparer.Ordinal);

    /// <summary>The region of the account's certificate store.</summary>
    public string StoreRegion { get; set; } = "cn-hangzhou";

    public long NextNumber() => ++_lastNumber;

    public AlibabaCertificate ByNumber(string? number) => Certificates.Find(one => one.NumberText == number) ?? throw NoCertificate();

    public AlibabaCertificate ByIdentifier(string? identifier) => Certificates.Find(one => one.Identifier == identifier) ?? throw NoCertificate();

    /// <summary>A pair for SM2 by its identifier, or the vendor's refusal of any other.</summary>
    public AlibabaCertificate Pair(string? identifier, string refusal) =>
        ByIdentifier(identifier) is { IsSm2: true } pair ? pair : throw new AlibabaFault(400, refusal, "The certificate is not one for SM2.");

    public AlibabaCertificate ByName(string? name) => Certificates.Find(one => one.Name == name) ?? throw NoCertificate();

    /// <summary>The place of a product, or the vendor's refusal.</summary>
    public AlibabaPlace Find(string product, string id, string what) =>
        Places.Find(place => place.Product == product && place.Id == id) ?? throw AlibabaFault.NotFound(what);

    /// <summary>The certificate for a name on an edge; null: no product serves it.</summary>
    public StoredCertificate? OnEdge(string name) => Places.Find(place => place.Names.Any(own => string.Equals(own, name, StringComparison.OrdinalIgnoreCase)))?.Served;

    /// <summary>Adds a place that serves by its name.</summary>
    public AlibabaPlace AddByName(string product, string id, string name, string? bound, AlibabaCertificate? certificate)
    {
        var place = new AlibabaPlace(this, product, id, name.Length == 0 ? [] : [name]);
        if (certificate is not null)
            place.Begin(bound!, certificate);
        Places.Add(place);
        return place;
    }

    /// <summary>Refuses a certificate that does not cover a name.</summary>
    public static void MustCover(StoredCertificate certificate, string name)
    {
        if (!certificate.Covers(name.StartsWith('.') ? $"*{name}" : name) && !certificate.Covers($"any{name}"))
            throw new AlibabaFault(400, "Certificate.MissMatch", "The certificate does not match the domain name.");
    }

    private static AlibabaFault NoCertificate() => new(404, "CertificateNotFound", "The certificate does not exist.");
}
