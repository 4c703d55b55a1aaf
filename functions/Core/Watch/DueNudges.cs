using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Nudges what is due of one kind, for kinds whose handlers drop the hint that their message names once the truth contradicts it. It reads nothing but Due.</summary>
public sealed class DueNudges(Due due, IWorkQueue queue)
{
    /// <summary>The most hints that one tick looks at.</summary>
    public const int Most = 2000;

    /// <summary>How far a hint is moved on when it was nudged, so that a lost message comes again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Sends a message for each hint whose moment has come and moves the hint on; returns how many. <paramref name="message"/> gets the hint as it is moved, and none is
    /// sent where it makes none: that hint is dropped.
    /// </summary>
    public async Task<int> RunAsync(DueKind kind, DateTimeOffset now, string queueName, Func<DueHint, byte[]?> message, CancellationToken cancellationToken)
    {
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
