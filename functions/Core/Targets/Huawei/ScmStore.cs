using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>The account's certificate store (SCM, also called CCM), where CDN takes certificates from.</summary>
/// <remarks>
/// SCM API v3. Lists tell no fingerprint, so that each candidate is shown; the store's own way to the products (<c>deploy</c>) is not used, because the vendor
/// charges for each domain of an uploaded certificate: https://support.huaweicloud.com/intl/en-us/api-ccm/DeployCertificate.html
/// </remarks>
internal sealed partial class ScmStore(HuaweiApi api) : ICertificateStore
{
    private const int PageSize = 50;

    /// <summary>The actions that a kind with this store calls.</summary>
    public static IReadOnlyList<CloudAction> Actions { get; } = [HuaweiActions.ScmList, HuaweiActions.ScmShow, HuaweiActions.ScmImport, HuaweiActions.ScmDelete];

    public string Id => "scm";

    public int LongestName => 63;

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var leaf = CertificateRecord.Parse(certificate.Leaf);
        var thumbprint = HuaweiLeaf.Thumbprint(certificate);
        // The search is a part of the name or of a domain, so that a wildcard is found by what follows its star.
        var content = HuaweiLeaf.HostNames(certificate) is [var first, ..] ? first.TrimStart('*').TrimStart('.') : name;
        await foreach (var upload in ListAsync(content, cancellationToken))
        {
            // A day aside, because the list does not tell the time zone of its times.
            if (upload.NotAfter is { } end && (end - leaf.NotAfter).Duration() > TimeSpan.FromDays(1))
                continue;
            var shown = await ShowAsync(upload.Id, cancellationToken);
            var own = shown.Fingerprint?.Replace(":", "", StringComparison.Ordinal);
            if (shown.Status is "UPLOAD" or "ISSUED" && string.Equals(own, thumbprint, StringComparison.OrdinalIgnoreCase))
                return upload with { Fingerprint = certificate.Fingerprint };
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var key = certificate.PrivateKeyPem();
        try
        {
            var (leaf, chain) = (certificate.LeafPem(), certificate.ChainPem());
            var call = await CallAsync(HuaweiActions.ScmImport, "POST", ["import"], cancellationToken) with
            {
                Resource = name,
                Content = HuaweiCall.Json(leaf.Length + chain.Length + key.Length, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    // Apart, because both together may pass the 4,096 characters that the leaf's field takes.
                    writer.WriteString("certificate", leaf);
                    if (chain.Length > 0)
                        writer.WriteString("certificate_chain", chain);
                    writer.WriteString("private_key", key);
                    // False: a twin is refused.
                    writer.WriteBoolean("duplicate_check", false);
                    writer.WriteEndObject();
                }),
                Write = new CloudWrite($"Import the certificate as {name}.", null, static () => CloudAnswer.Of(200, $$"""{"certificate_id":"{{CloudPlan.PlaceholderId}}scm"}""")),
            };
            return (await api.ReadAsync(call, ScmJson.Default.Imported, cancellationToken)).CertificateId ?? throw CloudAnswer.Unreadable("$.certificate_id");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => await api.RemoveAsync(
        await CallAsync(HuaweiActions.ScmDelete, "DELETE", [id], cancellationToken) with
        {
            Resource = id,
            Write = new CloudWrite($"Remove the certificate {id}.", id, static () => CloudAnswer.Of(204, "")),
        },
        cancellationToken);

    public IAsyncEnumerable<StoredUpload> ListAsync(CancellationToken cancellationToken) => ListAsync(content: null, cancellationToken);

    /// <summary>One certificate; throws <see cref="Permanent"/> (<c>cloud.not-found</c>).</summary>
    public async Task<ScmShown> ShowAsync(string id, CancellationToken cancellationToken) =>
        await api.ReadAsync(await CallAsync(HuaweiActions.ScmShow, "GET", [id], cancellationToken), ScmJson.Default.ScmShown, cancellationToken);

    private async IAsyncEnumerable<StoredUpload> ListAsync(string? content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ; offset += PageSize)
        {
            var call = await CallAsync(HuaweiActions.ScmList, "GET", [], cancellationToken) with
            {
                Query =
                [
                    new("limit", $"{PageSize}"), new("offset", $"{offset}"), new("sort_dir", "DESC"), new("sort_key", "certExpiredTime"),
                    .. content is null ? [] : (ReadOnlySpan<Signing.CloudField>)[new("content", content)],
                ],
            };
            var page = await api.ReadAsync(call, ScmJson.Default.CertificatePage, cancellationToken);
            foreach (var one in page.Certificates ?? [])
                yield return new StoredUpload(one.Id, one.Name ?? "", Fingerprint: null, Names(one), Time(one.ExpireTime));
            if ((page.Certificates ?? []).Count < PageSize || offset + PageSize >= page.TotalCount)
                yield break;
        }
    }

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, IReadOnlyList<string> path, CancellationToken cancellationToken) =>
        new(action, method, "scm", api.StoreRegion, ["v3", "scm", "certificates", .. path]) { Scope = await api.ProjectAsync(api.StoreRegion, cancellationToken) };

    private static IReadOnlyList<string> Names(Listed one) =>
        [.. $"{one.Domain};{one.Sans}".Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd HH:mm:ss.f", "yyyy-MM-dd HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    /// <summary>A certificate as it is shown.</summary>
    internal sealed record ScmShown(string? Status, string? Fingerprint);

    private sealed record Imported(string? CertificateId);

    private sealed record CertificatePage(IReadOnlyList<Listed>? Certificates, int TotalCount);

    private sealed record Listed(string Id, string? Name, string? Domain, string? Sans, string? ExpireTime);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Imported))]
    [JsonSerializable(typeof(CertificatePage))]
    [JsonSerializable(typeof(ScmShown))]
    private sealed partial class ScmJson : JsonSerializerContext;
}
