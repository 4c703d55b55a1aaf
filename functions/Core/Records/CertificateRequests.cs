using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>
/// Requests for certificates with keys that are born in the vault and never seen outside. The certificate that an authority issues for one comes without its key and is
/// known by its public key; so is one that an authority issued again for the key of the current version.
/// </summary>
public sealed class CertificateRequests(IRecordStore store, CertificateRegistry registry, VersionKeys keys, IVault vault, TimeProvider time)
{
    /// <summary>How many requests of one certificate may be open.</summary>
    public const int Most = 8;

    /// <summary>The open requests of a certificate, which need not exist yet, oldest first.</summary>
    public async Task<IReadOnlyList<RequestRecord>> ListAsync(string certificate, CancellationToken cancellationToken)
    {
        var requests = new List<RequestRecord>();
        await foreach (var row in store.ReadRangeAsync<RequestRecord>(Tables.Certificates, certificate, RequestRecord.Rows, cancellationToken))
            requests.Add(row.Value);
        return [.. requests.OrderBy(static request => request.Created)];
    }

    /// <summary>Makes a key of a kind (<see cref="KeyKind"/>) and a request for it.</summary>
    public async Task<RequestRecord> MakeAsync(string certificate, IReadOnlyList<SubjectName> names, string kind, CancellationToken cancellationToken)
    {
        using var key = KeyKind.Make(kind);
        var reference = await keys.SaveAsync(certificate, key, cancellationToken);
        return await SaveAsync(certificate, names, key, reference, cancellationToken);
    }

    /// <summary>Makes a request for the key of a version, which then has a second certificate; throws <see cref="Permanent"/> (<c>key.missing</c>) when it has none.</summary>
    public async Task<RequestRecord> MakeAsync(VersionRecord version, IReadOnlyList<SubjectName> names, CancellationToken cancellationToken)
    {
        using var bundle = await keys.OpenAsync(version, cancellationToken);
        using var key = new PrivateKey(bundle.Pkcs8.ToArray(), bundle.PublicKey);
        return await SaveAsync(version.Certificate, names, key, reference: null, cancellationToken);
    }

    /// <summary>The key of a certificate that came without one, as PEM: of an open request, or of the current version. Null when it is not here. The caller disposes it.</summary>
    public async Task<Secret?> KeyAsync(string certificate, string spki, CancellationToken cancellationToken)
    {
        if (await FindAsync(certificate, spki, cancellationToken) is { Key: { } reference })
            return await vault.GetAsync(reference, cancellationToken);
        if (await registry.ReadAsync(certificate, cancellationToken) is not { Value: { Leaf: { HasKey: true } leaf } lineage } || leaf.Spki != spki
            || await registry.ReadVersionAsync(certificate, lineage.Current, cancellationToken) is not { } version)
            return null;
        using var bundle = await keys.OpenAsync(version, cancellationToken);
        return new Secret(bundle.PrivateKeyPem());
    }

    /// <summary>Closes a request: its certificate came and has the key now, or nobody waits for it any more. False when there is none.</summary>
    public async Task<bool> CloseAsync(string certificate, string spki, CancellationToken cancellationToken)
    {
        if (await FindAsync(certificate, spki, cancellationToken) is not { } request)
            return false;
        // The row last: a crash before it leaves something that can be closed again.
        if (request.Key is { } reference)
            await vault.RemoveVersionAsync(reference, cancellationToken);
        await store.WriteAsync([new RecordChange.Delete(RequestRecord.RowKey(certificate, spki), null)], cancellationToken);
        return true;
    }

    private async Task<RequestRecord?> FindAsync(string certificate, string spki, CancellationToken cancellationToken) =>
        (await store.ReadAsync<RequestRecord>(RequestRecord.RowKey(certificate, spki), cancellationToken))?.Value;

    private async Task<RequestRecord> SaveAsync(
        string certificate, IReadOnlyList<SubjectName> names, PrivateKey key, VaultReference? reference, CancellationToken cancellationToken)
    {
        var request = new RequestRecord
        {
            Certificate = certificate,
            Spki = key.PublicKey.SpkiSha256,
            Names = [.. names.Select(static name => name.Value)],
            KeyAlgorithm = key.PublicKey.Name,
            Request = SigningRequest.Write(names, key),
            Key = reference,
            Created = time.GetUtcNow(),
        };
        await store.WriteAsync([new RecordChange.Put(RequestRecord.RowKey(certificate, request.Spki), request.ToBody())], cancellationToken);
        return request;
    }
}
