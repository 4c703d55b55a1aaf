using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>A certificate as the store describes it, without its PEM and key.</summary>
/// <param name="Algorithm">The vendor's word for the kind of key: <c>RSA</c>, <c>ECC</c>, <c>SM2</c>.</param>
internal sealed record CasCertificate(CasId Id, Fingerprint? Fingerprint, IReadOnlyList<string> Names, DateTimeOffset? NotAfter, string? Algorithm);

/// <summary>Alibaba Cloud's certificate store (CAS): one for the whole account.</summary>
/// <remarks>CAS API 2020-04-07: https://help.aliyun.com/zh/ssl-certificate/developer-reference/api-cas-2020-04-07-overview</remarks>
internal sealed class CasStore(AlibabaApi api) : ICertificateStore
{
    private const int Page = 50;

    private readonly Dictionary<string, CasCertificate?> _known = new(StringComparer.Ordinal);

    /// <summary>The store as it can be listed.</summary>
    public static StoreKind Kind { get; } = new(
        CloudVendor.Alibaba, "cas", Regional: false, [AlibabaActions.ListUserCertificateOrder], static (session, _) => new CasStore(new AlibabaApi(session)));

    public string Id => "cas";

    public int LongestName => 64;

    /// <summary>One harmless read, for kinds whose product has none without the id of a resource.</summary>
    public static Task CheckAsync(CloudSession session, CancellationToken cancellationToken) =>
        new CasStore(new AlibabaApi(session)).RowsAsync("UPLOAD", null, 1, cancellationToken).AnyAsync(cancellationToken).AsTask();

    /// <summary>The certificate in the store, uploaded when it is not there; in a plan a placeholder may stand for it.</summary>
    public async Task<CasId> FindOrUploadAsync(CertificateBundle certificate, CancellationToken cancellationToken)
    {
        if (certificate is { PublicKey.Algorithm: KeyAlgorithm.Sm2, Encryption: null })
        {
            throw new Permanent(
                FindingCodes.TargetKeyType.Code, "The certificate store takes SM2 as a pair; this version has its signing certificate alone. Upload the encryption certificate beside it, then deploy again.");
        }

        return CasId.Parse(await api.Session.Uploads.FindOrUploadAsync(this, certificate, cancellationToken));
    }

    /// <summary>Removes our superseded uploads of a certificate.</summary>
    public Task RetireAsync(string certificate, CancellationToken cancellationToken) => api.Session.Uploads.RetireAsync(this, certificate, cancellationToken);

    /// <summary>Forgets an upload that the store does not know any more (somebody deleted it there); true when that was so.</summary>
    public async Task<bool> ForgetAsync(CertificateBundle certificate, CasId id, CancellationToken cancellationToken)
    {
        if (api.Plans || id == CasId.Planned || await DetailAsync(id.Number, cancellationToken) is not null)
            return false;
        await api.Session.Uploads.ForgetAsync(this, certificate, cancellationToken);
        return true;
    }

    /// <summary>What the store knows of the certificate with this number or identifier; null when it is not there.</summary>
    public async Task<CasCertificate?> ShowAsync(string id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
            return known;
        // The digits of an identifier are only a guess at the number, which the certificate's own identifier has to confirm.
        var number = id.Split('-')[0];
        var found = number.Length > 0 && number.All(char.IsAsciiDigit) ? await DetailAsync(number, cancellationToken) : null;
        return _known[id] = found is not null && (found.Id.Number == id || found.Id.Identifier == id) ? found : null;
    }

