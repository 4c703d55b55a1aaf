using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Tencent;

/// <summary>Tencent's certificate store, which all its products bind from: one for the whole account.</summary>
/// <param name="type">The store's word for the product that is bound to.</param>
/// <param name="region">Where the resources are, for types that have regions.</param>
internal sealed partial class TencentCertificates(TencentApi api, string type, string? region = null) : ICertificateStore
{
    /// <summary>The store's word for buckets.</summary>
    public const string Buckets = "cos";

    private const string OurPrefix = "certrelay-";
    private const int Usable = 1;
    private const int Page = 100;
    private const int LargestPage = 1000;

    // The types of resources that DescribeDeployedResources can be asked for; buckets (cos) are not among them.
    private static readonly string[] Users = ["clb", "cdn", "live", "vod", "waf", "antiddos", "teo"];

    // The store's times are China's and do not say so.
    private static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    private readonly Dictionary<string, CertificateRecord?> _leaves = new(StringComparer.Ordinal);

    private bool _retires;

    /// <summary>The store as it can be listed.</summary>
    public static StoreKind Kind { get; } = new(
        CloudVendor.Tencent, "ssl", Regional: false, [TencentActions.DescribeCertificates], static (session, _) => new TencentCertificates(new TencentApi(session), ""));

    public string Id => "ssl";

    // No limit is documented; the longest of our names has 82 characters.
    public int LongestName => 100;

    /// <summary>One harmless read, for kinds whose product has none without the id of a resource.</summary>
    public static Task CheckAsync(CloudSession session, CancellationToken cancellationToken) => new TencentApi(session).CallAsync(
        TencentActions.DescribeCertificates, new JsonObject { ["Offset"] = 0, ["Limit"] = 1 }, TencentStoreJson.Default.TencentAnswerListAnswer, "", cancellationToken);

    /// <summary>The id of a certificate in the store, uploaded when it is not there; in a plan a placeholder may stand for it.</summary>
    public Task<string> FindOrUploadAsync(CertificateBundle certificate, CancellationToken cancellationToken) =>
        api.Session.Uploads.FindOrUploadAsync(this, certificate, cancellationToken);

    /// <summary>Removes our superseded uploads of a certificate.</summary>
    public Task RetireAsync(string certificate, CancellationToken cancellationToken)
    {
        _retires = true;
        return api.Session.Uploads.RetireAsync(this, certificate, cancellationToken);
    }

    /// <summary>Forgets an id that the store does not know any more (somebody deleted it there); true when that was so.</summary>
    public async Task<bool> ForgetAsync(CertificateBundle certificate, string id, CancellationToken cancellationToken)
    {
        if (api.Plans || await RowAsync(id, cancellationToken) is not null)
            return false;
        await api.Session.Uploads.ForgetAsync(this, certificate, cancellationToken);
        return true;
    }

    /// <summary>True when a certificate carries the name that our uploads have.</summary>
    public async Task<bool> IsOursAsync(string id, CancellationToken cancellationToken) =>
        await RowAsync(id, cancellationToken) is { Alias: { } alias } && alias.StartsWith(OurPrefix, StringComparison.Ordinal);

