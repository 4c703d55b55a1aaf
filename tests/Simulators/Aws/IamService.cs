using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>A server certificate in IAM: used by load balancers through its ARN, by CloudFront through its id.</summary>
internal sealed record ServerCertificate(string Name, string Path, string Id, string Arn, CertificateMaterial Material, DateTimeOffset Uploaded, DateTimeOffset VisibleFrom);

/// <summary>IAM's server certificates, API version 2010-05-08.</summary>
internal static partial class IamService
{
    public static AwsService Service { get; } = QueryActions.Service(
        "iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/", static partition => partition == "aws-cn" ? "cn-north-1" : "us-east-1",
        new Dictionary<string, QueryAction>(StringComparer.Ordinal)
        {
            ["UploadServerCertificate"] = new(
                Writes: true,
                ["ServerCertificateName", "Path", "CertificateBody", "CertificateChain", "PrivateKey", "Tags.member.#.Key", "Tags.member.#.Value"],
                Upload),
            ["ListServerCertificates"] = new(Writes: false, ["PathPrefix", "Marker", "MaxItems"], List),
            ["GetServerCertificate"] = new(Writes: false, ["ServerCertificateName"], Get),
            ["DeleteServerCertificate"] = new(Writes: true, ["ServerCertificateName"], Delete),
        });

    /// <summary>Stores a certificate; throws <see cref="AwsFaultException"/> when the name is taken.</summary>
    public static ServerCertificate Add(AwsCloud cloud, string partition, string name, string path, CertificateMaterial material)
    {
        CheckName(cloud, name);
        var certificate = new ServerCertificate(
            name, path, "ASCA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17),
            $"arn:{partition}:iam::{AwsCall.AccountId}:server-certificate{path}{name}", material, cloud.Now, cloud.Now + cloud.Limits.Visibility);
        cloud.ServerCertificates.Add(certificate);
        return certificate;
    }

    private static IEnumerable<XElement> Upload(QueryCall call)
    {
        var name = call.Required("ServerCertificateName");
        call.Call.About(name);
        var (body, key) = (call.Required("CertificateBody"), call.Required("PrivateKey"));
        var path = call.Optional("Path") ?? "/";
        if (!Names().IsMatch(name) || !Paths().IsMatch(path))
            throw new AwsFaultException("ValidationError", "The specified value for serverCertificateName or path is invalid.");
        if (Blocks(body) != 1)
            throw new AwsFaultException("MalformedCertificate", "Unable to parse certificate. The body holds one certificate, the chain is given apart.");
        CertificateMaterial material;
        try
        {
            material = CertificateMaterial.Read(body, call.Optional("CertificateChain"), key);
        }
        catch (CertificateFaultException fault)
        {
            throw fault.Fault == CertificateFault.BadCertificate
                ? new AwsFaultException("MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.")
                : new AwsFaultException("KeyPairMismatch", "The public key certificate and the private key do not match.");
        }

        if (material.Leaf.NotAfter.ToUniversalTime() < call.Cloud.Now.UtcDateTime)
            throw new AwsFaultException("MalformedCertificate", "Certificate is no longer valid.");
        if (!material.IsChained)
            throw new AwsFaultException("MalformedCertificate", "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order.");
        CheckName(call.Cloud, name);
        if (call.Cloud.ServerCertificates.Count >= call.Cloud.Limits.ServerCertificates)
            throw new AwsFaultException("LimitExceeded", $"Cannot exceed quota for ServerCertificatesPerAccount: {call.Cloud.Limits.ServerCertificates}", 409);
        yield return Metadata("ServerCertificateMetadata", Add(call.Cloud, call.Call.Partition, name, path, material));
    }

    private static IEnumerable<XElement> List(QueryCall call)
    {
        var prefix = call.Optional("PathPrefix") ?? "/";
        var (items, next) = call.Page(
            call.Cloud.ServerCertificates.Where(one => one.Path.StartsWith(prefix, StringComparison.Ordinal) && one.VisibleFrom <= call.Cloud.Now),
            call.Number("MaxItems", 100, 1000));
        yield return new XElement("ServerCertificateMetadataList", items.Select(static one => Metadata("member", one)));
        yield return new XElement("IsTruncated", next is not null);
        if (next is not null)
            yield return new XElement("Marker", next);
    }

    private static IEnumerable<XElement> Get(QueryCall call)
    {
        var certificate = Find(call);
        yield return new XElement(
            "ServerCertificate",
            Metadata("ServerCertificateMetadata", certificate),
            new XElement("CertificateBody", certificate.Material.Body.Trim()),
            certificate.Material.Chain is { } chain ? new XElement("CertificateChain", chain.Trim()) : null);
    }

    private static IEnumerable<XElement> Delete(QueryCall call)
    {
        var certificate = Find(call);
        if (call.Cloud.InUseBy(certificate.Arn, certificate.Id).FirstOrDefault() is { } user)
            throw new AwsFaultException("DeleteConflict", $"Certificate: {certificate.Id} is currently in use by {user}. Please remove it first before deleting it from IAM.", 409);
        call.Cloud.ServerCertificates.Remove(certificate);
        return [];
    }

    private static void CheckName(AwsCloud cloud, string name)
    {
        if (cloud.ServerCertificates.Exists(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase)))
            throw new AwsFaultException("EntityAlreadyExists", $"The Server Certificate with name {name} already exists.", 409);
    }

    private static ServerCertificate Find(QueryCall call)
    {
        var name = call.Required("ServerCertificateName");
        call.Call.About(name);
        return call.Cloud.ServerCertificates.Find(one => one.Name == name)
            ?? throw new AwsFaultException("NoSuchEntity", $"The Server Certificate with name {name} cannot be found.", 404);
    }

    private static XElement Metadata(string element, ServerCertificate one) => new(
        element,
        new XElement("Path", one.Path),
        new XElement("ServerCertificateName", one.Name),
        new XElement("ServerCertificateId", one.Id),
        new XElement("Arn", one.Arn),
        new XElement("UploadDate", Time(one.Uploaded.UtcDateTime)),
        new XElement("Expiration", Time(one.Material.Leaf.NotAfter.ToUniversalTime())));

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static int Blocks(string pem) => Regex.Count(pem, "-----BEGIN CERTIFICATE-----", RegexOptions.None, TimeSpan.FromSeconds(1));

    [GeneratedRegex(@"^[\w+=,.@-]{1,128}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();

    [GeneratedRegex(@"^(/|/[!-\x7F]{1,510}/)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Paths();
}
