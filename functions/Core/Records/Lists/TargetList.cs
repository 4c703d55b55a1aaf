using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>Targets in the order of their names, as <see cref="CertificateList"/> lists certificates.</summary>
public sealed class TargetList(IRecordStore store, ListIndex index)
{
    /// <summary>The rows that a list looks at; a cursor is a name.</summary>
    public async IAsyncEnumerable<Listed<TargetRecord>> ReadAsync(
        TargetFilter filter, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var indexes = new List<NameRows>();
        if (filter.Certificate is { } certificate)
            indexes.Add(new NameRows(store, [CertificateIndex.UsePartition(certificate)]));
        if (filter.Owner is { } owner)
            indexes.Add(new NameRows(store, [ListRows.OwnerPartition(owner)], ListRows.TargetRow));
        foreach (var (key, value) in filter.Tags)
            indexes.Add(new NameRows(store, [ListRows.TagPartition(key, value)], ListRows.TargetRow));
        if (filter.Kind is { } kind)
            indexes.Add(new NameRows(store, [.. Enumerable.Range(0, ListRows.Shards).Select(shard => ListRows.KindPartition(kind, shard))]));

        if (await NameRows.SmallestAsync(indexes, filter.NameStart, after, cancellationToken) is { } smallest)
        {
            await foreach (var (row, name, target) in smallest.ReadAsync(filter.NameStart, after, cancellationToken).WithAsync<TargetRecord>(store, TargetRecord.Key, cancellationToken))
            {
                // Notes of uses are dropped by those who count them.
                if (!row.Key.Partition.StartsWith(CertificateIndex.UsePrefix, StringComparison.Ordinal) && !ListRows.Of(target).Contains(row.Key))
                    await index.DropStaleAsync(row, cancellationToken);
                // The filter decides about it, whatever the row said.
                yield return new Listed<TargetRecord>(name, await TakenAsync(filter, target, cancellationToken));
            }

            yield break;
        }

        await foreach (var row in NameScan.OfAsync(store, Tables.Targets, "d", filter.NameStart, after, cancellationToken))
            yield return new Listed<TargetRecord>(row.Key.Partition, await TakenAsync(filter, row.As<TargetRecord>().Value, cancellationToken));
    }

    private async Task<TargetRecord?> TakenAsync(TargetFilter filter, TargetRecord? target, CancellationToken cancellationToken)
    {
        if (target is null || !filter.Takes(target))
            return null;
        if (filter.State is not { } wanted)
            return target;
        var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target.Name), cancellationToken);
        return TargetFilter.StateOf(target, state?.Value) == wanted ? target : null;
    }
}
