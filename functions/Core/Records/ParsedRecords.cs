using System.Runtime.CompilerServices;

namespace Certrelay.Records;

/// <summary>
/// Records that were parsed before, by store, key and ETag: a row is still read each time, so that nothing old is ever seen, and only its JSON is not parsed again.
/// Records are immutable.
/// </summary>
internal sealed class ParsedRecords
{
    // Some megabytes.
    private const int Most = 1024;

    private static readonly ConditionalWeakTable<IRecordStore, ParsedRecords> OfStores = [];

    private readonly BoundedCache<RecordKey, object> _known = new(Most);

    public static ParsedRecords Of(IRecordStore store) => OfStores.GetValue(store, static _ => new ParsedRecords());

    /// <summary>The record in a row; throws <see cref="Permanent"/> (<c>record.unreadable</c>) when it is damaged or from a later version.</summary>
    public Stored<T> Parse<T>(StoredRecord row)
        where T : IRecord<T>
    {
        if (_known.TryGet(row.Key, out var known) && known is Stored<T> same && same.ETag == row.ETag)
            return same;
        var parsed = row.As<T>();
        _known.Set(row.Key, parsed);
        return parsed;
    }
}
