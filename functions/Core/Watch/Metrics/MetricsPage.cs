using Certrelay.Records;

namespace Certrelay.Watch.Metrics;

/// <summary>Everything that <c>/metrics</c> shows: what this process counted, and what the records of all processes say. It reads a bounded number of rows.</summary>
public sealed class MetricsPage(IRecordStore store, IWorkQueue queue, MeterTotals totals, TimeProvider time)
{
    private static readonly string[] Queues = [.. QueueNames.All.SelectMany(static name => new[] { name, name + QueueNames.Poison })];

    /// <summary>The families in a steady order. Throws <see cref="Transient"/> (<c>store.unavailable</c>).</summary>
    public async Task<IReadOnlyList<MetricFamily>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var families = new List<MetricFamily>();
        var beats = await HeartbeatRecord.AllAsync(store, cancellationToken).ToListAsync(cancellationToken);
        families.Add(MetricFamily.Gauges(
            "certrelay_heartbeat_age_seconds", "Seconds since the work of a timer was last done.", "timer",
            beats.Select(one => (one.Timer, (now - one.Beat.Value.At).TotalSeconds))));
        families.Add(MetricFamily.Gauges(
            "certrelay_timer_late", "1 while a timer is late.", "timer", beats.Select(one => (one.Timer, one.Beat.Value.IsLate(now) ? 1.0 : 0))));
        var depths = new List<(string, double)>();
        foreach (var name in Queues)
            depths.Add((name, await queue.CountAsync(name, cancellationToken)));
        families.Add(MetricFamily.Gauges("certrelay_queue_messages", "Messages in a queue, visible or not.", "queue", depths));

        if (await store.ReadAsync<StatusRecord>(StatusRecord.Key, cancellationToken) is { Value: var status })
        {
            families.Add(MetricFamily.Gauges(
                "certrelay_records", "What the status timer last counted.", "of", status.Counts.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => (one.Key, (double)one.Value))));
            families.Add(MetricFamily.Gauge("certrelay_records_age_seconds", "Seconds since it was counted.", (now - status.At).TotalSeconds));
            if (status.NextExpiry is { } next)
                families.Add(MetricFamily.Gauge("certrelay_next_expiry_timestamp_seconds", "When the first of the current versions ends.", next.ToUnixTimeSeconds()));
            if (status.OldestProbe is { } oldest)
                families.Add(MetricFamily.Gauge("certrelay_oldest_probe_age_seconds", "Seconds since the target was looked at that has waited longest.", (now - oldest).TotalSeconds));
        }

        families.AddRange(totals.Read());
        return families;
    }
}
