using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>The certificate store of CLB in one region, which takes certificates from the account's store, so that no key travels.</summary>
/// <remarks>SLB API 2014-05-15: https://help.aliyun.com/zh/slb/classic-load-balancer/developer-reference/api-slb-2014-05-15-uploadservercertificate</remarks>
internal sealed class ClbStore(AlibabaApi api, CasStore cas, string region) : ICertificateStore
{
    private CasId _source = CasId.Planned;

    /// <summary>The store as it can be listed.</summary>
    public static StoreKind Kind { get; } = new(CloudVendor.Alibaba, "clb", Regional: true, [AlibabaActions.DescribeServerCertificates], static (session, region) =>
    {
        var api = new AlibabaApi(session);
        return new ClbStore(api, new CasStore(api), api.Region(region));
    });

    public string Id => $"clb.{region}";

    public int LongestName => 80;

    /// <summary>The region's own id of a certificate of the account's store, imported when it is not there.</summary>
    public Task<string> FindOrImportAsync(CertificateBundle certificate, CasId source, CancellationToken cancellationToken)
    {
        _source = source;
        return api.Session.Uploads.FindOrUploadAsync(this, certificate, cancellationToken);
    }

    /// <summary>What is known of a certificate in the region; null when it is not there.</summary>
    public async Task<StoredLeaf?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        var source = await RowsAsync(id, static row => (Id: row.Text("ServerCertificateId"), Cas: row.Text("AliCloudCertificateId")), cancellationToken).FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (source.Id is null)
            return null;
        // The region's own fingerprint is SHA-1; the whole one is the account's store's to tell.
        return new StoredLeaf(source.Cas is { Length: > 0 } number ? (await cas.ShowAsync(number, cancellationToken))?.Fingerprint : null);
    }

    /// <summary>Removes our superseded imports of a certificate.</summary>
    public Task RetireAsync(string certificate, CancellationToken cancellationToken) => api.Session.Uploads.RetireAsync(this, certificate, cancellationToken);

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var sha1 = Sha1(certificate.Leaf.Span);
        await foreach (var (id, own, fingerprint, source) in RowsAsync(
            null, static row => (row.Text("ServerCertificateId"), row.Text("ServerCertificateName"), row.Text("Fingerprint"), row.Text("AliCloudCertificateId")), cancellationToken))
        {
            if (id is not null && source == _source.Number && string.Equals(fingerprint?.Replace(":", "", StringComparison.Ordinal), sha1, StringComparison.OrdinalIgnoreCase))
                return new StoredUpload(id, own ?? "", certificate.Fingerprint, [], null);
        }

        return null;
    }

    public Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.UploadServerCertificate,
        [
            new("RegionId", region), new("ServerCertificateName", name), new("AliCloudCertificateId", _source.Number), new("AliCloudCertificateName", _source.Name),
            new("AliCloudCertificateRegionId", api.StoreRegion),
        ],
        static answer => answer.Text("ServerCertificateId") ?? throw CloudAnswer.Unreadable("ServerCertificateId"), name, cancellationToken, region,
        new CloudWrite($"takes the certificate into CLB's store of {region} as {name}", null, static () => CloudAnswer.Of(200, """{"ServerCertificateId":"planned-certificate"}""")));

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(
                AlibabaActions.DeleteServerCertificate, [new("RegionId", region), new("ServerCertificateId", id)], static _ => true, id, cancellationToken, region,
                AlibabaApi.Write($"deletes the unused import {id}", id));
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

    public IAsyncEnumerable<StoredUpload> ListAsync(CancellationToken cancellationToken) => RowsAsync(
        null, static row => new StoredUpload(row.Text("ServerCertificateId") ?? "", row.Text("ServerCertificateName") ?? "", null, [row.Text("CommonName") ?? ""], null), cancellationToken);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "The store tells certificates apart by their SHA-1; nothing rests on it but the choice among the account's own.")]
    private static string Sha1(ReadOnlySpan<byte> der) => Convert.ToHexString(SHA1.HashData(der));

    private async IAsyncEnumerable<T> RowsAsync<T>(string? id, Func<JsonElement, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<CloudField> fields = [new("RegionId", region)];
        if (id is not null)
            fields.Add(new("ServerCertificateId", id));
        var rows = await api.CallAsync(
            AlibabaActions.DescribeServerCertificates, fields, answer => answer.List("ServerCertificates.ServerCertificate").Select(read).ToList(), id ?? "", cancellationToken, region);
        foreach (var row in rows)
            yield return row;
    }
}
