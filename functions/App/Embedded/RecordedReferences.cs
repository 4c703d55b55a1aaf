using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Every place in the records that names a version of a secret: keys of versions, both of an SM2 pair, and of requests, credentials of accounts, and material for restores.</summary>
internal sealed class RecordedReferences(IRecordStore store)
{
    /// <summary>Has the records name each secret's new place; those that name others stay as they are. Returns how many changed. It can be run again.</summary>
    public async Task<int> RewriteAsync(IReadOnlyDictionary<VaultReference, VaultReference> moved, CancellationToken cancellationToken)
    {
        VaultReference? New(VaultReference? old) => old is not null && moved.TryGetValue(old, out var place) ? place : null;
        return await RewriteAsync<VersionRecord>(
                Tables.Certificates, static row => row.StartsWith('v'), record => Moved(record, New), cancellationToken)
            + await RewriteAsync<RequestRecord>(
                Tables.Certificates, static row => row.StartsWith('q'), record => New(record.Key) is { } place ? record with { Key = place } : null, cancellationToken)
            + await RewriteAsync<AccountRecord>(
                Tables.Accounts, static row => row == "a", record => New(record.Credentials) is { } place ? record with { Credentials = place } : null, cancellationToken)
            + await RewriteAsync<CircuitRecord>(
                Tables.Budgets, static row => row == "c", record => New(record.Refused) is { } place ? record with { Refused = place } : null, cancellationToken)
            + await RewriteAsync<StepRecord>(
                Tables.Rollouts, static row => row.StartsWith("s.", StringComparison.Ordinal), record => New(record.Backup) is { } place ? record with { Backup = place } : null, cancellationToken);
    }

    private static VersionRecord? Moved(VersionRecord version, Func<VaultReference?, VaultReference?> place) =>
        (place(version.Key), place(version.Encryption?.Key)) is var (key, second) && (key ?? second) is null ? null : version with
        {
            Key = key ?? version.Key,
            Encryption = second is null ? version.Encryption : version.Encryption! with { Key = second },
        };

    private async Task<int> RewriteAsync<T>(string table, Predicate<string> which, Func<T, T?> change, CancellationToken cancellationToken)
        where T : class, IRecord<T>
    {
        var changed = 0;
        await foreach (var row in store.ScanAsync(table, afterPartition: null, cancellationToken))
        {
            if (!which(row.Key.Row) || row.As<T>() is not { } stored || change(stored.Value) is not { } rewritten)
                continue;
            await store.ReplaceAsync(stored, rewritten, cancellationToken);
            changed++;
        }

        return changed;
    }
}
