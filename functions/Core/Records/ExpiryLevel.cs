using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>How near the end of a certificate's validity is, by the share of its life that is left: lives are 6 to 398 days long.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExpiryLevel>))]
public enum ExpiryLevel
{
    /// <summary>A third is left: time to renew.</summary>
    [JsonStringEnumMemberName("reminder")] Reminder,

    /// <summary>A sixth is left.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>A twelfth is left.</summary>
    [JsonStringEnumMemberName("urgent")] Urgent,

    /// <summary>A twenty-fourth is left.</summary>
    [JsonStringEnumMemberName("critical")] Critical,

    /// <summary>Nothing is left.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
}

/// <summary>The arithmetic of <see cref="ExpiryLevel"/>.</summary>
public static class ExpiryLevels
{
    /// <summary>Every level, in the order in which a life passes through them.</summary>
    public static IReadOnlyList<ExpiryLevel> All { get; } = Enum.GetValues<ExpiryLevel>();

    /// <summary>When a level begins.</summary>
    public static DateTimeOffset Begins(ExpiryLevel level, DateTimeOffset notBefore, DateTimeOffset notAfter) => notAfter - ((notAfter - notBefore) * ShareLeft(level));

    /// <summary>The level that a life is in; null while nothing is to be done.</summary>
    public static ExpiryLevel? At(DateTimeOffset now, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        ExpiryLevel? reached = null;
        foreach (var level in All)
        {
            if (Begins(level, notBefore, notAfter) <= now)
                reached = level;
        }

        return reached;
    }

    private static double ShareLeft(ExpiryLevel level) => level switch
    {
        ExpiryLevel.Reminder => 1 / 3.0,
        ExpiryLevel.Warning => 1 / 6.0,
        ExpiryLevel.Urgent => 1 / 12.0,
        ExpiryLevel.Critical => 1 / 24.0,
        _ => 0,
    };
}
