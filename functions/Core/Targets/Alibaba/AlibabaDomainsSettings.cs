using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kinds whose resources are domains of the account, and whose HTTPS can be turned on.</summary>
public sealed record AlibabaDomainsSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains, as the product lists them; a wildcard as *.example.com.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("True: HTTPS is turned on for a domain that has none yet. Without it such a domain is refused.")]
    public bool Initial { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}
