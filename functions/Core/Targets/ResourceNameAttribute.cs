using System.ComponentModel.DataAnnotations;

namespace Certrelay.Targets;

/// <summary>A name in the form of <see cref="ResourceName"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ResourceNameAttribute : ValidationAttribute, ISchemaPattern
{
    public ResourceNameAttribute()
        : base("{0} must be 1 to 63 of a-z, 0-9 and single hyphens.")
    {
    }

    string ISchemaPattern.Pattern => "^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$";

    public override bool IsValid(object? value) => value is null || (value is string text && ResourceName.IsValid(text));
}
