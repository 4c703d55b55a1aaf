using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Azure;

/// <summary>The newest version of a certificate in a Key Vault.</summary>
internal sealed record VaultCertificate(string Id, Fingerprint? Leaf);

/// <summary>One certificate of one Key Vault by its REST API 2025-07-01.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/keyvault/certificates</remarks>
internal sealed partial class VaultCertificates(CloudSession session, string vault, string name)
{
    private const string ApiVersion = "2025-07-01";
    private const string Json = "application/json";

    private readonly AzureToken _token = new(session);

    /// <summary>True when writes are recorded and not sent.</summary>
    public bool Plans => session.Plan is not null;

    /// <summary>What stands for the certificate in states, plans and journals.</summary>
    public string Resource => $"{vault}/{name}";

    /// <summary>The newest version; null when there is none, or only a deleted one.</summary>
    public async Task<VaultCertificate?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Of(await SendAsync(AzureActions.Get, "GET", [name, ""], null, null, VaultJson.Default.Certificate, cancellationToken));
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    /// <summary>The status of the operation that is under way for the certificate, such as a request to an authority; null when there is none.</summary>
    public async Task<string?> OperationAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(AzureActions.GetOperation, "GET", [name, "pending"], null, null, VaultJson.Default.Operation, cancellationToken)).Status;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    /// <summary>Imports a certificate as a new version; consumers with a reference without a version follow by themselves.</summary>
    public async Task<VaultCertificate> ImportAsync(CertificateBundle certificate, string? replaces, CancellationToken cancellationToken)
    {
        using var passphrase = Passphrase.Draw();
        var content = new ExportContent(new CertificateBundle(certificate.Certificate, certificate.Leaf, certificate.Chain, certificate.Pkcs8.ToArray()), default, passphrase, default);
        using (content)
        {
            var key = certificate.PublicKey;
            var isRsa = key.Algorithm is KeyAlgorithm.Rsa;
            var body = new Import(
                // A plan has no key: nothing is sent.
                session.Plan is null ? Pkcs12Writer.Write(content, Pkcs12Strength.Modern) : [], passphrase.Characters.ToString(),
                new Policy(
                    new KeyProperties(Exportable: true, isRsa ? "RSA" : "EC", isRsa ? key.Bits : null, isRsa ? null : $"P-{key.Bits}", ReuseKey: false),
                    new SecretProperties("application/x-pkcs12"), new Issuer("Unknown")),
                new Dictionary<string, string>(StringComparer.Ordinal) { ["certrelay"] = certificate.Certificate }, PreserveCertOrder: true);
            var write = new CloudWrite(
                replaces is null ? $"imports the certificate into the Key Vault {vault} as {name}" : $"imports a new version of {name} into the Key Vault {vault}", replaces,
                () => Placeholder(certificate));
            return Of(await SendAsync(AzureActions.Import, "POST", [name, "import"], CloudContent.Json(Json, body, VaultJson.Default.Import), write, VaultJson.Default.Certificate, cancellationToken))!;
        }
    }

    /// <summary>Begins to bring a deleted certificate back, which can be imported over once it is there; false when there is none.</summary>
    public async Task<bool> RecoverAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(
                AzureActions.Recover, "POST", ["recover"], null,
                new CloudWrite($"recovers the deleted certificate {name} of the Key Vault {vault}", null, () => CloudAnswer.Of(200, "{}")), VaultJson.Default.Certificate, cancellationToken);
            return true;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return false;
        }
    }

    private CloudAnswer Placeholder(CertificateBundle certificate) => new(200, JsonSerializer.SerializeToUtf8Bytes(
        new Certificate($"{CloudPlan.PlaceholderId}{Resource}", certificate.Leaf.ToArray()), VaultJson.Default.Certificate));

    private async Task<T> SendAsync<T>(
        CloudAction action, string method, IReadOnlyList<string> path, CloudContent? content, CloudWrite? write, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var call = new CloudCall
        {
            Action = action,
            Resource = Resource,
            Write = write,
            Request = new CloudRequest
            {
                Method = method,
                Endpoint = session.Endpoint($"{vault}.vault.azure.net"),
                Path = action == AzureActions.Recover ? ["deletedcertificates", name, .. path] : ["certificates", .. path],
                Query = [new("api-version", ApiVersion)],
                Content = content,
            },
            Sign = await BearerAsync(write, cancellationToken),
            Judge = AzureErrors.Judge,
        };
        using var answer = await session.SendAsync(call, cancellationToken);
        return answer.Json(shape);
    }

    private async Task<Func<CloudRequest, CloudCredentials, DateTimeOffset, IReadOnlyList<CloudField>>> BearerAsync(CloudWrite? write, CancellationToken cancellationToken)
    {
        // What a plan records is not sent.
        var token = Plans && write is not null ? "" : await _token.GetAsync(cancellationToken);
        return (_, _, _) => [new("Authorization", $"Bearer {token}")];
    }

    private static VaultCertificate? Of(Certificate read) => read is { Id: { } id, Cer: { } der } ? new VaultCertificate(id, Fingerprint.Of(der)) : null;

    private sealed record Certificate(string? Id, byte[]? Cer);

    private sealed record Operation(string? Status);

    private sealed record Import(byte[] Value, string Pwd, Policy Policy, IReadOnlyDictionary<string, string> Tags, [property: JsonPropertyName("preserveCertOrder")] bool PreserveCertOrder);

    private sealed record Policy(KeyProperties KeyProps, [property: JsonPropertyName("secret_props")] SecretProperties SecretProps, Issuer Issuer);

    private sealed record KeyProperties(bool Exportable, string Kty, int? KeySize, string? Crv, bool ReuseKey);

    private sealed record SecretProperties([property: JsonPropertyName("contentType")] string ContentType);

    private sealed record Issuer(string Name);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Certificate))]
    [JsonSerializable(typeof(Operation))]
    [JsonSerializable(typeof(Import))]
    private sealed partial class VaultJson : JsonSerializerContext;
}