    /// <summary>The leaf of a certificate, read once; null when the store does not know it or does not show it.</summary>
    public async Task<CertificateRecord?> LeafAsync(string id, CancellationToken cancellationToken)
    {
        if (_leaves.TryGetValue(id, out var known))
            return known;
        return _leaves[id] = PemLeaf.Of((await ReadAsync(id, cancellationToken))?.CertificatePublicKey);
    }

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        if (!CertificateRecord.TryParse(certificate.Leaf, out var leaf) || leaf.Names.Count == 0)
            return null;
        await foreach (var row in RowsAsync(leaf.Names[0].Value, uploadsOnly: true, cancellationToken))
        {
            // The list tells no fingerprint; its end and our own name for it say which ones to look at.
            if (row.Status == Usable && (row.Alias == name || EndOf(row) == leaf.NotAfter)
                && (await LeafAsync(row.CertificateId, cancellationToken))?.Fingerprint == certificate.Fingerprint)
            {
                return Upload(row) with { Fingerprint = certificate.Fingerprint };
            }
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var answer = await UploadAsync(certificate, name, repeatable: false, cancellationToken);
        // A twin that was not found is none that may be bound, or somebody else's, which must never be removed as one of ours.
        if (answer.RepeatCertId is { Length: > 0 })
            answer = await UploadAsync(certificate, name, repeatable: true, cancellationToken);
        return answer.CertificateId is { Length: > 0 } id ? id : throw CloudAnswer.Unreadable("CertificateId");
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        // The deletion itself looks at no resources unless the account has a service role for it. There is time to ask for every type when something is
        // retired; where room is needed for a deployment that waits, a budget of few calls would never get to the end of them.
        try
        {
            if (type == Buckets && await BucketsAsync(id, cancellationToken).AnyAsync(row => row.CertId == id, cancellationToken))
                return false;
            foreach (var user in _retires ? Users : Users.Where(user => user == type))
            {
                if ((await UsersAsync([id], user, cancellationToken)).Any(static used => used.Value.Count > 0))
                    return false;
            }
        }
        catch (Transient spent) when (_retires && spent.Waits)
        {
            // It stays until the next renewal.
            return false;
        }

        try
        {
            await api.CallAsync(
                TencentActions.DeleteCertificate, new JsonObject { ["CertificateId"] = id }, TencentStoreJson.Default.TencentAnswerNoAnswer, id, cancellationToken,
                write: new CloudWrite($"deletes the unused upload {id}", id, TencentApi.Placeholder));
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

    public IAsyncEnumerable<StoredUpload> ListAsync(CancellationToken cancellationToken) => RowsAsync(null, uploadsOnly: false, cancellationToken).Select(Upload);

    /// <summary>Those that cover a domain, the bought ones and the expired ones too: any of them may be bound.</summary>
    public IAsyncEnumerable<StoredUpload> CoveringAsync(string domain, CancellationToken cancellationToken)
    {
        // The search goes by parts of a name: behind the first label the names of a wildcard and of a host are the same.
        var parent = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return RowsAsync(parent.Contains('.', StringComparison.Ordinal) ? parent : domain, uploadsOnly: false, cancellationToken)
            .Select(Upload)
            .Where(one => SubjectName.AnyServes(one.Names, domain));
    }

    /// <summary>What each certificate is bound to among the resources of a type, as the store knows it.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> UsersAsync(IEnumerable<string> ids, string type, CancellationToken cancellationToken)
    {
        var answer = await api.CallAsync(
            TencentActions.DescribeDeployedResources,
            new JsonObject { ["CertificateIds"] = new JsonArray([.. ids.Select(static id => (JsonNode)id)]), ["ResourceType"] = type },
            TencentStoreJson.Default.TencentAnswerUsersAnswer,
            type,
            cancellationToken);
        return (answer.DeployedResources ?? [])
            .GroupBy(static one => one.CertificateId, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static IReadOnlyList<string> (group) => [.. group.SelectMany(static one => one.Resources ?? [])], StringComparer.Ordinal);
    }

    /// <summary>The domains of buckets that a certificate fits, with what is bound there.</summary>
    /// <remarks>SSL API 2019-12-05, DescribeHostCosInstanceList as the vendor's SDK defines it (tencentcloud-sdk-nodejs, ssl_models).</remarks>
    public async IAsyncEnumerable<BucketRow> BucketsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            var answer = await api.CallAsync(
                TencentActions.DescribeHostCosInstanceList,
                // The store's own view of the buckets would be up to half an hour old.
                new JsonObject { ["CertificateId"] = id, ["ResourceType"] = Buckets, ["IsCache"] = 0, ["Offset"] = offset, ["Limit"] = Page },
                TencentStoreJson.Default.TencentAnswerBucketsAnswer, id, cancellationToken, region);
            foreach (var row in answer.InstanceList ?? [])
                yield return row;
            offset += answer.InstanceList?.Count ?? 0;
            if (answer.InstanceList is not { Count: > 0 } || offset >= answer.TotalCount)
                yield break;
        }
    }

