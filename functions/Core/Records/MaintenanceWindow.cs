using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Certrelay.Records;

/// <summary>
/// Hours of a week in which automatic changes may begin, by the clock on the wall of a time zone: <c>Sat 02:00-04:00 Europe/Berlin</c>,
/// <c>Mon-Thu,Sun 22:00-02:00 America/New_York</c>, or without days for each day.
/// </summary>
public sealed class MaintenanceWindow
{
    private static readonly string[] DayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly string _text;
    private readonly IReadOnlySet<DayOfWeek> _days;
    private readonly TimeSpan _from;
    private readonly TimeSpan _to;
    private readonly TimeZoneInfo _zone;

    private MaintenanceWindow(string text, IReadOnlySet<DayOfWeek> days, TimeSpan from, TimeSpan to, TimeZoneInfo zone) =>
        (_text, _days, _from, _to, _zone) = (text, days, from, to, zone);

    /// <summary>Reads a window; false with every fault of the text at once.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MaintenanceWindow? window, out IReadOnlyList<string> faults)
    {
        (window, var found) = (null, new List<string>());
        faults = found;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (2 or 3))
        {
            found.Add("A window is written as days, hours and time zone: Sat 02:00-04:00 Europe/Berlin; without days it is each day's.");
            return false;
        }

        var days = parts.Length is 2 ? Enum.GetValues<DayOfWeek>().ToHashSet() : DaysOf(parts[0]);
        if (days is null)
            found.Add($"'{parts[0]}' are no days; they are written as Sat, Mon-Fri or Mon,Wed-Fri.");
        if (!TryHours(parts[^2], out var from, out var to))
            found.Add($"'{parts[^2]}' are no hours; they are written as 02:00-04:00, 22:00-02:00 over midnight, 00:00-24:00 for a whole day.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(parts[^1], out var zone))
            found.Add($"'{parts[^1]}' is no time zone that this host knows; they are called like Europe/Berlin, or UTC.");
        if (found.Count == 0)
            window = new MaintenanceWindow(text, days!, from, to, zone!);
        return found.Count == 0;
    }

    /// <summary>Reads windows that were checked when they were stored; throws <see cref="Permanent"/> (<c>target.windows</c>) when the host does not understand one any more.</summary>
    public static IReadOnlyList<MaintenanceWindow> Read(IEnumerable<string> texts) =>
        [.. texts.Select(static text => TryParse(text, out var window, out var faults) ? window : throw new Permanent("target.windows", $"{text}: {faults[0]}"))];

    /// <summary>
    /// When something may begin: now while a window is open, or when there is none; else a moment in the first half of the next one, drawn so that not all begins at
    /// once and what has begun has time to end. It is for the caller to save it.
    /// </summary>
    public static DateTimeOffset Next(IReadOnlyList<MaintenanceWindow> windows, DateTimeOffset now)
    {
        var next = windows.SelectMany(window => window.From(now)).OrderBy(static open => open.From).ToList();
        if (next.Count == 0 || next[0].From <= now)
            return now;
        var (from, to) = next[0];
        return KeyText.Truncate(from + ((to - from) * (RandomNumberGenerator.GetInt32(1000) / 2000.0)));
    }

    public override string ToString() => _text;

    /// <summary>The times that the window is open, from the present one on and over the next two weeks.</summary>
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> From(DateTimeOffset now)
    {
        var today = TimeZoneInfo.ConvertTime(now, _zone).Date;
        // From yesterday's, which may last over midnight; over two weeks, because the clocks may skip the next one.
        for (var date = today - Day; date <= today + (15 * Day); date += Day)
        {
            if (!_days.Contains(date.DayOfWeek))
                continue;
            var (from, to) = (MomentsOf(date + _from)[^1], MomentsOf(date + _to));
            // Of an hour that comes twice the one is taken in which both ends lie inside, so that no moment is outside by the clock on the wall.
            var end = to[0] > from ? to[0] : to[^1];
            if (end > from && end > now)
                yield return (from, end);
        }
    }

    /// <summary>The moments at which the clock shows a time, earlier first: two when it is put back. For a time that it skips: the moment of the change.</summary>
    private DateTimeOffset[] MomentsOf(DateTime time)
    {
        while (_zone.IsInvalidTime(time))
            time = time.AddMinutes(1);
        return _zone.IsAmbiguousTime(time)
            ? [.. _zone.GetAmbiguousTimeOffsets(time).OrderDescending().Select(offset => new DateTimeOffset(time, offset))]
            : [new DateTimeOffset(time, _zone.GetUtcOffset(time))];
    }

    private static HashSet<DayOfWeek>? DaysOf(string text)
    {
        var days = new HashSet<DayOfWeek>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-').Select(static name => Array.FindIndex(DayNames, known => known.Equals(name, StringComparison.OrdinalIgnoreCase))).ToList();
            if (ends.Count > 2 || ends.Contains(-1))
                return null;
            for (var day = ends[0]; ; day = (day + 1) % 7)
            {
                days.Add((DayOfWeek)day);
                if (day == ends[^1])
                    break;
            }
        }

        return days;
    }

    private static bool TryHours(string text, out TimeSpan from, out TimeSpan to)
    {
        (from, to) = (default, default);
        if (text.Split('-') is not [var begins, var ends] || !TryTime(begins, out from) || !TryTime(ends, out to) || from == to || from == Day)
            return false;
        if (to < from)
            to += Day;
        return true;
    }

    private static bool TryTime(string text, out TimeSpan time)
    {
        time = Day;
        return text == "24:00" || (text.Length == 5 && TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out time));
    }
}
