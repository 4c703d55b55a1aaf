using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>The last sign of life of a timer and the period in which the next is due.</summary>
public sealed partial record HeartbeatRecord : IRecord<HeartbeatRecord>
{
    private const string Table = "Timers";
    private const string Partition = "t";
    private const string Suffix = ".beat";

    // For the work itself: a beat is its end.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(30);

    public int Schema { get; init; } = 1;

    public required DateTimeOffset At { get; init; }

    public required double PeriodSeconds { get; init; }

    /// <summary>True once somebody was sent to do the work that did not come.</summary>
    public bool Nudged { get; init; }

    public static JsonTypeInfo<HeartbeatRecord> Json => HeartbeatRecordJson.Default.HeartbeatRecord;

    /// <summary>Notes that the timer <paramref name="name"/> has run and runs again after <paramref name="period"/>.</summary>
    public static Task BeatAsync(IRecordStore store, string name, TimeSpan period, TimeProvider time, CancellationToken cancellationToken) =>
        store.WriteAsync(
            [new RecordChange.Put(Key(name), new HeartbeatRecord { At = time.GetUtcNow(), PeriodSeconds = period.TotalSeconds }.ToBody())],
            cancellationToken);

    /// <summary>The timers that are late, by name.</summary>
    public static IAsyncEnumerable<(string Timer, Stored<HeartbeatRecord> Beat)> LateAsync(IRecordStore store, TimeProvider time, CancellationToken cancellationToken) =>
        AllAsync(store, cancellationToken).Where(one => one.Beat.Value.IsLate(time.GetUtcNow()));

    /// <summary>The timers that have run, by name.</summary>
    public static IAsyncEnumerable<(string Timer, Stored<HeartbeatRecord> Beat)> AllAsync(IRecordStore store, CancellationToken cancellationToken) =>
        store.QueryAsync(Table, Partition, RowRange.All, cancellationToken)
            .Where(static row => row.Key.Row.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(static row => (row.Key.Row[..^Suffix.Length], row.As<HeartbeatRecord>()));

    /// <summary>True once a period and half a minute have passed since the last beat.</summary>
    public bool IsLate(DateTimeOffset now) => now > At + TimeSpan.FromSeconds(PeriodSeconds) + Allowance;

    public static RecordKey Key(string name) => new(Table, Partition, name + Suffix);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(HeartbeatRecord))]
    private sealed partial class HeartbeatRecordJson : JsonSerializerContext;
}
