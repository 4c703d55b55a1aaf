using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Huawei;

/// <summary>The HTTPS part of a domain's configuration as CDN's full configuration names it.</summary>
internal sealed record CdnHttps
{
    public const int FromStore = 2;

    public string? HttpsStatus { get; init; }

    /// <summary>0 the customer's own, 1 of the vendor, 2 from the certificate store.</summary>
    public int? CertificateSource { get; init; }

    public string? ScmCertificateId { get; init; }

    public string? CertificateName { get; init; }

    /// <summary>Read only: the certificate as PEM.</summary>
    public string? CertificateValue { get; init; }

    // What a write leaves out may go back to its usual value, so that these are sent as they were read.
    public string? Http2Status { get; init; }

    public string? TlsVersion { get; init; }

    public string? OcspStaplingStatus { get; init; }

    [JsonIgnore]
    public bool IsOn => HttpsStatus == "on";

    [JsonIgnore]
    public string? StoreId => IsOn && CertificateSource == FromStore ? ScmCertificateId : null;

    [JsonIgnore]
    public Fingerprint? Leaf => Certificate?.Fingerprint;

    [JsonIgnore]
    public CertificateRecord? Certificate => IsOn ? PemLeaf.Of(CertificateValue) : null;

    /// <summary>What to write for a certificate of the store, with everything else as it is.</summary>
    public CdnHttps With(string id, string name) =>
        this with { HttpsStatus = "on", CertificateSource = FromStore, ScmCertificateId = id, CertificateName = name, CertificateValue = null };
}

/// <summary>The calls of CDN that a target needs.</summary>
/// <remarks>
/// CDN API v1.0 and v1.1. A domain is written by its own full configuration and never by the batch call, which resets redirect, HTTP/2 and the way to the
/// origin where they are left out.
/// </remarks>
internal sealed partial class CdnDomains(HuaweiApi api, string? enterpriseProject)
{
    private const int PageSize = 100;

