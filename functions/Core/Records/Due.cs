using System.Runtime.CompilerServices;

namespace Certrelay.Records;

/// <summary>What kind of work a hint points at.</summary>
public enum DueKind
{
    Step,
    Check,
    Probe,
    Notice,
    Order,
    Cleanup,
}

/// <summary>A hint that something is due at a moment. It is written before the truth that it points at and dropped when the two disagree.</summary>
public sealed record DueHint(DueKind Kind, DateTimeOffset Moment, string Id);

/// <summary>The only table that timers read: hints in the order of their moments, over 16 partitions (DESIGN section 5).</summary>
public sealed class Due(IRecordStore store)
{
    /// <summary>The partitions; a hint's is drawn from its id.</summary>
    public const int Partitions = 16;

    /// <summary>Writes a hint; writing it again changes nothing.</summary>
    public Task PutAsync(DueHint hint, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Put(KeyOf(hint), "{}"u8.ToArray())], cancellationToken);

    /// <summary>Removes a hint; no error when it is gone already.</summary>
    public Task RemoveAsync(DueHint hint, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Delete(KeyOf(hint), null)], cancellationToken);

    /// <summary>Moves a hint to a later moment, in one batch.</summary>
    public Task MoveAsync(DueHint hint, DateTimeOffset moment, CancellationToken cancellationToken) =>
        store.WriteAsync(
            [new RecordChange.Put(KeyOf(hint with { Moment = moment }), "{}"u8.ToArray()), new RecordChange.Delete(KeyOf(hint), null)], cancellationToken);

    /// <summary>The hints of a kind whose moment has come, soonest first within each partition, at most <paramref name="most"/> in all.</summary>
    public async IAsyncEnumerable<DueHint> ReadAsync(DueKind kind, DateTimeOffset now, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = Prefix(kind);
        for (var partition = 0; partition < Partitions && most > 0; partition++)
        {
            var upTo = new RowRange(prefix, prefix + KeyText.Time(now) + "~");
            await foreach (var row in store.QueryAsync(Tables.Due, $"{partition:00}", upTo, cancellationToken))
            {
                yield return Parse(kind, row.Key.Row);
                if (--most == 0)
                    break;
            }
        }
    }

    /// <summary>Where a hint lies.</summary>
    public static RecordKey KeyOf(DueHint hint) =>
        new(Tables.Due, KeyText.Shard(hint.Id, Partitions), $"{Prefix(hint.Kind)}{KeyText.Time(hint.Moment)}.{hint.Id}");

    private static string Prefix(DueKind kind) => kind switch
    {
        DueKind.Step => "step.",
        DueKind.Check => "check.",
        DueKind.Probe => "probe.",
        DueKind.Notice => "notice.",
        DueKind.Order => "order.",
        _ => "cleanup.",
    };

    private static DueHint Parse(DueKind kind, string row)
    {
        var rest = row.AsSpan(Prefix(kind).Length);
        return new DueHint(kind, KeyText.ParseTime(rest[..17].ToString()), rest[18..].ToString());
    }
}
