using System.Buffers;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.Targets;

/// <summary>The name of one file: 1 to 100 letters, digits, dots, hyphens and underscores, neither <c>.</c> nor <c>..</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FileNameAttribute : ValidationAttribute, ISchemaPattern
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public FileNameAttribute()
        : base("{0} must be a file name of 1 to 100 letters, digits, dots, hyphens and underscores.")
    {
    }

    string ISchemaPattern.Pattern => "^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}$";

    public override bool IsValid(object? value) => value is null || (value is string text && IsFileName(text));

    internal static bool IsFileName(string text) =>
        text.Length is >= 1 and <= 100 && text is not ("." or "..") && !text.AsSpan().ContainsAnyExcept(Allowed);
}
