using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Settings of the kinds <c>tencent-edgeone</c>, <c>tencent-live</c> and <c>tencent-vod</c>.</summary>
public sealed record TencentDomainsSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains of the product; each must be covered by the certificate.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}
