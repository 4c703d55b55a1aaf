using System.Globalization;

namespace Certrelay.Targets.Calls;

/// <summary>How often an action may be called: never more than <paramref name="Calls"/> in any span of length <paramref name="Per"/>.</summary>
public readonly record struct RateLimit(int Calls, TimeSpan Per)
{
    /// <summary>The calls that may follow each other at once: a quarter, so that a burst and the steady calls behind it stay within the limit together.</summary>
    private int Burst => Math.Max(1, Calls / 4);

    /// <summary>The time between two steady calls.</summary>
    private TimeSpan Interval => Per / Math.Max(1, Calls - Burst);

    /// <summary>How long behind the first call that is allowed a whole burst is.</summary>
    public TimeSpan Tolerated => Interval * (Burst - 1);

    /// <summary>When the next steady call has to be due for one call to be allowed after a delay, and the next an interval behind it.</summary>
    public DateTimeOffset DueAfter(DateTimeOffset now, TimeSpan delay) => now + delay + Tolerated;

    /// <summary>Reads <c>calls/seconds</c>.</summary>
    public static bool TryParse(string text, out RateLimit limit)
    {
        limit = default;
        if (text.Split('/') is not [var calls, var seconds]
            || !int.TryParse(calls, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 100_000
            || !int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var span) || span is < 1 or > 86_400)
        {
            return false;
        }

        limit = new RateLimit(count, TimeSpan.FromSeconds(span));
        return true;
    }

    /// <summary>
    /// Generic cell rate algorithm (ITU-T I.371): how long to wait when the next steady call is due at <paramref name="due"/>; with no wait,
    /// <paramref name="next"/> is when the call behind this one is due.
    /// </summary>
    public TimeSpan Wait(DateTimeOffset due, DateTimeOffset now, out DateTimeOffset next)
    {
        var wait = due - Tolerated - now;
        next = (due > now ? due : now) + Interval;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    public override string ToString() => $"{Calls}/{Per.TotalSeconds:0}";
}
