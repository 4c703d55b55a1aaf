using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Nudges what is due of one kind, for kinds whose handlers drop the hint that their message names once the truth contradicts it.</summary>
public sealed class DueNudges(Due due, IWorkQueue queue)
{
    /// <summary>The most hints that one tick looks at.</summary>
    public const int Most = 2000;

    /// <summary>How far a hint is moved on when it was nudged, so that a lost message comes again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>Sends a message for each hint whose moment has come and moves the hint on; returns how many. <paramref name="message"/> gets the hint as it is moved.</summary>
    public async Task<int> RunAsync(DueKind kind, DateTimeOffset now, string queueName, Func<DueHint, byte[]> message, CancellationToken cancellationToken)
    {
        var nudged = 0;
        await foreach (var hint in due.ReadAsync(kind, now, Most, cancellationToken))
        {
            var again = hint with { Moment = KeyText.Truncate(now + Again) };
            await due.MoveAsync(hint, again.Moment, cancellationToken);
            await queue.SendAsync(queueName, message(again), TimeSpan.Zero, cancellationToken);
            nudged++;
        }

        return nudged;
    }
}
