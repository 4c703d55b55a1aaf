using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>
/// Certificates in an order, beginning behind one. A list goes along index rows, each held against the truth; a row that the truth contradicts is left out
/// and, unless fresh, dropped. A cursor is a row's key: a certificate that keeps its place in the order while others come and go is listed once.
/// </summary>
public sealed class CertificateList(IRecordStore store, ListIndex index, TimeProvider time)
{
    /// <summary>The rows that a list looks at; a cursor is one of <see cref="Listed{T}"/> from a list of the same order.</summary>
    public IAsyncEnumerable<Listed<LineageRecord>> ReadAsync(CertificateFilter filter, string? after, CancellationToken cancellationToken) => filter.EffectiveOrder switch
    {
        CertificateOrder.Expiry => ByExpiryAsync(filter, after, cancellationToken),
        CertificateOrder.Domain => ByDomainAsync(filter, after, cancellationToken),
        _ => ByNameAsync(filter, after, cancellationToken),
    };

    /// <summary>True for a cursor of an order.</summary>
    public static bool IsCursor(CertificateOrder order, string cursor) => order switch
    {
        CertificateOrder.Name => ResourceName.IsValid(cursor),
        CertificateOrder.Expiry => cursor.Length > 18 && cursor[17] == '.' && cursor.AsSpan(0, 17).IndexOfAnyExceptInRange('0', '9') < 0 && ResourceName.IsValid(cursor[18..]),
        _ => cursor.LastIndexOf('.') is > 0 and var dot && ResourceName.IsValid(cursor[(dot + 1)..]),
    };

    /// <summary>The names of other certificates whose current version has the same key.</summary>
    public async IAsyncEnumerable<string> WithKeyAsync(string spki, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = store.QueryAsync(Tables.Index, ListRows.SameKey(spki, "x").Partition, RowRange.StartingWith($"{spki}."), cancellationToken);
        await foreach (var (_, lineage) in HeldAsync(rows.Select(row => (row.Key.Row[(spki.Length + 1)..], row)), cancellationToken))
        {
            if (lineage is not null)
                yield return lineage.Name;
        }
    }

    private async IAsyncEnumerable<Listed<LineageRecord>> ByNameAsync(
        CertificateFilter filter, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var indexes = new List<NameRows>();
        if (filter.Owner is { } owner)
            indexes.Add(new NameRows(store, [ListRows.OwnerPartition(owner)], ListRows.CertificateRow));
        foreach (var (key, value) in filter.Tags)
            indexes.Add(new NameRows(store, [ListRows.TagPartition(key, value)], ListRows.CertificateRow));
        if (filter.State is CertificateState.NoKey)
            indexes.Add(new NameRows(store, [.. Enumerable.Range(0, ListRows.Shards).Select(ListRows.NoKeyPartition)]));

        if (await NameRows.SmallestAsync(indexes, filter.NameStart, after, cancellationToken) is { } smallest)
        {
            await foreach (var (row, lineage) in HeldAsync(smallest.ReadAsync(filter.NameStart, after, cancellationToken), cancellationToken))
                yield return new Listed<LineageRecord>(row.Name, Taken(filter, lineage));
            yield break;
        }

        await foreach (var row in NameScan.OfAsync(store, Tables.Certificates, "c", filter.NameStart, after, cancellationToken))
            yield return new Listed<LineageRecord>(row.Key.Partition, Taken(filter, row.As<LineageRecord>().Value));
    }

    private async IAsyncEnumerable<Listed<LineageRecord>> ByExpiryAsync(
        CertificateFilter filter, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (from, to) = filter.Span(time.GetUtcNow());
        var first = after ?? (from is { } moment ? KeyText.Time(moment) : null);
        var last = to is { } end ? KeyText.Time(end) : null;
        await foreach (var partition in MonthsAsync(first?[..6], last?[..6], cancellationToken))
        {
            var range = new RowRange(first is null || partition[4..] != first[..6] ? null : after is null ? first : $"{after}!", last is null ? null : $"{last}~");
            var rows = store.QueryAsync(Tables.Index, partition, range, cancellationToken).Select(static row => (row.Key.Row[18..], row));
            await foreach (var (row, lineage) in HeldAsync(rows, cancellationToken))
                yield return new Listed<LineageRecord>(row.Key, Taken(filter, lineage));
        }
    }

    private async IAsyncEnumerable<Listed<LineageRecord>> ByDomainAsync(
        CertificateFilter filter, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!ListRows.TryDomain(filter.Domain ?? "", out var partition, out var prefix))
            throw new ArgumentException("The order by domain needs one of at least two labels.", nameof(filter));
        var all = RowRange.StartingWith(prefix);
        var range = after is not null && string.CompareOrdinal($"{after}!", all.From) > 0 ? all with { From = $"{after}!" } : all;
        var rows = store.QueryAsync(Tables.Index, partition, range, cancellationToken).Select(static row => (row.Key.Row[(row.Key.Row.LastIndexOf('.') + 1)..], row));
        await foreach (var (row, lineage) in HeldAsync(rows, cancellationToken))
        {
            // Once, although several of its names may lie in the domain.
            var isFirst = lineage is not null && row.Key == ListRows.Of(lineage)
                .Where(other => other.Partition == partition && other.Row.StartsWith(prefix, StringComparison.Ordinal))
                .Select(static other => other.Row)
                .Min(StringComparer.Ordinal);
            yield return new Listed<LineageRecord>(row.Key, isFirst ? Taken(filter, lineage) : null);
        }
    }

    private LineageRecord? Taken(CertificateFilter filter, LineageRecord? lineage) =>
        lineage is not null && filter.Takes(lineage, time.GetUtcNow()) ? lineage : null;

    /// <summary>Index rows, each with the certificate that it points at; null when its truth does not call for the row.</summary>
    private async IAsyncEnumerable<((string Key, string Name) Row, LineageRecord? Lineage)> HeldAsync(
        IAsyncEnumerable<(string Name, StoredRecord Row)> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (row, name, lineage) in rows.WithAsync<LineageRecord>(store, LineageRecord.Key, cancellationToken))
        {
            var isCalledFor = lineage is { Deleting: false } && ListRows.Of(lineage).Contains(row.Key);
            if (!isCalledFor)
                await index.DropStaleAsync(row, cancellationToken);
            yield return ((row.Key.Row, name), isCalledFor ? lineage : null);
        }
    }

    /// <summary>The partitions of the months from one to another (<c>yyyyMM</c>) in which anything expires.</summary>
    private async IAsyncEnumerable<string> MonthsAsync(string? from, string? to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var partition in store.PartitionsAsync(Tables.Index, KeyText.Before(ListRows.ExpiryPrefix + from), cancellationToken))
        {
            if (!partition.StartsWith(ListRows.ExpiryPrefix, StringComparison.Ordinal) || (to is not null && string.CompareOrdinal(partition[4..], to) > 0))
                yield break;
            yield return partition;
        }
    }
}