    /// <summary>The certificate of a name, for products that tell no id; null when there is none that covers the domain.</summary>
    public async Task<CasCertificate?> ByNameAsync(string name, string domain, CancellationToken cancellationToken)
    {
        foreach (var type in (string[])["UPLOAD", "CERT"])
        {
            await foreach (var row in RowsAsync(type, Parent(domain), Page, cancellationToken))
            {
                if (row.Name == name)
                    return await DetailAsync(row.Id, cancellationToken) is { } found ? found with { Id = found.Id with { Name = name } } : null;
            }
        }

        return null;
    }

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        if (!CertificateRecord.TryParse(certificate.Leaf, out var leaf) || leaf.Names.Count == 0)
            return null;
        foreach (var type in (string[])["UPLOAD", "CERT"])
        {
            await foreach (var row in RowsAsync(type, Keyword(leaf.Names[0].Value), Page, cancellationToken))
            {
                // What the store calls the fingerprint of a pair is not documented; the name is ours and ends in the signing certificate's.
                var isThis = row.Fingerprint == certificate.Fingerprint || (certificate.Encryption is not null && row.Name == name);
                if (isThis && await DetailAsync(row.Id, cancellationToken) is { } found)
                    return row with { Id = (found.Id with { Name = row.Name }).ToString() };
            }
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        using var material = CertificateMaterial.Of(name, certificate);
        var number = certificate.Encryption is { } encryption
            ? await UploadPairAsync(material, encryption, cancellationToken)
            : await UploadAsync(
                name, [new("Cert", Encoding.ASCII.GetString(material.Chain.Span))], [("Key", material.Key)], $"uploads the certificate as {name}", cancellationToken);
        if (api.Plans)
            return CasId.Planned.ToString();
        var uploaded = await DetailAsync(number, cancellationToken) ?? throw new Transient(FindingCodes.CloudNotFound.Code, $"The store does not show the upload {number} yet.");
        return (uploaded.Id with { Name = name }).ToString();
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var number = CasId.Parse(id).Number;
        // The deletion itself is not known to look at what the certificate is bound to.
        if (await IsUsedAsync(number, cancellationToken))
            return false;
        // Nor is the list known to hold what a pair for SM2 is bound to, which somebody may have done by hand: it stays.
        if ((await DetailAsync(number, cancellationToken))?.Algorithm?.Contains("SM2", StringComparison.OrdinalIgnoreCase) == true)
            return false;
        try
        {
            return await api.CallAsync(
                AlibabaActions.DeleteUserCertificate, [new("CertId", number)], static _ => true, number, cancellationToken,
                write: AlibabaApi.Write($"deletes the unused upload {number}", number));
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

    public IAsyncEnumerable<StoredUpload> ListAsync(CancellationToken cancellationToken) => RowsAsync("UPLOAD", null, Page, cancellationToken).Concat(RowsAsync("CERT", null, Page, cancellationToken));

    /// <summary>The chain stands behind the signing certificate alone, as servers for GB/T 38636 read it.</summary>
    private async Task<string> UploadPairAsync(CertificateMaterial signing, EncryptionLeaf encryption, CancellationToken cancellationToken)
    {
        var key = encryption.PrivateKeyPem();
        try
        {
            return await UploadAsync(
                signing.Name,
                [new("SignCert", Encoding.ASCII.GetString(signing.Chain.Span)), new("EncryptCert", Encoding.ASCII.GetString(encryption.LeafPem()))],
                [("SignPrivateKey", signing.Key), ("EncryptPrivateKey", key)],
                $"uploads both certificates of the SM2 pair as {signing.Name}", cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private Task<string> UploadAsync(
        string name, IReadOnlyList<CloudField> certificates, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Key)> keys, string what, CancellationToken cancellationToken) => KeyForm.SendAsync(
        api, AlibabaActions.UploadUserCertificate, [new("Name", name), .. certificates], keys, static answer => answer.Text("CertId") ?? throw CloudAnswer.Unreadable("CertId"), name,
        new CloudWrite(what, null, static () => CloudAnswer.Of(200, """{"CertId":"planned-certificate"}""")), cancellationToken);

    private Task<bool> IsUsedAsync(string number, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.ListCloudResources, [new("CloudName", "aliyun"), new("CertIds", $"[{number}]"), new("CurrentPage", "1"), new("ShowSize", "1")],
        static answer => answer.Number("Total") > 0, number, cancellationToken);

    private async IAsyncEnumerable<StoredUpload> RowsAsync(string type, string? keyword, int size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int page = 1, seen = 0; ; page++)
        {
            List<CloudField> fields = [new("OrderType", type), new("CurrentPage", $"{page}"), new("ShowSize", $"{size}")];
            if (keyword is not null)
                fields.Insert(1, new("Keyword", keyword));
            var (rows, total) = await api.CallAsync(
                AlibabaActions.ListUserCertificateOrder, fields, static answer => (answer.List("CertificateOrderList").Select(Row).ToList(), answer.Number("TotalCount")),
                keyword ?? "", cancellationToken);
            foreach (var row in rows)
                yield return row;
            seen += rows.Count;
            if (rows.Count == 0 || seen >= total)
                yield break;
        }
    }

    /// <summary>Never with the PEM: without the filter the private key would come back too.</summary>
    private async Task<CasCertificate?> DetailAsync(string number, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(
                AlibabaActions.GetUserCertificateDetail, [new("CertId", number), new("CertFilter", "true")],
                answer => new CasCertificate(
                    new CasId(number, answer.Text("CertIdentifier") ?? throw CloudAnswer.Unreadable("CertIdentifier"), answer.Text("Name") ?? ""),
                    Sha256(answer.Text("Sha2")), Names(answer), EndOf(answer.Number("NotAfter")), answer.Text("Algorithm")),
                number, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    // The search is for parts of a name: a wildcard's is found by what stands behind its star.
    private static string Keyword(string name) => name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;

    // Behind the first label the names of a wildcard and of a host are the same.
    private static string Parent(string domain)
    {
        var parent = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return parent.Contains('.', StringComparison.Ordinal) ? parent : domain;
    }

    private static StoredUpload Row(JsonElement row) => new(
        row.Text("CertificateId") ?? "", row.Text("Name") ?? "", Sha256(row.Text("Sha2")), Names(row),
        DateTimeOffset.TryParseExact(row.Text("EndDate"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var end) ? end : null);

    private static IReadOnlyList<string> Names(JsonElement row) =>
        [.. (row.Text("Sans") ?? row.Text("CommonName") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static DateTimeOffset? EndOf(long milliseconds) => milliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private static Fingerprint? Sha256(string? hex) =>
        hex is not null && Fingerprint.TryParse(hex.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant(), out var fingerprint) ? fingerprint : null;
}
