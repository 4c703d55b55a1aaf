using System.ComponentModel.DataAnnotations;
using Certrelay.Records;

namespace Certrelay.App.Http;

/// <summary>A list of name patterns (<see cref="NameScope.IsPattern"/>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamePatternsAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is IEnumerable<string> patterns && patterns.All(NameScope.IsPattern));

    public override string FormatErrorMessage(string name) => "is to hold names (prod-shop) or beginnings of names with a star (prod-*)";
}
