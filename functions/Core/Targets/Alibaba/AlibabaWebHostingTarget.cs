using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-webhosting</c>.</summary>
public sealed record AlibabaWebHostingSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used; of the China site.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains of the hosts.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("The id of the contact of the certificate store whom the vendor tells about jobs; the account's first one when absent.")]
    public long? Contact { get; init; }

    [Description("True: HTTPS is turned on for a domain that has none yet. Without it such a domain is refused.")]
    public bool Initial { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Domains of Cloud Web Hosting, by a deployment job.</summary>
internal static class AlibabaWebHostingTarget
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaWebHostingSettings>("alibaba-webhosting", "Alibaba Cloud Web Hosting", TimeSpan.FromMinutes(30), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        return new CasJobTarget(api, new CasStore(api), "webHosting", settings.Domains, settings.Contact, settings.Initial);
    }) with
    { Cloud = CasJobTarget.Cloud("A domain that had no HTTPS cannot be left without it again by a restore: turn it off in the console.") };
}
