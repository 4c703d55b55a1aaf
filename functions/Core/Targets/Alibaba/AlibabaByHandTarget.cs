using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Places of Alibaba Cloud that take a certificate in their console only.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsoleProduct>))]
public enum ConsoleProduct
{
    /// <summary>A site of Website Builder.</summary>
    [JsonStringEnumMemberName("website-builder")] WebsiteBuilder,

    /// <summary>A site of Enterprise Website Builder.</summary>
    [JsonStringEnumMemberName("enterprise-website-builder")] EnterpriseWebsiteBuilder,

    /// <summary>A domain of a Simple Application Server, by its console's push.</summary>
    [JsonStringEnumMemberName("simple-application-server")] SimpleApplicationServer,

    /// <summary>A domain of WAF 2.0.</summary>
    [JsonStringEnumMemberName("waf-2")] Waf2,
}

/// <summary>Settings of the kind <c>alibaba-by-hand</c>.</summary>
public sealed record AlibabaByHandSettings : IValidatableObject
{
    [Description("Where the certificate is given: website-builder, enterprise-website-builder, simple-application-server (what its console pushes; what runs on the server itself is a target of the kind nginx or directory), waf-2.")]
    public required ConsoleProduct Product { get; init; }

    [Description("The domain there; a wildcard as *.example.com.")]
    public required string Domain { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ListedDomains.Faults([Domain], DomainMatch.Listed).Select(static fault => new ValidationResult(fault.ErrorMessage, ["domain"]));
}

/// <summary>A place that no call reaches: a plan lists the file and the steps, somebody takes them, and a handshake tells when it is done.</summary>
internal sealed class AlibabaByHandTarget : IDeployTarget
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaByHandSettings>(
        "alibaba-by-hand", "Alibaba Cloud: Website Builder, Enterprise Website Builder, Simple Application Server's console, WAF 2.0, by hand", TimeSpan.FromMinutes(30),
        static (_, _) => new AlibabaByHandTarget()) with
    {
        IsByHand = true,
        PlannedOnHost = static (settings, certificate) => Steps((AlibabaByHandSettings)settings, certificate),
    };

    /// <summary>Nothing but a handshake tells what is there.</summary>
    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new TargetReading(new TargetState([]), [], Backup: null));

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetByHand.Code, FindingCodes.TargetByHand.Meaning);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetByHand.Code, "Nothing was written from here; give the former certificate back by hand where somebody has replaced it.");

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;

    private static IEnumerable<PlannedCall> Steps(AlibabaByHandSettings settings, string certificate)
    {
        PlannedCall Step(string what) => new("by-hand", settings.Domain, what, null, Metered: false);
        yield return Step($"Download full chain and key as PEM: GET /api/certificates/{certificate}/download?format=nginx holds them as {certificate}.pem and {certificate}.key.");
        yield return Step(settings.Product switch
        {
            ConsoleProduct.WebsiteBuilder => "Open the console of Website Builder, the site, its domain, HTTPS; give both files.",
            ConsoleProduct.EnterpriseWebsiteBuilder => "Open the console of Enterprise Website Builder, the site, its domain, HTTPS; give both files.",
            ConsoleProduct.SimpleApplicationServer => "Open the console of Simple Application Server, the server, its domain, certificate; give both files.",
            _ => "Open the console of WAF 2.0, Website Access, the domain, HTTPS; give both files.",
        });
        yield return Step("Nothing more: the endpoints are looked at by handshake, and the step turns verified once they show the new leaf.");
    }
}
