using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Runs what timers do and notes it: a timer whose runs fail, or that does not run at all, turns late.</summary>
public sealed class Heartbeats(IRecordStore store, TimeProvider time)
{
    /// <summary>Does the work of a timer that runs each <paramref name="period"/>, then notes that it was done.</summary>
    public async Task RunAsync(string timer, TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await work(cancellationToken);
        await HeartbeatRecord.BeatAsync(store, timer, period, time, cancellationToken);
    }
}
