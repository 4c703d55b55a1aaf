using System.Security.Cryptography;

namespace Certrelay.Rollouts;

/// <summary>The delay before another try.</summary>
public static class Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The delay that the other side named; else 1, 2, 4 … seconds up to 5 minutes, a quarter of it drawn by chance so that many steps do not come back at once.
    /// The caller saves the moment that follows from it.
    /// </summary>
    public static TimeSpan After(int attempts, TimeSpan? retryAfter)
    {
        if (retryAfter is { } named)
            return named;
        var whole = Math.Min(Math.Pow(2, Math.Clamp(attempts - 1, 0, 20)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (0.75 + (RandomNumberGenerator.GetInt32(1000) / 4000.0)));
    }
}
