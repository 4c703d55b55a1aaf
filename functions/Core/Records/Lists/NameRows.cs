using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>Rows of the index that are ordered by a resource's name, in one partition or over several shards of one.</summary>
internal sealed class NameRows(IRecordStore store, IReadOnlyList<string> partitions, string rowPrefix = "")
{
    // Enough to tell a small index from a large one.
    private const int Peek = 64;

    /// <summary>The rows whose names begin with <paramref name="start"/> and come behind <paramref name="after"/>, in the order of the names.</summary>
    public IAsyncEnumerable<(string Name, StoredRecord Row)> ReadAsync(string start, string? after, CancellationToken cancellationToken)
    {
        var prefix = rowPrefix + start;
        var all = prefix.Length == 0 ? RowRange.All : RowRange.StartingWith(prefix);
        // No character of a name sorts before '!'.
        var behind = after is null ? null : $"{rowPrefix}{after}!";
        var range = string.CompareOrdinal(behind, all.From) > 0 ? all with { From = behind } : all;
        return partitions.Count == 1 ? OfPartition(partitions[0], range, cancellationToken) : MergeAsync(range, cancellationToken);
    }

    /// <summary>The index with the fewest rows to read; null when there is none.</summary>
    public static async Task<NameRows?> SmallestAsync(IReadOnlyList<NameRows> indexes, string start, string? after, CancellationToken cancellationToken)
    {
        if (indexes.Count < 2)
            return indexes is [var only] ? only : null;
        var sizes = new List<(NameRows Rows, int Count)>();
        foreach (var rows in indexes)
            sizes.Add((rows, await rows.ReadAsync(start, after, cancellationToken).Take(Peek).CountAsync(cancellationToken)));
        return sizes.MinBy(static size => size.Count).Rows;
    }

    private IAsyncEnumerable<(string Name, StoredRecord Row)> OfPartition(string partition, RowRange range, CancellationToken cancellationToken) =>
        store.QueryAsync(Tables.Index, partition, range, cancellationToken).Select(row => (row.Key.Row[rowPrefix.Length..], row));

    private async IAsyncEnumerable<(string Name, StoredRecord Row)> MergeAsync(RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shards = new PriorityQueue<IAsyncEnumerator<(string Name, StoredRecord Row)>, string>(StringComparer.Ordinal);
        try
        {
            foreach (var partition in partitions)
            {
                var shard = OfPartition(partition, range, cancellationToken).GetAsyncEnumerator(cancellationToken);
                if (await shard.MoveNextAsync())
                    shards.Enqueue(shard, shard.Current.Name);
                else
                    await shard.DisposeAsync();
            }

            while (shards.TryDequeue(out var next, out _))
            {
                yield return next.Current;
                if (await next.MoveNextAsync())
                    shards.Enqueue(next, next.Current.Name);
                else
                    await next.DisposeAsync();
            }
        }
        finally
        {
            while (shards.TryDequeue(out var open, out _))
                await open.DisposeAsync();
        }
    }
}
