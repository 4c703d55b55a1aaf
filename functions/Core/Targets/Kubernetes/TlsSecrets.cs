using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Kubernetes;

/// <summary>A Secret as far as it is read: never its key.</summary>
/// <param name="IsOurs">True when this product made it: only then it may be removed, and none is ever changed.</param>
/// <param name="SetBy">The manager that set its certificate.</param>
internal sealed record TlsSecret(string Name, bool IsOurs, bool IsTls, Fingerprint? Leaf, string Uid, string? SetBy);

/// <summary>
/// Secrets of the type <c>kubernetes.io/tls</c> in one namespace: a new one for each version, named after it and immutable, so that what others made, and what is
/// referred to now, is never changed.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets</remarks>
internal sealed class TlsSecrets(ClusterApi api, string @namespace) : IUploadStore
{
    private const string Type = "kubernetes.io/tls";
    private const string ManagedBy = "app.kubernetes.io/managed-by";

    public string Id => $"k8s.{api.Cluster}.{@namespace}";

    // A label's length, so that the name can be one.
    public int LongestName => 63;

    /// <summary>The Secret of that name; null where there is none.</summary>
    public async Task<TlsSecret?> ShowAsync(string name, CancellationToken cancellationToken)
    {
        if (await api.FindAsync(ClusterActions.GetSecret, Path(name), About(name), ClusterJson.Default.SecretObject, cancellationToken) is not { } found)
            return null;
        var leaf = found.Data?.Chain is { } chain ? PemLeaf.Of(Encoding.ASCII.GetString(chain))?.Fingerprint : null;
        return new TlsSecret(
            name, found.Metadata?.Labels?.GetValueOrDefault(ManagedBy) == ClusterApi.Manager, found.Type == Type, leaf,
            found.Metadata?.Uid ?? throw CloudAnswer.Unreadable("metadata.uid"),
            found.Metadata.ManagedFields?.FirstOrDefault(static owner => owner.Owns("f:data"))?.Manager);
    }

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        if (await ShowAsync(name, cancellationToken) is not { } found)
            return null;
        return found.IsOurs && found.Leaf == certificate.Fingerprint
            ? new StoredUpload(name, name, found.Leaf, [], null)
            : throw new Permanent(
                FindingCodes.CloudConflict.Code,
                $"A Secret {About(name)} is there already and is not ours (set by {found.SetBy ?? "somebody"}). It stays as it is: remove or rename it, then retry.");
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        await api.ApplyAsync(
            ClusterActions.ApplySecret, Path(name), Json(certificate, name), About(name), ClusterApi.Write($"creates the Secret {About(name)} with the certificate", null), cancellationToken);
        return name;
    }

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (await ShowAsync(id, cancellationToken) is not { } found)
            return true;
        if (!found.IsOurs || await IsReferredToAsync(id, cancellationToken))
            return false;
        await api.DeleteAsync(ClusterActions.DeleteSecret, Path(id), found.Uid, About(id), ClusterApi.Write($"deletes the unused Secret {About(id)}", id), cancellationToken);
        return true;
    }

    private string About(string name) => $"{@namespace}/{name}";

    private IReadOnlyList<string> Path(string name) => ["api", "v1", "namespaces", @namespace, "secrets", name];

    private async Task<bool> IsReferredToAsync(string name, CancellationToken cancellationToken)
    {
        var all = await api.GetAsync(
            ClusterActions.ListIngresses, ["apis", "networking.k8s.io", "v1", "namespaces", @namespace, "ingresses"], @namespace, ClusterJson.Default.IngressItems, cancellationToken);
        return all.Items?.Any(ingress => ingress.Spec?.Tls?.Any(entry => entry.SecretName == name) == true) == true;
    }

    /// <summary>The object, with the key's bytes written as they are and never as a text, which nothing could zero.</summary>
    private byte[] Json(CertificateBundle certificate, string name)
    {
        var labels = $"{{\"{ManagedBy}\":\"{ClusterApi.Manager}\"}}";
        var metadata = $"{{\"name\":\"{name}\",\"namespace\":\"{@namespace}\",\"labels\":{labels}}}";
        var chain = Convert.ToBase64String(certificate.FullChainPem());
        var before = Encoding.ASCII.GetBytes(
            $"{{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{metadata},\"type\":\"{Type}\",\"immutable\":true,\"data\":{{\"tls.crt\":\"{chain}\",\"tls.key\":\"");
        var after = "\"}}"u8;
        var key = certificate.PrivateKeyPem();
        try
        {
            var json = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(key.Length) + after.Length];
            before.CopyTo(json, 0);
            Base64.EncodeToUtf8(key, json.AsSpan(before.Length), out _, out var written);
            after.CopyTo(json.AsSpan(before.Length + written));
            return json;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
