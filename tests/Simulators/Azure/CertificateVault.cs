using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Certrelay.Simulators.KeyVault;

namespace Certrelay.Simulators.Azure;

/// <summary>The certificates of a vault with their versions: import, reading, soft delete, recovery, and operations that are pending.</summary>
public sealed class CertificateVault
{
    private const string Host = "https://kv-shop.vault.azure.net";

    private static readonly string[] ImportMembers = ["value", "pwd", "policy", "tags", "attributes", "preserveCertOrder"];

    private readonly SortedDictionary<string, Named> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    internal CertificateVault(TimeProvider time) => _time = time;

    /// <summary>How many calls after a recovery find the certificate still on its way.</summary>
    public int SettlingCalls { get; set; }

    /// <summary>How many versions a certificate has.</summary>
    public int Versions(string name) => _named.TryGetValue(name, out var named) ? named.Versions.Count : 0;

    /// <summary>What the importer asked for with the newest version: the policy.</summary>
    public JsonNode? Policy(string name) => _named[name].Versions[^1].Policy;

    /// <summary>Deletes a certificate behind the product's back; it can be recovered.</summary>
    public void DeleteByHand(string name) => _named[name].Deleted = true;

    /// <summary>Begins a request to an authority in the portal, which nobody ends.</summary>
    public void BeginOperation(string name) => _named[name].Pending = true;

    internal static string? ActionOf(string method, string[] path) => (method, path) switch
    {
        ("GET", ["certificates", _, "pending"]) => "keyvault.GetCertificateOperation",
        ("GET", ["certificates", _] or ["certificates", _, _]) => "keyvault.GetCertificate",
        ("POST", ["certificates", _, "import"]) => "keyvault.ImportCertificate",
        ("DELETE", ["certificates", _]) => "keyvault.DeleteCertificate",
        ("GET", ["deletedcertificates", _]) => "keyvault.GetDeletedCertificate",
        ("POST", ["deletedcertificates", _, "recover"]) => "keyvault.RecoverDeletedCertificate",
        _ => null,
    };

    internal static bool Writes(string action) => action is "keyvault.ImportCertificate" or "keyvault.DeleteCertificate" or "keyvault.RecoverDeletedCertificate";

    internal SimulatorAnswer Answer(SimulatorRequest request, string[] path)
    {
        var name = path[1];
        return ActionOf(request.Method, path) switch
        {
            "keyvault.ImportCertificate" => Import(name, JsonNode.Parse(request.Body) as JsonObject),
            "keyvault.DeleteCertificate" => Delete(name),
            "keyvault.GetDeletedCertificate" => _named.GetValueOrDefault(name) is { Deleted: true } deleted ? Json(OfDeleted(deleted)) : NotFound(name),
            "keyvault.RecoverDeletedCertificate" => Recover(name),
            "keyvault.GetCertificateOperation" => Live(name) is { Pending: true } ? Json(new JsonObject { ["status"] = "inProgress" }) : NotFound(name),
            _ => Live(name) is { Versions.Count: > 0 } named ? Json(Bundle(named, named.Versions[^1])) : NotFound(name),
        };
    }

    internal void Add(string name, StoredCertificate certificate, JsonNode? policy = null)
    {
        if (!_named.TryGetValue(name, out var named))
            _named.Add(name, named = new Named(name));
        named.Versions.Add(new Version(Guid.NewGuid().ToString("N"), certificate, _time.GetUtcNow(), policy));
    }

    /// <summary>The newest version of a moment; of a deleted certificate too, because consumers have copies.</summary>
    internal StoredCertificate? Served(string name, DateTimeOffset at) => _named.TryGetValue(name, out var named)
        ? (named.Versions.LastOrDefault(version => version.Created <= at) ?? named.Versions.FirstOrDefault())?.Certificate
        : null;

    private SimulatorAnswer Import(string name, JsonObject? body)
    {
        if (body is null || body.Select(static member => member.Key).Except(ImportMembers, StringComparer.Ordinal).Any() || !name.All(static one => char.IsAsciiLetterOrDigit(one) || one == '-'))
            return Bad("The request is invalid.");
        if (_named.TryGetValue(name, out var named))
        {
            if (named.Deleted)
                return Conflict("ObjectIsDeletedButRecoverable", $"Certificate {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the certificate can only be recovered or purged.");
            if (named.Settling > 0)
                return Conflict("ObjectIsBeingRecovered", $"Certificate {name} is currently being recovered.");
            if (named.Pending)
                return SimulatedVault.Error(409, "Conflict", "A pending operation exists for the certificate.");
        }

        if (Read(body) is not { } certificate)
            return Bad("The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format.");
        if (FaultOf(body["policy"], certificate.Leaf) is { } fault)
            return Bad(fault);
        Add(name, certificate, body["policy"]?.DeepClone());
        return Json(Bundle(_named[name], _named[name].Versions[^1]));
    }

