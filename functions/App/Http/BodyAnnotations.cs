using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Certrelay.App.Http;

/// <summary>Tags: at most 50, each named in 1 to 100 characters and of at most 200, without control characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TagMapAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is IReadOnlyDictionary<string, string> tags && tags.Count <= 50
        && tags.All(static tag => tag.Key.Length is > 0 and <= 100 && tag.Value.Length <= 200 && !tag.Key.Concat(tag.Value).Any(char.IsControl)));

    public override string FormatErrorMessage(string name) =>
        "is to hold at most 50 tags, named in 1 to 100 characters, of at most 200, without control characters";
}

/// <summary>A list of resource names.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is IEnumerable<string> names && names.All(ResourceName.IsValid));

    public override string FormatErrorMessage(string name) => "is to hold names of 1 to 63 of a-z, 0-9 and single hyphens";
}

/// <summary>A moment as RFC 3339 writes it, or an empty text, which takes away what was there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MomentOrEmptyAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null or "" || (value is string text && TryParse(text, out _));

    public override string FormatErrorMessage(string name) => "is to be a moment such as 2026-12-31T00:00:00Z, or empty";

    /// <summary>The moment; false for anything without a time zone.</summary>
    public static bool TryParse(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out moment)
        && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 18);
}

/// <summary>One line of text without control characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneLineAttribute(int longest) : ValidationAttribute
{
    public int Longest { get; } = longest;

    public override bool IsValid(object? value) => value is null || (value is string text && text.Length <= Longest && !text.Any(char.IsControl));

    public override string FormatErrorMessage(string name) => $"is to be one line of at most {Longest} characters";
}
