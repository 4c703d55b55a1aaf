using System.Runtime.CompilerServices;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Accounts;

/// <summary>A certificate that a vendor's store holds, and what is known of it here.</summary>
/// <param name="Certificate">The certificate of this register with the same leaf; null when there is none.</param>
/// <param name="Ours">Whether this product put it there.</param>
public sealed record ListedUpload(StoredUpload Upload, string? Certificate, bool Ours);

/// <summary>Lists what an account holds in its vendor's stores, so that it can be adopted.</summary>
public sealed class StoreListing(CloudSessions sessions, IRecordStore records, CertificateIndex index)
{
    /// <summary>The certificates of a store, as the vendor pages them; throws <see cref="Transient"/> and <see cref="Permanent"/> as the vendor's calls do.</summary>
    public async IAsyncEnumerable<ListedUpload> ListAsync(AccountRecord account, StoreKind kind, string? region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = new CloudKind(kind.Vendor, kind.Actions, "", default, "") { Check = static (_, _) => Task.CompletedTask };
        using var session = await sessions.OpenAsync(account.Name, asked, plan: null, cancellationToken);
        var store = kind.Open(session, region ?? account.Region);
        var uploads = new Dictionary<string, UploadRecord>(StringComparer.Ordinal);
        await foreach (var row in records.ReadRangeAsync<UploadRecord>(Tables.Accounts, account.Name, RowRange.StartingWith(UploadRecord.Prefix(store.Id)), cancellationToken))
        {
            if (row.Value.Id is { } id)
                uploads[id] = row.Value;
        }

        await foreach (var upload in store.ListAsync(cancellationToken))
        {
            var known = uploads.GetValueOrDefault(upload.Id);
            var fingerprint = upload.Fingerprint ?? known?.Fingerprint;
            var certificate = known?.Certificate ?? (fingerprint is { } leaf ? await index.HolderAsync(leaf, cancellationToken) : null);
            yield return new ListedUpload(upload with { Fingerprint = fingerprint }, certificate, known?.Ours ?? false);
        }
    }
}