    /// <summary>The domains of the account that a certificate with these names serves, in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> CoveredAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var covered = await OnlineAsync(cancellationToken).Where(domain => SubjectName.AnyServes(names, domain)).ToListAsync(cancellationToken);
        return [.. covered.Order(StringComparer.Ordinal)];
    }

    /// <summary>The domains of the account that are in service, as CDN pages them.</summary>
    public async IAsyncEnumerable<string> OnlineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var page = 1; ; page++)
        {
            var answer = await ListAsync([new("page_size", $"{PageSize}"), new("page_number", $"{page}")], cancellationToken);
            foreach (var one in answer.Where(static one => one.DomainStatus is "online" or "configuring"))
                yield return one.DomainName;
            if (answer.Count < PageSize)
                yield break;
        }
    }

    /// <summary>Reads one domain of the list, whichever it is.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => ListAsync([new("page_size", "1"), new("page_number", "1")], cancellationToken);

    /// <summary>True when the last change of a domain has reached the edge.</summary>
    public async Task<bool> IsSettledAsync(string domain, CancellationToken cancellationToken)
    {
        var answer = await ListAsync([new("domain_name", domain), new("exact_match", "true"), new("page_size", "10"), new("page_number", "1")], cancellationToken);
        var found = answer.FirstOrDefault(one => one.DomainName == domain)
            ?? throw new Permanent(FindingCodes.CloudNotFound.Code, $"The account has no domain {domain}.");
        return found.DomainStatus != "configuring";
    }

    public async Task<CdnHttps> ShowAsync(string domain, CancellationToken cancellationToken)
    {
        var call = await CallAsync(HuaweiActions.CdnShow, "GET", ConfigurationOf(domain), cancellationToken) with { Query = OfProject() };
        return (await api.ReadAsync(call, CdnJson.Default.FullConfig, cancellationToken)).Configs?.Https ?? new CdnHttps();
    }

    /// <summary>The certificate that CDN itself holds for a domain; null where there is none.</summary>
    public async Task<CdnOwnCertificate?> OwnCertificateAsync(string domain, CancellationToken cancellationToken)
    {
        var call = await CallAsync(HuaweiActions.CdnCertificates, "GET", ["v1.0", "cdn", "domains", "https-certificate-info"], cancellationToken) with
        {
            Query = [new("domain_name", domain), .. OfProject()],
        };
        var all = (await api.ReadAsync(call, CdnJson.Default.CertificatePage, cancellationToken)).Https ?? [];
        var own = all.FirstOrDefault(one => one.DomainName == domain);
        foreach (var other in all.Where(one => one != own))
            other.Dispose();
        return own;
    }

    /// <summary>Writes the HTTPS part of a domain's configuration and leaves the rest as it is.</summary>
    public Task WriteAsync(string domain, CdnHttps https, string what, string? replaces, CancellationToken cancellationToken) => WriteAsync(
        domain, () => CloudContent.Json("application/json", new FullConfig(new Configuration(https)), CdnJson.Default.FullConfig), what, replaces, cancellationToken);

    /// <summary>Uploads a certificate to CDN itself again, as it was before.</summary>
    public Task WriteOwnAsync(string domain, CdnHttps https, CdnOwnCertificate own, CancellationToken cancellationToken) => WriteAsync(
        domain,
        () => HuaweiCall.Json(own.Certificate!.Length + own.PrivateKey!.Length, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("configs");
            writer.WriteStartObject("https");
            writer.WriteString("https_status", "on");
            writer.WriteNumber("certificate_source", 0);
            writer.WriteString("certificate_name", own.CertName);
            writer.WriteString("certificate_value", own.Certificate);
            writer.WriteString("private_key", own.PrivateKey);
            if (https.Http2Status is { } http2)
                writer.WriteString("http2_status", http2);
            if (https.TlsVersion is { } tls)
                writer.WriteString("tls_version", tls);
            if (https.OcspStaplingStatus is { } stapling)
                writer.WriteString("ocsp_stapling_status", stapling);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }),
        $"Upload the former certificate of {domain} to CDN again.",
        https.StoreId,
        cancellationToken);

    private async Task WriteAsync(string domain, Func<CloudContent> content, string what, string? replaces, CancellationToken cancellationToken) => await api.WriteAsync(
        await CallAsync(HuaweiActions.CdnUpdate, "PUT", ConfigurationOf(domain), cancellationToken) with
        {
            Query = OfProject(),
            Resource = domain,
            Content = content(),
            Write = new CloudWrite(what, replaces, static () => CloudAnswer.Of(204, "")),
        },
        cancellationToken);

    private static string[] ConfigurationOf(string domain) => ["v1.1", "cdn", "configuration", "domains", domain, "configs"];

    private CloudField[] OfProject() => enterpriseProject is null ? [] : [new("enterprise_project_id", enterpriseProject)];

    private async Task<IReadOnlyList<ListedDomain>> ListAsync(CloudField[] query, CancellationToken cancellationToken)
    {
        var call = await CallAsync(HuaweiActions.CdnList, "GET", ["v1.0", "cdn", "domains"], cancellationToken) with
        {
            Query = [.. query, new("enterprise_project_id", enterpriseProject ?? "all")],
        };
        return (await api.ReadAsync(call, CdnJson.Default.DomainPage, cancellationToken)).Domains ?? [];
    }

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, IReadOnlyList<string> path, CancellationToken cancellationToken) =>
        new(action, method, "cdn", Region: null, path) { Scope = await api.AccountAsync(cancellationToken) };

    private sealed record FullConfig(Configuration? Configs);

    private sealed record Configuration(CdnHttps? Https);

    private sealed record DomainPage(IReadOnlyList<ListedDomain>? Domains);

    private sealed record CertificatePage(IReadOnlyList<CdnOwnCertificate>? Https);

    private sealed record ListedDomain(string DomainName, string? DomainStatus);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(FullConfig))]
    [JsonSerializable(typeof(DomainPage))]
    [JsonSerializable(typeof(CertificatePage))]
    private sealed partial class CdnJson : JsonSerializerContext;
}
