using Certrelay.Certificates;
using Certrelay.Records.Lists;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>Certificates and their versions: read, described, held against the policy, removed. <see cref="CertificateUploads"/> stores them.</summary>
public sealed class CertificateRegistry(
    IRecordStore store, IVault vault, CertificateIndex index, ListIndex lists, RsaModuli moduli, Due due, CertificatePolicy policy, TimeProvider time)
{
    /// <summary>The lineage; null when there is none.</summary>
    public async Task<Stored<LineageRecord>?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.ReadAsync<LineageRecord>(LineageRecord.Key(name), cancellationToken) is { Value.Deleting: false } lineage ? lineage : null;

    /// <summary>One version; null when there is none, or none any more.</summary>
    public async Task<VersionRecord?> ReadVersionAsync(string name, int sequence, CancellationToken cancellationToken) =>
        await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(name, sequence), cancellationToken) is { Value: { Removing: false } version } ? version : null;

    /// <summary>The versions of a lineage, oldest first.</summary>
    public IAsyncEnumerable<VersionRecord> VersionsAsync(string name, CancellationToken cancellationToken) => VersionsAsync(name, 0, cancellationToken);

    /// <summary>The versions of a lineage behind one, oldest first.</summary>
    public IAsyncEnumerable<VersionRecord> VersionsAsync(string name, int after, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<VersionRecord>(
            Tables.Certificates, name, RowRange.StartingWith("v") with { From = VersionRecord.Row(after + 1) }, cancellationToken).Select(static version => version.Value);

    /// <summary>What an enforced policy refuses of a change: the breaches that it would bring. Those that are there already do not keep others from being mended.</summary>
    public async Task<IReadOnlyList<Finding>> CheckAsync(LineageRecord lineage, LineageDetails details, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(lineage, cancellationToken);
        var before = Judge(lineage, current);
        return [.. Judge(details.ApplyTo(lineage), current).Where(finding => finding.Severity is Severity.Error && !before.Contains(finding))];
    }

    /// <summary>Changes what people say about a certificate; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
    public async Task<Stored<LineageRecord>> DescribeAsync(Stored<LineageRecord> lineage, LineageDetails details, CancellationToken cancellationToken)
    {
        var changed = details.ApplyTo(lineage.Value) with { Updated = time.GetUtcNow() };
        changed = changed with { Policy = Judge(changed, await CurrentAsync(changed, cancellationToken)) };
        var listed = await lists.BeginAsync(lineage.Value, changed, cancellationToken);
        var stored = await store.ReplaceAsync(lineage, changed, cancellationToken);
        await listed.EndAsync(cancellationToken);
        return stored;
    }

    /// <summary>Holds a certificate against the policy of now; throws <see cref="RecordConflictException"/> when it changed meanwhile, and then it was judged by whoever changed it.</summary>
    public async Task<Stored<LineageRecord>> JudgeAsync(Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        if (!policy.Demands && lineage.Value.Policy.Count == 0)
            return lineage;
        var findings = Judge(lineage.Value, await CurrentAsync(lineage.Value, cancellationToken));
        return findings.SequenceEqual(lineage.Value.Policy) ? lineage : await store.ReplaceAsync(lineage, lineage.Value with { Policy = findings }, cancellationToken);
    }

    /// <summary>
    /// Removes a certificate with its versions and keys; throws <see cref="RecordConflictException"/> when it changed meanwhile. That no target uses it is for the
    /// caller to see to. What a crash leaves behind is removed by the clean-up <c>crt-&lt;name&gt;</c>, which is due before the first row changes.
    /// </summary>
    public async Task DeleteAsync(Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        var name = lineage.Value.Name;
        await due.PutAsync(new DueHint(DueKind.Cleanup, KeyText.Truncate(time.GetUtcNow()), VersionKeys.VaultName(name)), cancellationToken);
        await store.ReplaceAsync(lineage, lineage.Value with { Deleting = true }, cancellationToken);
        await CleanUpAsync(name, cancellationToken);
    }

    /// <summary>Removes what is left of a certificate whose deletion has begun; does nothing to any other. Its own row goes last, so that the name stays taken until then.</summary>
    public async Task CleanUpAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<LineageRecord>(LineageRecord.Key(name), cancellationToken) is not { Value.Deleting: true } lineage)
            return;
        var began = time.GetUtcNow();
        await foreach (var row in store.QueryAsync(Tables.Certificates, name, RowRange.StartingWith("v"), cancellationToken))
        {
            if (VersionOf(row) is { } version)
            {
                await index.ReleaseAsync(version.Fingerprint, name, cancellationToken);
                await moduli.ForgetAsync(version, cancellationToken);
                // The certificate's own row may have been lost, and with it what the lists show.
                await lists.DropAsync(ListRows.Of(lineage.Value with { Leaf = CurrentLeaf.Of(version) }), began, cancellationToken);
            }

            await index.DropAsync(row.Key, row.ETag, cancellationToken);
        }

        await foreach (var request in store.QueryAsync(Tables.Certificates, name, RequestRecord.Rows, cancellationToken))
            await index.DropAsync(request.Key, request.ETag, cancellationToken);
        await store.WriteAsync([new RecordChange.Delete(CheckRecord.Key(name), null), new RecordChange.Delete(RevocationRecord.Key(name), null), new RecordChange.Delete(ValidationRecord.Key(name), null)], cancellationToken);
        await vault.RemoveAsync(VersionKeys.VaultName(name), cancellationToken);
        await index.DropAsync(lineage.Key, lineage.ETag, cancellationToken);
    }

    /// <summary>Null for a damaged version, whose claim is taken over by whoever needs it, and whose index rows are dropped by whoever reads them.</summary>
    private static VersionRecord? VersionOf(StoredRecord row)
    {
        try
        {
            return row.As<VersionRecord>().Value;
        }
        catch (Permanent)
        {
            return null;
        }
    }

    /// <summary>What of the policy a certificate breaks, as it is described, with a leaf; null where there is none to be seen.</summary>
    internal IReadOnlyList<Finding> Judge(LineageRecord lineage, CertificateRecord? leaf) => policy.Judge(lineage.Name, lineage.Owner, lineage.Tags, leaf);

    /// <summary>The leaf of the current version; not read while nothing is demanded of it.</summary>
    private async Task<CertificateRecord?> CurrentAsync(LineageRecord lineage, CancellationToken cancellationToken) =>
        policy.Demands && await ReadVersionAsync(lineage.Name, lineage.Current, cancellationToken) is { } version && CertificateRecord.TryParse(version.Leaf, out var leaf)
            ? leaf
            : null;
}
