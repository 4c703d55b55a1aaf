namespace Certrelay.Records;

/// <summary>The rules of a batch that every store checks before it writes.</summary>
public static class RecordBatch
{
    /// <summary>Throws <see cref="ArgumentException"/> unless the changes are 1 to 100, in one partition, each key once, each body and all together within their limits.</summary>
    public static void Check(IReadOnlyList<RecordChange> changes)
    {
        if (changes.Count is 0 or > IRecordStore.LargestBatch)
            throw new ArgumentException($"A batch has 1 to {IRecordStore.LargestBatch} changes, this one {changes.Count}.", nameof(changes));
        var first = changes[0].Key;
        var rows = new HashSet<string>(changes.Count, StringComparer.Ordinal);
        var bytes = 0L;
        foreach (var change in changes)
        {
            if (change.Key.Table != first.Table || change.Key.Partition != first.Partition)
                throw new ArgumentException($"A batch stays in one partition: {first} and {change.Key}.", nameof(changes));
            if (!rows.Add(change.Key.Row))
                throw new ArgumentException($"A batch names a row once: {change.Key}.", nameof(changes));
            if (BodyOf(change).Length > IRecordStore.LongestBody)
                throw new ArgumentException($"{change.Key} has {BodyOf(change).Length} bytes, at most {IRecordStore.LongestBody} are kept.", nameof(changes));
            if ((bytes += BodyOf(change).Length) > IRecordStore.LongestBatch)
                throw new ArgumentException($"A batch has at most {IRecordStore.LongestBatch} bytes: {change.Key}.", nameof(changes));
        }
    }

    private static ReadOnlyMemory<byte> BodyOf(RecordChange change) => change switch
    {
        RecordChange.Insert insert => insert.Body,
        RecordChange.Replace replace => replace.Body,
        RecordChange.Put put => put.Body,
        _ => default,
    };
}
