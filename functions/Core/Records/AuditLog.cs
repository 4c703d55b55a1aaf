namespace Certrelay.Records;

/// <summary>Reads the audit trail by time and subject.</summary>
public sealed class AuditLog(IRecordStore store)
{
    /// <summary>
    /// The entries from <paramref name="from"/> to <paramref name="to"/> (both included) by day, then by writer in the order of their starts, then
    /// by number;
    /// those of one subject when it is given, and those behind a place (chain and number) when that is.
    /// </summary>
    public async IAsyncEnumerable<Stored<AuditRecord>> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, string? subject, RecordKey? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chains = AuditChain.Days(Day(from), Day(to));
        if (after is { } place && string.CompareOrdinal(place.Partition, chains.From) > 0)
            chains = chains with { From = place.Partition };
        await foreach (var chain in store.ReadRangeAsync<AuditChain>(AuditRecord.Table, AuditChain.Partition, chains, cancellationToken))
        {
            var name = chain.Value.Chain;
            // The row right behind the place: nothing sorts between a row and the same row with a space.
            var rows = after?.Partition == name ? AuditRecord.Entries with { From = after.Value.Row + " " } : AuditRecord.Entries;
            await foreach (var entry in store.ReadRangeAsync<AuditRecord>(AuditRecord.Table, name, rows, cancellationToken))
            {
                if (entry.Value.At >= from && entry.Value.At <= to && (subject is null || entry.Value.Entry.Subject == subject))
                    yield return entry;
            }
        }
    }

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
