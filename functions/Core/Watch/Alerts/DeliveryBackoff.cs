using System.Security.Cryptography;

namespace Certrelay.Watch.Alerts;

/// <summary>The delay before a message is sent again.</summary>
public static class DeliveryBackoff
{
    /// <summary>Tries before a delivery is given up: with their delays about four hours, so that a receiver may be down for an evening.</summary>
    public const int Attempts = 8;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    /// <summary>The delay that the other side named; else 5 s, 20 s, 80 s … up to two hours, a quarter of it drawn by chance. The caller saves the moment that follows.</summary>
    public static TimeSpan After(int attempts, TimeSpan? retryAfter)
    {
        if (retryAfter is { } named)
            return named;
        var whole = Math.Min(First.TotalSeconds * Math.Pow(4, Math.Clamp(attempts - 1, 0, 10)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (0.75 + (RandomNumberGenerator.GetInt32(1000) / 4000.0)));
    }
}