    private static StoredCertificate? Read(JsonObject body)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(Convert.FromBase64String((string?)body["value"] ?? ""), (string?)body["pwd"], X509KeyStorageFlags.Exportable);
            var leaf = all.Single(static one => one.HasPrivateKey);
            using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)leaf.GetECDsaPrivateKey() ?? leaf.GetRSAPrivateKey()!;
            var chain = string.Concat(all.Where(one => one != leaf).Select(static one => one.ExportCertificatePem() + "\n"));
            return StoredCertificate.Read(leaf.ExportCertificatePem(), chain, key.ExportPkcs8PrivateKeyPem());
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or InvalidOperationException or CertificateFaultException)
        {
            return null;
        }
    }

    // What the policy says of the key has to be true, and what consumers need has to be there.
    private static string? FaultOf(JsonNode? policy, X509Certificate2 leaf)
    {
        if ((string?)policy?["secret_props"]?["contentType"] != "application/x-pkcs12" || (string?)policy["issuer"]?["name"] != "Unknown")
            return "The policy names another content type, or an issuer that is not known.";
        if (policy["key_props"] is not { } key || !(bool)key["exportable"]!)
            return "The key cannot be exported, so that nothing could serve it.";
        using var rsa = leaf.GetRSAPublicKey();
        using var curve = leaf.GetECDsaPublicKey();
        var isTrue = rsa is not null
            ? ((string?)key["kty"], (int?)key["key_size"]) == ("RSA", rsa.KeySize)
            : ((string?)key["kty"], (string?)key["crv"]) == ("EC", $"P-{curve!.KeySize}");
        return isTrue ? null : "The key type in the policy is not that of the certificate.";
    }

    private SimulatorAnswer Delete(string name)
    {
        if (Live(name) is not { Versions.Count: > 0 } named)
            return NotFound(name);
        named.Deleted = true;
        return Json(OfDeleted(named));
    }

    private JsonObject OfDeleted(Named named)
    {
        var bundle = Bundle(named, named.Versions[^1]);
        bundle["recoveryId"] = $"{Host}/deletedcertificates/{named.Name}";
        bundle["deletedDate"] = _time.GetUtcNow().ToUnixTimeSeconds();
        bundle["scheduledPurgeDate"] = _time.GetUtcNow().AddDays(90).ToUnixTimeSeconds();
        return bundle;
    }

    private SimulatorAnswer Recover(string name)
    {
        if (!_named.TryGetValue(name, out var named) || !named.Deleted)
            return NotFound(name);
        (named.Deleted, named.Settling) = (false, SettlingCalls);
        return Json(Bundle(named, named.Versions[^1]));
    }

    private Named? Live(string name)
    {
        if (!_named.TryGetValue(name, out var named) || named.Deleted)
            return null;
        if (named.Settling == 0)
            return named;
        named.Settling--;
        return null;
    }

    private static JsonObject Bundle(Named named, Version version) => new()
    {
        ["id"] = $"{Host}/certificates/{named.Name}/{version.Id}",
        ["kid"] = $"{Host}/keys/{named.Name}/{version.Id}",
        ["sid"] = $"{Host}/secrets/{named.Name}/{version.Id}",
        ["cer"] = Convert.ToBase64String(version.Certificate.Leaf.RawData),
        ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = version.Created.ToUnixTimeSeconds(), ["recoveryLevel"] = "Recoverable" },
        ["x-ms-unknown"] = "ignored",
    };

    private static SimulatorAnswer Json(JsonNode body) => SimulatorAnswer.Of(200, "application/json; charset=utf-8", body.ToJsonString());

    private static SimulatorAnswer NotFound(string name) => SimulatedVault.Error(404, "CertificateNotFound", $"A certificate with (name/id) {name} was not found in this key vault.");

    private static SimulatorAnswer Bad(string message) => SimulatedVault.Error(400, "BadParameter", message);

    private static SimulatorAnswer Conflict(string inner, string message) => SimulatedVault.Error(409, "Conflict", message, inner);

    private sealed record Version(string Id, StoredCertificate Certificate, DateTimeOffset Created, JsonNode? Policy);

    private sealed class Named(string name)
    {
        public string Name { get; } = name;

        public List<Version> Versions { get; } = [];

        public bool Deleted { get; set; }

        public bool Pending { get; set; }

        public int Settling { get; set; }
    }
}
