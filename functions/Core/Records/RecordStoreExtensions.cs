using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Certrelay.Records;

/// <summary>Typed reads and single writes over <see cref="IRecordStore"/>.</summary>
public static class RecordStoreExtensions
{
    /// <summary>The JSON of a record in UTF-8.</summary>
    public static ReadOnlyMemory<byte> ToBody<T>(this T value)
        where T : IRecord<T> => JsonSerializer.SerializeToUtf8Bytes(value, T.Json);

    /// <summary>The record in a stored row; throws <see cref="Permanent"/> (<c>record.unreadable</c>) when it is damaged or from a later version.</summary>
    public static Stored<T> As<T>(this StoredRecord row)
        where T : IRecord<T>
    {
        try
        {
            var value = JsonSerializer.Deserialize(row.Body.Span, T.Json) ?? throw new JsonException("The record is null.");
            if (value.Schema > T.CurrentSchema || value.Schema < T.CurrentSchema - 1)
                throw new JsonException($"The record has schema {value.Schema}, this version reads {T.CurrentSchema - 1} and {T.CurrentSchema}.");
            return new Stored<T>(row.Key, value, row.ETag);
        }
        catch (JsonException fault)
        {
            // The text of a JsonException may quote the body; a record holds no secret, but what is damaged may be anything.
            throw new Permanent("record.unreadable", $"The record {row.Key} cannot be read (at {fault.Path ?? "$"}, byte {fault.BytePositionInLine ?? 0}).");
        }
    }

    extension(IRecordStore store)
    {
        /// <summary>One record; null when there is none; throws <see cref="Permanent"/> (<c>record.unreadable</c>).</summary>
        public async Task<Stored<T>?> ReadAsync<T>(RecordKey key, CancellationToken cancellationToken)
            where T : IRecord<T> => await store.GetAsync(key, cancellationToken) is { } row ? ParsedRecords.Of(store).Parse<T>(row) : null;

        /// <summary>Many records in the order of their keys, null where there is none; throws <see cref="Permanent"/> (<c>record.unreadable</c>).</summary>
        public async Task<IReadOnlyList<Stored<T>?>> ReadAsync<T>(IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
            where T : IRecord<T>
        {
            var known = ParsedRecords.Of(store);
            return [.. (await store.GetAsync(keys, cancellationToken)).Select(row => row is null ? null : known.Parse<T>(row))];
        }

        /// <summary>The records of a range; throws <see cref="Permanent"/> (<c>record.unreadable</c>) at the first damaged one.</summary>
        public async IAsyncEnumerable<Stored<T>> ReadRangeAsync<T>(
            string table, string partition, RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
            where T : IRecord<T>
        {
            await foreach (var row in store.QueryAsync(table, partition, range, cancellationToken))
                yield return row.As<T>();
        }

        /// <summary>The partitions of a table in their order, beginning after one: a large one costs no more than a small one.</summary>
        public async IAsyncEnumerable<string> PartitionsAsync(string table, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (await store.ScanAsync(table, after, cancellationToken).FirstOrDefaultAsync(cancellationToken) is { } first)
                yield return after = first.Key.Partition;
        }

        /// <summary>Adds a record; throws <see cref="RecordConflictException"/> when the row exists.</summary>
        public async Task<Stored<T>> InsertAsync<T>(RecordKey key, T value, CancellationToken cancellationToken)
            where T : IRecord<T> =>
            new(key, value, (await store.WriteAsync([new RecordChange.Insert(key, value.ToBody())], cancellationToken))[0]!);

        /// <summary>Adds a record unless the row exists; null when it does.</summary>
        public async Task<Stored<T>?> TryInsertAsync<T>(RecordKey key, T value, CancellationToken cancellationToken)
            where T : IRecord<T>
        {
            try
            {
                return await store.InsertAsync(key, value, cancellationToken);
            }
            catch (RecordConflictException)
            {
                return null;
            }
        }

        /// <summary>Replaces a record as it was read; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
        public async Task<Stored<T>> ReplaceAsync<T>(Stored<T> old, T value, CancellationToken cancellationToken)
            where T : IRecord<T> =>
            new(old.Key, value, (await store.WriteAsync([new RecordChange.Replace(old.Key, value.ToBody(), old.ETag)], cancellationToken))[0]!);

        /// <summary>Removes a record as it was read; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
        public Task DeleteAsync<T>(Stored<T> old, CancellationToken cancellationToken) =>
            store.WriteAsync([new RecordChange.Delete(old.Key, old.ETag)], cancellationToken);
    }
}
