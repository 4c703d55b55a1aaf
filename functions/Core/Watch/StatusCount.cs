using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Where a count stands: the table, the partition that was counted last, and what was counted so far.</summary>
public sealed partial record StatusWalk : IRecord<StatusWalk>
{
    public int Schema { get; init; } = 1;

    public required string Table { get; init; }

    public string? After { get; init; }

    public required StatusRecord Status { get; init; }

    public static JsonTypeInfo<StatusWalk> Json => StatusWalkJson.Default.StatusWalk;

    public static RecordKey Key { get; } = new(Tables.Timers, "t", "status-count");

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(StatusWalk))]
    private sealed partial class StatusWalkJson : JsonSerializerContext;
}

/// <summary>
/// Counts certificates, versions and targets for the status page. A tick reads a bounded number of rows and goes on where the last one ended; the counts
/// are published when a walk has come to its end, in a small installation at every tick.
/// </summary>
public sealed class StatusCount(IRecordStore store, TimeProvider time)
{
    // A few megabytes: versions are the largest rows, with a few kilobytes each.
    private const int RowsATick = 5000;

    private static readonly string[] Walked = [Tables.Certificates, Tables.Targets];

    /// <summary>One tick; true when the counts were published.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken, int most = RowsATick)
    {
        var walk = (await store.ReadAsync<StatusWalk>(StatusWalk.Key, cancellationToken))?.Value;
        var tally = new StatusTally(walk?.Status, time.GetUtcNow());
        for (var table = Math.Max(0, Array.IndexOf(Walked, walk?.Table)); table < Walked.Length; table++)
        {
            var after = walk?.Table == Walked[table] ? walk.After : null;
            await foreach (var row in store.ScanAsync(Walked[table], after, cancellationToken))
            {
                // Only between partitions: the next tick can begin after one, not inside.
                if (most <= 0 && row.Key.Partition != after)
                {
                    await store.WriteAsync(
                        [new RecordChange.Put(StatusWalk.Key, new StatusWalk { Table = Walked[table], After = after, Status = tally.Status }.ToBody())], cancellationToken);
                    return false;
                }

                (after, most) = (row.Key.Partition, most - 1);
                tally.Add(row);
            }
        }

        await store.WriteAsync([new RecordChange.Put(StatusRecord.Key, tally.Status.ToBody()), new RecordChange.Delete(StatusWalk.Key, null)], cancellationToken);
        return true;
    }
}
