using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>Index rows with the records that they point at, read some at a time.</summary>
internal static class PointedRows
{
    // A page of a list on a screen; one that looks for more reads on.
    private const int AtOnce = 25;

    /// <summary>Each row with the record of its name, null where there is none.</summary>
    public static async IAsyncEnumerable<(StoredRecord Row, string Name, T? Record)> WithAsync<T>(
        this IAsyncEnumerable<(string Name, StoredRecord Row)> rows, IRecordStore store, Func<string, RecordKey> keyOf, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IRecord<T>
    {
        await foreach (var some in rows.Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            var records = await store.ReadAsync<T>(Array.ConvertAll(some, one => keyOf(one.Name)), cancellationToken);
            for (var i = 0; i < some.Length; i++)
                yield return (some[i].Row, some[i].Name, records[i]?.Value);
        }
    }
}
