using Certrelay.Records;

namespace Certrelay.Watch.Moments;

/// <summary>Goes through the hints of one kind whose moment has come: nudges each and moves it on, so that a lost message comes again. It reads nothing else.</summary>
public sealed class DueScan(Due due, IWorkQueue queue, TimeProvider time)
{
    /// <summary>The time between two ticks of a timer that scans.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const int Most = 2000;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>One tick; returns how many nudges were sent. A hint that <paramref name="message"/> cannot read is dropped.</summary>
    public async Task<int> RunAsync(DueKind kind, string queueName, Func<DueHint, byte[]?> message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var nudged = 0;
        // Side by side, so that their writes share commits.
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due.ReadAsync(kind, now, Most, cancellationToken), sideBySide, async (hint, token) =>
        {
            var again = hint with { Moment = KeyText.Truncate(now + Again) };
            if (message(again) is not { } body)
            {
                await due.RemoveAsync(hint, token);
                return;
            }

            await due.MoveAsync(hint, again.Moment, token);
            await queue.SendAsync(queueName, body, TimeSpan.Zero, token);
            Interlocked.Increment(ref nudged);
        });
        return nudged;
    }
}
