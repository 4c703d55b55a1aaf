using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>IAM's server certificates, one store for all regions, as CloudFront uses them in China, where it knows no ACM.</summary>
internal sealed class ServerCertificateStore(AwsApi api) : ICertificateStore
{
    // CloudFront takes those below its own path only, and binds them by their ids.
    private const string Usable = "/cloudfront/";

    private const string Path = "/cloudfront/certrelay/";

    public string Id => "iam";

    public int LongestName => 128;

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var leaf = CertificateRecord.Parse(certificate.Leaf);
        await foreach (var one in MetadataAsync(Usable, cancellationToken))
        {
            // The list has no fingerprint: those that end at the same second are read one by one.
            if ((one.Expiration - leaf.NotAfter).Duration() <= TimeSpan.FromSeconds(1) && (await GetAsync(one.Name, cancellationToken)).Fingerprint == certificate.Fingerprint)
                return new StoredUpload(one.Id, one.Name, certificate.Fingerprint, [.. leaf.Names.Select(static one => one.Value)], leaf.NotAfter);
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var key = certificate.PrivateKeyPem();
        try
        {
            List<CloudField> parameters = [new("ServerCertificateName", name), new("Path", Path), new("CertificateBody", Encoding.ASCII.GetString(certificate.LeafPem()))];
            if (certificate.Chain.Count > 0)
                parameters.Add(new("CertificateChain", Encoding.ASCII.GetString(certificate.ChainPem())));
            var write = new CloudWrite($"uploads the certificate to IAM as {name}", null, () => Planned(name));
            var result = await api.IamAsync(AwsActions.UploadServerCertificate, parameters, name, cancellationToken, write, ("PrivateKey", key));
            return Metadata(result.Child("ServerCertificateMetadata")).Id;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (await NameAsync(id, cancellationToken) is not { } name)
            return true;
        try
        {
            await api.IamAsync(
                AwsActions.DeleteServerCertificate, [new("ServerCertificateName", name)], name, cancellationToken,
                new CloudWrite($"removes the server certificate {name}, which nothing uses", id, static () => AwsApi.Placeholder(AwsActions.DeleteServerCertificate)));
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
        await foreach (var one in MetadataAsync("/", cancellationToken))
            yield return new StoredUpload(one.Id, one.Name, null, [], one.Expiration);
    }

    /// <summary>The leaf behind an ARN or an id; null when IAM does not know it.</summary>
    public async Task<CertificateRecord?> LeafAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await NameAsync(id, cancellationToken) is { } name ? await GetAsync(name, cancellationToken) : null;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    // An ARN, which load balancers bind, ends with the name; an id needs a look at the list.
    private async Task<string?> NameAsync(string id, CancellationToken cancellationToken)
    {
        if (AwsArn.TryParse(id, out var arn))
            return arn.Resource.Split('/')[^1];
        await foreach (var one in MetadataAsync("/", cancellationToken))
        {
            if (one.Id == id)
                return one.Name;
        }

        return null;
    }

    private async Task<CertificateRecord> GetAsync(string name, CancellationToken cancellationToken)
    {
        var result = await api.IamAsync(AwsActions.GetServerCertificate, [new("ServerCertificateName", name)], name, cancellationToken);
        return PemLeaf.Of(result.Text("ServerCertificate", "CertificateBody") ?? throw CloudAnswer.Unreadable("CertificateBody")) ?? throw CloudAnswer.Unreadable("the certificate");
    }

    private async IAsyncEnumerable<ServerCertificate> MetadataAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            List<CloudField> parameters = [new("PathPrefix", prefix), new("MaxItems", "1000")];
            if (marker is not null)
                parameters.Add(new("Marker", marker));
            var page = await api.IamAsync(AwsActions.ListServerCertificates, parameters, "", cancellationToken);
            foreach (var one in page.Entries("ServerCertificateMetadataList"))
                yield return Metadata(one);
            marker = page.Text("IsTruncated") == "true" ? page.Text("Marker") : null;
        }
        while (marker is not null);
    }

    private static ServerCertificate Metadata(XElement? one) =>
        one?.Text("ServerCertificateName") is { } name && one.Text("ServerCertificateId") is { } id
        && DateTimeOffset.TryParse(one.Text("Expiration"), CultureInfo.InvariantCulture, out var end)
            ? new ServerCertificate(name, id, end)
            : throw CloudAnswer.Unreadable("ServerCertificateMetadata");

    private static CloudAnswer Planned(string name) => AwsApi.Placeholder(
        AwsActions.UploadServerCertificate,
        $"<ServerCertificateMetadata><ServerCertificateName>{SecurityElement.Escape(name)}</ServerCertificateName><ServerCertificateId>{CloudPlan.PlaceholderId}id</ServerCertificateId>"
        + "<Expiration>2000-01-01T00:00:00Z</Expiration></ServerCertificateMetadata>");

    private sealed record ServerCertificate(string Name, string Id, DateTimeOffset Expiration);
}
