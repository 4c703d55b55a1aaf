using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Records;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch;

/// <summary>Where the round of <see cref="Reindex"/> stands, and how many partitions the last whole round had.</summary>
public sealed partial record ReindexCursor : IRecord<ReindexCursor>
{
    public int Schema { get; init; } = 1;

    public required string Table { get; init; }

    public string? After { get; init; }

    /// <summary>Partitions of this round so far.</summary>
    public int Seen { get; init; }

    /// <summary>Partitions of the round before.</summary>
    public int Total { get; init; }

    public static JsonTypeInfo<ReindexCursor> Json => ReindexJson.Default.ReindexCursor;

    public static RecordKey Key { get; } = new(Tables.Timers, "t", "reindex");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(ReindexCursor))]
    private sealed partial class ReindexJson : JsonSerializerContext;
}

/// <summary>
/// Walks certificates, targets, rollouts and notices once a week, a share of the partitions at each tick, and writes again what a crash or a lost row has left
/// out: the only thing that reads whole tables.
/// </summary>
public sealed partial class Reindex(IRecordStore store, Healing healing, ILogger<Reindex> logger)
{
    /// <summary>The time between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    // The hours of a week.
    private const int TicksOfRound = 168;

    // A small installation is walked whole at every tick.
    private const int LeastATick = 500;

    private static readonly string[] Walked = [Tables.Certificates, Tables.Targets, Tables.Rollouts, Tables.Notices];

    /// <summary>One tick; returns how many partitions it looked at.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken, int least = LeastATick)
    {
        var cursor = (await store.ReadAsync<ReindexCursor>(ReindexCursor.Key, cancellationToken))?.Value ?? new ReindexCursor { Table = Walked[0] };
        var quota = Math.Max(least, (cursor.Total + TicksOfRound - 1) / TicksOfRound);
        var done = 0;
        for (var table = Math.Max(0, Array.IndexOf(Walked, cursor.Table)); table < Walked.Length; table++)
        {
            var after = cursor.Table == Walked[table] ? cursor.After : null;
            await foreach (var partition in store.PartitionsAsync(Walked[table], after, cancellationToken))
            {
                if (done == quota)
                {
                    await SaveAsync(cursor with { Table = Walked[table], After = after, Seen = cursor.Seen + done }, cancellationToken);
                    return done;
                }

                await HealAsync(Walked[table], partition, cancellationToken);
                (after, done) = (partition, done + 1);
            }
        }

        await SaveAsync(new ReindexCursor { Table = Walked[0], Total = cursor.Seen + done }, cancellationToken);
        return done;
    }

    private async Task HealAsync(string table, string partition, CancellationToken cancellationToken)
    {
        try
        {
            await (table switch
            {
                Tables.Certificates => healing.CertificateAsync(partition, cancellationToken),
                Tables.Targets => healing.TargetAsync(partition, cancellationToken),
                Tables.Notices => healing.NoticeAsync(partition, cancellationToken),
                _ => healing.RolloutAsync(partition, cancellationToken),
            });
        }
        catch (Permanent unreadable)
        {
            Log.Unreadable(logger, table, partition, unreadable);
        }
        catch (RecordConflictException moved)
        {
            // Somebody works on it: it is not what a crash left behind.
            Log.Moved(logger, table, partition, moved.Message);
        }
    }

    private async Task SaveAsync(ReindexCursor cursor, CancellationToken cancellationToken) =>
        await store.WriteAsync([new RecordChange.Put(ReindexCursor.Key, cursor.ToBody())], cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Table}/{Partition} cannot be read")]
        public static partial void Unreadable(ILogger logger, string table, string partition, Exception fault);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Table}/{Partition} changed meanwhile: {Reason}")]
        public static partial void Moved(ILogger logger, string table, string partition, string reason);
    }
}
