using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-acr</c>.</summary>
public sealed record AlibabaAcrSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used; of the China site.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The custom domains of the registries.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("The id of the contact of the certificate store whom the vendor tells about jobs; the account's first one when absent.")]
    public long? Contact { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Custom domains of Container Registry, by a deployment job.</summary>
internal static class AlibabaAcrTarget
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaAcrSettings>("alibaba-acr", "Alibaba Cloud Container Registry, custom domains", TimeSpan.FromMinutes(30), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        return new CasJobTarget(api, new CasStore(api), "CR", settings.Domains, settings.Contact, initial: false);
    }) with
    { Cloud = CasJobTarget.Cloud("Update only: a custom domain gets its first certificate in the console.") };
}
