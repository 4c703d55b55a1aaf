using System.ComponentModel.DataAnnotations;

namespace Certrelay.Targets;

/// <summary>A path below a root: names of letters, digits, dot, hyphen and underscore, joined by single slashes; no name is <c>.</c> or <c>..</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RelativePathAttribute : ValidationAttribute, ISchemaPattern
{
    public RelativePathAttribute()
        : base("{0} must be names of letters, digits, dot, hyphen and underscore joined by single slashes, without '.' and '..'.")
    {
    }

    string ISchemaPattern.Pattern => "^(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,100}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,100})*$";

    public override bool IsValid(object? value) => value is null || (value is string text && IsRelative(text));

    internal static bool IsRelative(string text) => text.Length <= 1024 && text.Split('/').All(FileNameAttribute.IsFileName);
}
