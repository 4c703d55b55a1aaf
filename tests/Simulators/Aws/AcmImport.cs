using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Aws;

/// <summary>ImportCertificate: a new certificate, or another one under an ARN that is there.</summary>
internal static class AcmImport
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static SimulatorAnswer Run(JsonCall call)
    {
        var old = call.Text("CertificateArn") is null ? null : AcmService.Find(call);
        var material = Read(call);
        if (old is not null)
        {
            CheckReplacement(call, old, material);
            old.Imported = call.Cloud.Now;
            old.Material.Set(material, call.Cloud.Limits.Propagation);
            return AwsAnswers.Json(new JsonObject { ["CertificateArn"] = old.Arn });
        }

        var (cloud, region) = (call.Cloud, call.Call.Region);
        if (cloud.Certificates.Count(one => one.Region == region && one.Type == "IMPORTED") >= cloud.Limits.ImportedCertificates
            || cloud.Imports.Count(one => one.Region == region && one.At > cloud.Now.AddDays(-365)) >= cloud.Limits.ImportsAYear)
            throw new AwsFaultException("LimitExceededException", $"You have reached your limit of imported certificates in {region}.");
        var added = new AcmCertificate(call.Call.Arn("acm", $"certificate/{Guid.NewGuid()}"), region, "IMPORTED", material, cloud);
        call.Call.About(added.Arn);
        if (call.Body["Tags"] is JsonArray tags)
            Tag(added, tags);
        cloud.Certificates.Add(added);
        cloud.Imports.Add((region, cloud.Now));
        return AwsAnswers.Json(new JsonObject { ["CertificateArn"] = added.Arn });
    }

    public static void Tag(AcmCertificate certificate, JsonArray tags)
    {
        foreach (var tag in tags)
        {
            var (key, value) = (tag?["Key"]?.GetValue<string>(), tag?["Value"]?.GetValue<string>());
            if (key is not { Length: > 0 and <= 128 } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) || value?.Length > 256)
                throw new AwsFaultException("InvalidTagException", "A tag is not valid.");
            certificate.Tags[key] = value ?? "";
        }
    }

    private static CertificateMaterial Read(JsonCall call)
    {
        var body = call.Blob("Certificate", 32768) ?? throw JsonCall.Missing("certificate");
        var key = call.Blob("PrivateKey", 5120) ?? throw JsonCall.Missing("privateKey");
        var chain = call.Blob("CertificateChain", 2097152);
        if (Regex.Count(body, "-----BEGIN CERTIFICATE-----", RegexOptions.None, TimeSpan.FromSeconds(1)) > 1)
            throw Invalid("The certificate field contains more than one certificate. You can specify only one certificate in this field.");
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw Invalid("The private key is encrypted. You must provide an unencrypted private key.");
        CertificateMaterial material;
        try
        {
            material = CertificateMaterial.Read(body, chain, key);
        }
        catch (CertificateFaultException fault)
        {
            throw Invalid(fault.Fault switch
            {
                CertificateFault.BadCertificate => "The certificate is not valid PEM.",
                CertificateFault.BadKey => "The private key is not valid PEM.",
                _ => "The private key does not match the certificate.",
            });
        }

        var now = call.Cloud.Now.UtcDateTime;
        if (now < material.Leaf.NotBefore.ToUniversalTime() || now > material.Leaf.NotAfter.ToUniversalTime())
            throw Invalid("The certificate is not valid at this time.");
        if (material.KeyType is null)
            throw Invalid("The certificate's key algorithm is not supported.");
        if (!material.IsChained)
            throw Invalid("Could not validate the certificate with the certificate chain.");
        return material.IsOfIssuersFamily ? material : throw Invalid("The algorithm of the certificate's key does not match that of its issuer.");
    }

    // https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html; the purpose of client authentication may go since authorities stopped to grant it.
    private static void CheckReplacement(JsonCall call, AcmCertificate old, CertificateMaterial material)
    {
        if (call.Body.ContainsKey("Tags"))
            throw Invalid("You cannot apply tags when reimporting a certificate.");
        if (old.Type != "IMPORTED")
            throw Invalid($"{old.Arn} is not an imported certificate.");
        var former = old.Material.Latest;
        if (former.KeyType != material.KeyType)
            throw Invalid("The key type and size of a reimported certificate cannot be changed.");
        if (material.Purposes.Any() && former.Purposes.Except(material.Purposes).Any(static one => one != ClientAuthentication))
            throw Invalid("Extended key usage values of a reimported certificate cannot be removed.");
    }

    private static AwsFaultException Invalid(string message) => new("ValidationException", message);
}
