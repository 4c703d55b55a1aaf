namespace Certrelay.Watch;

/// <summary>Why this host is not healthy, as it was within the last second: whoever asks more often, from however many places, reads no records for it.</summary>
public sealed class HealthReading(Heartbeats heartbeats, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private Reading? _last;

    /// <summary>The reasons; none when all is well.</summary>
    public async ValueTask<IReadOnlyList<string>> ReasonsAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _last) is { } last && time.GetElapsedTime(last.At) < Fresh)
            return last.Reasons;
        var at = time.GetTimestamp();
        var reasons = await ReadAsync(cancellationToken);
        Volatile.Write(ref _last, new Reading(at, reasons));
        return reasons;
    }

    private async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await heartbeats.LateAsync(cancellationToken)).Select(static timer => $"The timer {timer} is late.")];
        }
        catch (Failure fault)
        {
            // Anyone may ask: the store's own words stay in its log.
            return [fault is Transient ? "The records cannot be reached." : "A timer's record cannot be read."];
        }
    }

    private sealed record Reading(long At, IReadOnlyList<string> Reasons);
}
