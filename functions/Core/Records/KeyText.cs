using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Records;

/// <summary>Text as it stands in record keys.</summary>
public static class KeyText
{
    private const string TimeFormat = "yyyyMMddHHmmssfff";

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>User text with each byte outside <c>[A-Za-z0-9.-]</c> as <c>~XX</c>, so that every name is a legal key and equal names stay equal.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
            return text;
        var key = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-')
                key.Append((char)b);
            else
                key.Append('~').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return key.ToString();
    }

    /// <summary>As <see cref="Escape"/>, cut where it is longer than <paramref name="most"/> and told apart by the SHA-256 of the whole: a key has 512 characters at most.</summary>
    public static string Fit(string text, int most)
    {
        var key = Escape(text);
        // No escape writes two tildes.
        return key.Length <= most ? key : $"{key[..(most - 66)]}~~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    /// <summary>A text behind which a list begins with those that begin with <paramref name="start"/>; for texts of letters, digits, points and hyphens.</summary>
    public static string Before(string start) => $"{start[..^1]}{(char)(start[^1] - 1)}~";

    /// <summary>A moment in UTC to the millisecond, in ordinal order.</summary>
    // Number by number: the framework reads the format anew each time, and a list makes a time of each row.
    public static string Time(DateTimeOffset moment) => string.Create(TimeFormat.Length, moment.UtcDateTime, static (key, time) =>
    {
        Write(key[..4], time.Year);
        Write(key[4..6], time.Month);
        Write(key[6..8], time.Day);
        Write(key[8..10], time.Hour);
        Write(key[10..12], time.Minute);
        Write(key[12..14], time.Second);
        Write(key[14..], time.Millisecond);
    });

    /// <summary>A moment as exact as <see cref="Time"/> writes it, so that a hint and the truth that it points at name the same one.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset moment) => moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerMillisecond));

    /// <summary>The moment of <see cref="Time"/>; throws <see cref="FormatException"/> for anything else.</summary>
    public static DateTimeOffset ParseTime(string text) => new(DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static void Write(Span<char> digits, int number)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (char)('0' + (number % 10));
            number /= 10;
        }
    }

    /// <summary>One of <paramref name="count"/> shards by the SHA-256 of a text, as two digits: the same in every process and version.</summary>
    public static string Shard(string text, int count) =>
        (SHA256.HashData(Encoding.UTF8.GetBytes(text))[0] % count).ToString("00", CultureInfo.InvariantCulture);
}
