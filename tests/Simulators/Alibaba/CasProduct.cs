using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>The certificate store (CAS), API 2020-04-07.</summary>
internal sealed class CasProduct(AlibabaWorld world)
{
    private const string Version = "2020-04-07";

    /// <summary>The most certificates that it takes.</summary>
    public int Quota { get; set; } = int.MaxValue;

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("cas", Version, "UploadUserCertificate", "Name! Cert Key EncryptCert EncryptPrivateKey SignCert SignPrivateKey ResourceGroupId", "Name", Upload) { Writes = true },
        new("cas", Version, "ListUserCertificateOrder", "OrderType Keyword Status CurrentPage ShowSize ResourceGroupId", "Keyword", List),
        new("cas", Version, "GetUserCertificateDetail", "CertId! CertFilter", "CertId", Detail),
        new("cas", Version, "DeleteUserCertificate", "CertId!", "CertId", Delete) { Writes = true },
        new("cas", Version, "ListCloudResources", "CloudName CloudProduct Keyword CertIds CurrentPage ShowSize SecretId", "Keyword", Resources),
    ];

    /// <summary>Puts a certificate there as the console does.</summary>
    public AlibabaCertificate Add(string pem, string key, string name, bool isUpload = true, long? number = null)
    {
        var added = new AlibabaCertificate(number ?? world.NextNumber(), world.StoreRegion, name, StoredCertificate.Read(pem, null, key), pem, key, isUpload);
        world.Certificates.Add(added);
        return added;
    }

    /// <summary>Puts a pair for SM2 there as the console does; throws <see cref="CertificateFaultException"/>.</summary>
    public AlibabaCertificate AddPair(string signing, string signingKey, string encryption, string encryptionKey, string name, long? number = null)
    {
        var (leaf, second) = SmPair.Read(signing, signingKey, encryption, encryptionKey);
        var added = new AlibabaCertificate(number ?? world.NextNumber(), world.StoreRegion, name, leaf, signing, signingKey, IsUpload: true) { IsSm2 = true, EncryptionPem = second };
        world.Certificates.Add(added);
        return added;
    }

    private AlibabaCertificate Added(AlibabaCall call, string name)
    {
        // Both at once would be read as the ordinary one.
        if (call.TextOrNull("Cert") is not null || call.TextOrNull("Key") is not null)
            return Add(call.Text("Cert"), call.Text("Key"), name);
        return AddPair(call.Text("SignCert"), call.Text("SignPrivateKey"), call.Text("EncryptCert"), call.Text("EncryptPrivateKey"), name);
    }

    private JsonObject Upload(AlibabaCall call)
    {
        var name = call.Text("Name");
        if (name.Length > 64)
            throw AlibabaFault.Invalid("Name");
        if (world.Certificates.Exists(one => one.Name == name))
            throw new AlibabaFault(400, "NameRepeat", "The certificate name already exists.");
        if (world.Certificates.Count >= Quota)
            throw new AlibabaFault(400, "QuotaExceeded.Certificate", "The number of uploaded certificates exceeds the quota.");
        try
        {
            var added = Added(call, name);
            return new JsonObject { ["CertId"] = added.Number, ["ResourceId"] = $"cas-upload-{added.NumberText}" };
        }
        catch (CertificateFaultException)
        {
            throw new AlibabaFault(400, "Certificate.FormatError", "The certificate or its key is in a wrong format, or they do not match.");
        }
    }

    private JsonObject List(AlibabaCall call)
    {
        var type = call.TextOrNull("OrderType") ?? "CPACK";
        var size = (int)call.Number("ShowSize", 50);
        var keyword = call.TextOrNull("Keyword") ?? "";
        var found = type == "CPACK" ? [] : world.Certificates
            .Where(one => one.IsUpload == (type == "UPLOAD"))
            .Where(one => one.Certificate.Names.Any(name => name.Contains(keyword, StringComparison.OrdinalIgnoreCase)) || keyword.Length == 0)
            .OrderByDescending(static one => one.Number).ToList();
        return new JsonObject
        {
            ["TotalCount"] = found.Count,
            ["CurrentPage"] = call.Number("CurrentPage", 1),
            ["ShowSize"] = size,
            ["CertificateOrderList"] = new JsonArray([.. found.Skip(((int)call.Number("CurrentPage", 1) - 1) * size).Take(size).Select(static one => new JsonObject
            {
                ["CertificateId"] = one.Number,
                ["InstanceId"] = $"cas-upload-{one.NumberText}",
                ["Name"] = one.Name,
                ["CommonName"] = one.Certificate.Names[0],
                ["Sans"] = string.Join(',', one.Certificate.Names),
                ["SerialNo"] = one.Certificate.Leaf.SerialNumber,
                ["Fingerprint"] = one.Certificate.Leaf.Thumbprint,
                ["Sha2"] = one.Sha2,
                ["EndDate"] = one.Certificate.Leaf.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["Upload"] = one.IsUpload,
                ["Status"] = "ISSUED",
                ["SimulatedExtra"] = new JsonObject { ["Note"] = "A field that no client knows." },
            })]),
        };
    }

    private JsonObject Detail(AlibabaCall call)
    {
        var one = Known(call);
        var detail = new JsonObject
        {
            ["Id"] = one.Number,
            ["CertIdentifier"] = one.Identifier,
            ["InstanceId"] = $"cas-upload-{one.NumberText}",
            ["Name"] = one.Name,
            ["Common"] = one.Certificate.Names[0],
            ["Sans"] = string.Join(',', one.Certificate.Names),
            ["NotAfter"] = new DateTimeOffset(one.Certificate.Leaf.NotAfter).ToUnixTimeMilliseconds(),
            ["Fingerprint"] = one.Certificate.Leaf.Thumbprint,
            ["Sha2"] = one.Sha2,
            ["Algorithm"] = one.IsSm2 ? "SM2" : one.Certificate.Leaf.PublicKey.Oid.Value == "1.2.840.113549.1.1.1" ? "RSA" : "ECC",
            ["Expired"] = new DateTimeOffset(one.Certificate.Leaf.NotAfter) < world.Now,
        };
        if (call.TextOrNull("CertFilter") != "true")
            (detail["Cert"], detail["Key"]) = (one.Pem, one.Key);
        return detail;
    }

    private JsonObject Delete(AlibabaCall call)
    {
        world.Certificates.Remove(Known(call));
        return [];
    }

    private JsonObject Resources(AlibabaCall call)
    {
        var ids = call.TextOrNull("CertIds") is { } text ? JsonNode.Parse(text)!.AsArray().Select(static one => one!.GetValue<long>()).ToList() : null;
        var found = world.Places
            .Where(place => call.TextOrNull("CloudProduct") is not { } product || place.Product == product)
            .Where(place => ids is null || (place.Certificate is { } bound && ids.Contains(bound.Number)))
            .Where(place => call.TextOrNull("Keyword") is not { } keyword || place.Id.Contains(keyword, StringComparison.Ordinal))
            .ToList();
        var (page, size) = ((int)call.Number("CurrentPage", 1), (int)call.Number("ShowSize", 20));
        return new JsonObject
        {
            ["Total"] = found.Count,
            ["Data"] = new JsonArray([.. found.Skip((page - 1) * size).Take(size).Select(place => new JsonObject
            {
                ["Id"] = ResourceIdOf(place),
                ["CloudName"] = "aliyun",
                ["CloudProduct"] = place.Product,
                ["Domain"] = place.Id,
                ["CertId"] = place.Certificate?.Number,
                ["CertName"] = place.Certificate?.Name,
                ["EnableHttps"] = place.Bound is null ? 0 : 1,
            })]),
        };
    }

    /// <summary>The store's own number for a resource.</summary>
    public long ResourceIdOf(AlibabaPlace place) => 6591316 + world.Places.IndexOf(place);

    private AlibabaCertificate Known(AlibabaCall call) =>
        world.Certificates.Find(one => one.Number == call.Number("CertId")) ?? throw new AlibabaFault(400, "NotFound", "The certificate is not found.");
}