    private async IAsyncEnumerable<Row> RowsAsync(string? text, bool uploadsOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            var parameters = new JsonObject { ["Offset"] = offset, ["Limit"] = Page, ["CertificateType"] = "SVR", ["ExpirationSort"] = "DESC" };
            if (uploadsOnly)
                parameters["FilterSource"] = "upload";
            if (text is not null)
                parameters["SearchKey"] = text;
            var answer = await api.CallAsync(TencentActions.DescribeCertificates, parameters, TencentStoreJson.Default.TencentAnswerListAnswer, text ?? "", cancellationToken);
            foreach (var row in answer.Certificates ?? [])
                yield return row;
            offset += answer.Certificates?.Count ?? 0;
            if (answer.Certificates is not { Count: > 0 } || offset >= answer.TotalCount)
                yield break;
        }
    }

    /// <summary>One certificate as the list shows it, which holds no key; null when it is not there.</summary>
    private async Task<Row?> RowAsync(string id, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject { ["Offset"] = 0, ["Limit"] = LargestPage, ["CertIds"] = new JsonArray(id) };
        var answer = await api.CallAsync(TencentActions.DescribeCertificates, parameters, TencentStoreJson.Default.TencentAnswerListAnswer, id, cancellationToken);
        return answer.Certificates?.FirstOrDefault(row => row.CertificateId == id);
    }

    private Task<UploadAnswer> UploadAsync(CertificateBundle certificate, string name, bool repeatable, CancellationToken cancellationToken)
    {
        var write = new CloudWrite(
            $"uploads the certificate as {name}", null, static () => CloudAnswer.Of(200, """{"Response":{"CertificateId":"planned-certificate"}}"""));
        return api.CallAsync(
            TencentActions.UploadCertificate, Body(certificate, name, repeatable), TencentStoreJson.Default.TencentAnswerUploadAnswer, name, cancellationToken, write: write);
    }

    // The answer holds the private key too; nothing but this field is taken from it.
    private async Task<Detail?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(
                TencentActions.DescribeCertificateDetail, new JsonObject { ["CertificateId"] = id }, TencentStoreJson.Default.TencentAnswerDetail, id, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    /// <summary>Written by hand: a serialiser would leave copies of the key in buffers that nobody zeroes.</summary>
    private static CloudContent Body(CertificateBundle certificate, string name, bool repeatable)
    {
        var key = certificate.PrivateKeyPem();
        var escaped = new byte[key.Length * 2];
        var length = 0;
        foreach (var b in key)
        {
            // PEM holds no other character that JSON escapes.
            if (b == (byte)'\n')
                escaped[length++] = (byte)'\\';
            escaped[length++] = b == (byte)'\n' ? (byte)'n' : b;
        }

        try
        {
            var chain = Encoding.ASCII.GetString(certificate.FullChainPem()).Replace("\n", "\\n", StringComparison.Ordinal);
            return new CloudContent("application/json",
            [
                .. Encoding.ASCII.GetBytes($$"""{"CertificatePublicKey":"{{chain}}","CertificatePrivateKey":"""), (byte)'"', .. escaped.AsSpan(0, length), (byte)'"',
                .. Encoding.ASCII.GetBytes($$""","CertificateType":"SVR","Alias":"{{name}}","Repeatable":{{(repeatable ? "true" : "false")}}}"""),
            ]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(escaped);
        }
    }

    private static StoredUpload Upload(Row row) => new(
        row.CertificateId, row.Alias ?? "", null, [.. (row.SubjectAltName ?? []).Prepend(row.Domain ?? "").Where(static name => name.Length > 0).Distinct()], EndOf(row));

    private static DateTimeOffset? EndOf(Row row) =>
        DateTime.TryParseExact(row.CertEndTime, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) ? new DateTimeOffset(end, Zone) : null;

    private sealed record UploadAnswer(string? CertificateId, string? RepeatCertId);

    private sealed record ListAnswer(int TotalCount, IReadOnlyList<Row>? Certificates);

    private sealed record Row(string CertificateId, string? Alias, string? Domain, IReadOnlyList<string>? SubjectAltName, int Status, string? CertEndTime);

    private sealed record Detail(string? CertificatePublicKey);

    private sealed record UsersAnswer(IReadOnlyList<Bindings>? DeployedResources);

    private sealed record Bindings(string CertificateId, IReadOnlyList<string>? Resources);

    /// <summary>A domain of a bucket as the store lists it.</summary>
    /// <param name="CertId">Empty where no certificate of the store is bound.</param>
    public sealed record BucketRow(string? Region, string? Bucket, string? Domain, string? CertId)
    {
        /// <summary>As a deployment job names it.</summary>
        public string Instance => $"{Region}|{Bucket}|{Domain}";
    }

    private sealed record BucketsAnswer(int TotalCount, IReadOnlyList<BucketRow>? InstanceList);

    private sealed record NoAnswer(string? RequestId);

    [JsonSerializable(typeof(TencentAnswer<UploadAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<ListAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<Detail>))]
    [JsonSerializable(typeof(TencentAnswer<UsersAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<BucketsAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<NoAnswer>))]
    private sealed partial class TencentStoreJson : JsonSerializerContext;
}
