using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Certrelay.Targets.Kubernetes;

/// <summary>The name of an object in a cluster: a subdomain in the sense of RFC 1123.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/names/</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class ClusterNameAttribute : ValidationAttribute, ISchemaPattern
{
    private const string Form = @"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$";

    public ClusterNameAttribute()
        : base("{0} must be the name of an object in a cluster: 1 to 253 of a-z, 0-9, hyphens and dots.")
    {
    }

    string ISchemaPattern.Pattern => Form;

    public override bool IsValid(object? value) => value is null || (value is string text && !text.EndsWith('\n') && Pattern().IsMatch(text));

    [GeneratedRegex(Form, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
