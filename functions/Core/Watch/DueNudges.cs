using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Nudges what is due of one kind, for kinds whose handlers drop the hint that their message names once the truth contradicts it. It reads nothing but Due.</summary>
public sealed class DueNudges(Due due, IWorkQueue queue)
{
    /// <summary>The most hints that one tick looks at.</summary>
    public const int Most = 2000;

    /// <summary>How far a hint is moved on when it was nudged, so that a lost message comes again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>Sends a message for each hint whose moment has come and moves the hint on; returns how many. Throws <see cref="ArgumentOutOfRangeException"/> for a kind without a queue of its own.</summary>
    public async Task<int> RunAsync(DueKind kind, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nudged = 0;
        // Side by side, so that their writes share commits.
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due.ReadAsync(kind, now, Most, cancellationToken), sideBySide, async (hint, token) =>
        {
            var again = hint with { Moment = KeyText.Truncate(now + Again) };
            await due.MoveAsync(hint, again.Moment, token);
            await queue.SendAsync(QueueNames.Of(hint), Nudge.Write(again), TimeSpan.Zero, token);
            Interlocked.Increment(ref nudged);
        });
        return nudged;
    }
}
