using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>The records of a table in the order of their names, without an index.</summary>
internal static class NameScan
{
    /// <summary>The row <paramref name="row"/> of each partition that begins with <paramref name="start"/> and comes behind <paramref name="after"/>.</summary>
    public static async IAsyncEnumerable<StoredRecord> OfAsync(
        IRecordStore store, string table, string row, string start, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var behind = start.Length == 0 ? null : KeyText.Before(start);
        if (string.CompareOrdinal(after, behind) > 0)
            behind = after;
        await foreach (var record in store.ScanAsync(table, behind, cancellationToken))
        {
            if (!record.Key.Partition.StartsWith(start, StringComparison.Ordinal))
                yield break;
            if (record.Key.Row == row)
                yield return record;
        }
    }
}
