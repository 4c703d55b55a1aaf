using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>AWS Certificate Manager in one region. It has no names: ours stands in the tag <c>Name</c>, which the console shows.</summary>
internal sealed partial class AcmStore(AwsApi api, string region) : ICertificateStore
{
    private const string Json = "application/x-amz-json-1.1";

    private const string NameTag = "Name";

    // A list without them shows RSA keys of at most 2048 bits only.
    private static readonly string[] EveryKeyType = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

    /// <summary>The store of a region, by default that of the account.</summary>
    public static AcmStore Open(CloudSession session, string? region)
    {
        var api = new AwsApi(session);
        return new AcmStore(api, region ?? api.HomeRegion);
    }

    public string Id => $"acm.{region}";

    // The longest value of a tag.
    public int LongestName => 256;

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var leaf = CertificateRecord.Parse(certificate.Leaf);
        await foreach (var one in SummariesAsync("ISSUED", cancellationToken))
        {
            // The list has no fingerprint: those that end at the same second are read one by one.
            if (one.NotAfter is { } end && Math.Abs((DateTimeOffset.FromUnixTimeMilliseconds((long)(end * 1000)) - leaf.NotAfter).TotalSeconds) > 1)
                continue;
            if ((await LeafAsync(one.CertificateArn, cancellationToken))?.Fingerprint != certificate.Fingerprint)
                continue;
            return new StoredUpload(one.CertificateArn, await NameAsync(one.CertificateArn, cancellationToken), certificate.Fingerprint, [.. leaf.Names.Select(static one => one.Value)], leaf.NotAfter);
        }

        return null;
    }

    public Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken) =>
        ImportAsync(certificate, null, name, new CloudWrite($"imports the certificate into ACM of {region} as {name}", null, () => Imported($"{CloudPlan.PlaceholderId}{Id}")), cancellationToken);

    /// <summary>Replaces what an ARN holds; everything that uses it changes with it.</summary>
    public Task ReimportAsync(CertificateBundle certificate, string arn, CancellationToken cancellationToken) =>
        ImportAsync(certificate, arn, null, new CloudWrite($"imports the certificate over {arn}", arn, () => Imported(arn)), cancellationToken);

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await api.AcmAsync(
                AwsActions.DeleteCertificate, region, Arn(id), id, cancellationToken, new CloudWrite($"removes {id}, which nothing uses", id, static () => CloudAnswer.Of(200, "")));
            return true;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudInUse.Code)
        {
            return false;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return true;
        }
    }

    public async IAsyncEnumerable<StoredUpload> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in SummariesAsync(null, cancellationToken))
        {
            var end = one.NotAfter is { } seconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : (DateTimeOffset?)null;
            yield return new StoredUpload(one.CertificateArn, "", null, one.SubjectAlternativeNameSummaries ?? (one.DomainName is { } name ? [name] : []), end);
        }
    }

    /// <summary>The leaf behind an ARN; null when ACM does not know it.</summary>
    public async Task<CertificateRecord?> LeafAsync(string arn, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await api.AcmAsync(AwsActions.GetCertificate, region, Arn(arn), arn, cancellationToken);
            return PemLeaf.Of(answer.Json(AcmJson.Default.AcmPem).Certificate) ?? throw CloudAnswer.Unreadable("the certificate");
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    /// <summary>How a certificate came into ACM (<c>IMPORTED</c>) and the ARNs of what uses it.</summary>
    public async Task<(string Type, IReadOnlyList<string> Users)> DescribeAsync(string arn, CancellationToken cancellationToken)
    {
        using var answer = await api.AcmAsync(AwsActions.DescribeCertificate, region, Arn(arn), arn, cancellationToken);
        var detail = answer.Json(AcmJson.Default.AcmDescription).Certificate;
        return (detail.Type, detail.InUseBy ?? []);
    }

    private async Task<string> ImportAsync(CertificateBundle certificate, string? arn, string? name, CloudWrite write, CancellationToken cancellationToken)
    {
        var key = certificate.PrivateKeyPem();
        try
        {
            var content = new AcmImport(
                arn, certificate.LeafPem(), key, certificate.Chain.Count == 0 ? null : certificate.ChainPem(), name is null ? null : [new AcmTag(NameTag, name)]);
            using var answer = await api.AcmAsync(
                AwsActions.ImportCertificate, region, CloudContent.Json(Json, content, AcmJson.Default.AcmImport), arn ?? name!, cancellationToken, write);
            return answer.Json(AcmJson.Default.AcmImported).CertificateArn;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async IAsyncEnumerable<AcmSummary> SummariesAsync(string? status, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var content = new AcmQuery(new AcmIncludes(EveryKeyType), status is null ? null : [status], 1000, next);
            using var answer = await api.AcmAsync(AwsActions.ListCertificates, region, CloudContent.Json(Json, content, AcmJson.Default.AcmQuery), "", cancellationToken);
            var page = answer.Json(AcmJson.Default.AcmPage);
            foreach (var one in page.CertificateSummaryList ?? [])
                yield return one;
            next = page.NextToken;
        }
        while (next is not null);
    }

    private async Task<string> NameAsync(string arn, CancellationToken cancellationToken)
    {
        using var answer = await api.AcmAsync(AwsActions.ListTagsForCertificate, region, Arn(arn), arn, cancellationToken);
        return answer.Json(AcmJson.Default.AcmTags).Tags?.FirstOrDefault(static tag => tag.Key == NameTag)?.Value ?? "";
    }

    private static CloudContent Arn(string arn) => CloudContent.Json(Json, new AcmArn(arn), AcmJson.Default.AcmArn);

    private static CloudAnswer Imported(string arn) => new(200, JsonSerializer.SerializeToUtf8Bytes(new AcmImported(arn), AcmJson.Default.AcmImported));

    private sealed record AcmArn(string CertificateArn);

    private sealed record AcmImport(string? CertificateArn, byte[] Certificate, byte[] PrivateKey, byte[]? CertificateChain, IReadOnlyList<AcmTag>? Tags);

    private sealed record AcmTag(string Key, string? Value);

    private sealed record AcmTags(IReadOnlyList<AcmTag>? Tags);

    private sealed record AcmImported(string CertificateArn);

    private sealed record AcmQuery(AcmIncludes Includes, IReadOnlyList<string>? CertificateStatuses, int MaxItems, string? NextToken);

    private sealed record AcmIncludes([property: JsonPropertyName("keyTypes")] IReadOnlyList<string> KeyTypes);

    private sealed record AcmPage(IReadOnlyList<AcmSummary>? CertificateSummaryList, string? NextToken);

    private sealed record AcmSummary(string CertificateArn, string? DomainName, IReadOnlyList<string>? SubjectAlternativeNameSummaries, double? NotAfter);

    private sealed record AcmPem(string Certificate);

    private sealed record AcmDescription(AcmDetail Certificate);

    private sealed record AcmDetail(string Type, IReadOnlyList<string>? InUseBy);

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(AcmArn))]
    [JsonSerializable(typeof(AcmImport))]
    [JsonSerializable(typeof(AcmImported))]
    [JsonSerializable(typeof(AcmQuery))]
    [JsonSerializable(typeof(AcmPage))]
    [JsonSerializable(typeof(AcmPem))]
    [JsonSerializable(typeof(AcmTags))]
    [JsonSerializable(typeof(AcmDescription))]
    private sealed partial class AcmJson : JsonSerializerContext;
}
