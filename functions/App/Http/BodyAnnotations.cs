using System.ComponentModel.DataAnnotations;

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

/// <summary>One line of text without control characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneLineAttribute(int longest) : ValidationAttribute
{
    public int Longest { get; } = longest;

    public override bool IsValid(object? value) => value is null || (value is string text && text.Length <= Longest && !text.Any(char.IsControl));

    public override string FormatErrorMessage(string name) => $"is to be one line of at most {Longest} characters";
}
