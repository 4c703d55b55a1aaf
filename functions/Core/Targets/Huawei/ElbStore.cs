using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>A certificate as the load balancers' store shows it; its private key, which the vendor sends along, is not read.</summary>
internal sealed record ElbCertificate(string Id, string? Name, string? Domain, string? Certificate, IReadOnlyList<string>? SubjectAlternativeNames, string? ExpireTime)
{
    [JsonIgnore]
    public CertificateRecord? Record => PemLeaf.Of(Certificate);

    [JsonIgnore]
    public Fingerprint? Leaf => Record?.Fingerprint;

    /// <summary>The names for which a listener chooses it.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Domains => (Domain ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>The load balancers' own certificates (ELB v3) of one region.</summary>
/// <remarks>Which hash its <c>fingerprint</c> is, no page tells: certificates are compared by the leaf itself.</remarks>
internal sealed partial class ElbStore(HuaweiApi api, string region) : ICertificateStore
{
    private const int PageSize = 100;

    // More names are not taken.
    private const int MostDomains = 100;

    /// <summary>The actions that a kind with this store calls.</summary>
    public static IReadOnlyList<CloudAction> Actions { get; } = [HuaweiActions.ElbList, HuaweiActions.ElbShow, HuaweiActions.ElbCreate, HuaweiActions.ElbDelete];

    /// <summary>The store of a region, by default of the account's.</summary>
    public static ElbStore Open(CloudSession session, string? region)
    {
        var api = new HuaweiApi(session);
        return new ElbStore(api, api.Region(region));
    }

    public string Id => $"elb.{region}";

    public int LongestName => 255;

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        await foreach (var upload in ListAsync(cancellationToken))
        {
            // One that somebody has put there without its names is not chosen by them.
            if (upload.Fingerprint == certificate.Fingerprint && HuaweiLeaf.HostNames(certificate).All(host => upload.Names.Contains(host, StringComparer.OrdinalIgnoreCase)))
                return upload;
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        using var content = Content(certificate, name, DomainOf(certificate));
        var call = await CallAsync(HuaweiActions.ElbCreate, "POST", [], cancellationToken) with
        {
            Resource = name,
            Content = content,
            Write = new CloudWrite($"Create the certificate {name}.", null, static () => CloudAnswer.Of(201, $$$"""{"certificate":{"id":"{{{CloudPlan.PlaceholderId}}}elb"}}""")),
        };
        return (await api.ReadAsync(call, ElbJson.Default.Shown, cancellationToken)).Certificate.Id;
    }

    /// <summary>Replaces the content under an id that stays; every listener that uses it follows at once.</summary>
    public async Task ReplaceAsync(ElbCertificate former, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        // Who is chosen by name must go on to be.
        using var content = Content(certificate, name: null, former.Domains.Count == 0 ? null : DomainOf(certificate));
        await api.WriteAsync(
            await CallAsync(HuaweiActions.ElbReplace, "PUT", [former.Id], cancellationToken) with
            {
                Resource = former.Id,
                Content = content,
                Write = new CloudWrite($"Replace the content of {former.Id}; every listener with it follows.", former.Id, static () => CloudAnswer.Of(200, "{}")),
            },
            cancellationToken);
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => await api.RemoveAsync(
        await CallAsync(HuaweiActions.ElbDelete, "DELETE", [id], cancellationToken) with
        {
            Resource = id,
            Write = new CloudWrite($"Remove the certificate {id}.", id, static () => CloudAnswer.Of(204, "")),
        },
        cancellationToken);

    /// <summary>One certificate; throws <see cref="Permanent"/> (<c>cloud.not-found</c>).</summary>
    public async Task<ElbCertificate> ShowAsync(string id, CancellationToken cancellationToken) =>
        (await api.ReadAsync(await CallAsync(HuaweiActions.ElbShow, "GET", [id], cancellationToken), ElbJson.Default.Shown, cancellationToken)).Certificate;

    public async IAsyncEnumerable<StoredUpload> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var call = await CallAsync(HuaweiActions.ElbList, "GET", [], cancellationToken) with
            {
                Query = [new("type", "server"), new("limit", $"{PageSize}"), .. marker is null ? [] : (ReadOnlySpan<Signing.CloudField>)[new("marker", marker)]],
            };
            var page = await api.ReadAsync(call, ElbJson.Default.Page, cancellationToken);
            foreach (var one in page.Certificates ?? [])
                yield return new StoredUpload(one.Id, one.Name ?? "", one.Leaf, one.Domains, Time(one.ExpireTime));
            marker = page.PageInfo?.NextMarker;
        }
        while (marker is not null);
    }

    private static Signing.CloudContent Content(CertificateBundle certificate, string? name, string? domain)
    {
        var key = certificate.PrivateKeyPem();
        try
        {
            var chain = certificate.FullChainPem();
            return HuaweiCall.Json(chain.Length + key.Length + (domain?.Length ?? 0), writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("certificate");
                if (name is not null)
                {
                    writer.WriteString("name", name);
                    writer.WriteString("type", "server");
                }

                if (domain is not null)
                    writer.WriteString("domain", domain);
                writer.WriteString("certificate", chain);
                writer.WriteString("private_key", key);
                writer.WriteEndObject();
                writer.WriteEndObject();
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static string DomainOf(CertificateBundle certificate) => string.Join(',', HuaweiLeaf.HostNames(certificate).Take(MostDomains));

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var project = await api.ProjectAsync(region, cancellationToken);
        return new HuaweiCall(action, method, "elb", region, ["v3", project.Value, "elb", "certificates", .. path]) { Scope = project };
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private sealed record Shown(ElbCertificate Certificate);

    private sealed record Page(IReadOnlyList<ElbCertificate>? Certificates, PageInfo? PageInfo);

    private sealed record PageInfo(string? NextMarker);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Shown))]
    [JsonSerializable(typeof(Page))]
    private sealed partial class ElbJson : JsonSerializerContext;
}
