using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Azure;

/// <summary>Settings of the kind <c>azure-key-vault</c>.</summary>
public sealed partial record AzureKeyVaultSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The name of the Key Vault, as in https://<name>.vault.azure.net.")]
    public required string Vault { get; init; }

    [Description("The name of the certificate there; it is made when there is none.")]
    public required string Certificate { get; init; }

    [Description("The secret identifiers by which App Service, Application Gateway, Front Door and others refer to it, as their own settings have them. One with a version in it is pinned, and refused.")]
    public IReadOnlyList<string> References { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!VaultName().IsMatch(Vault))
            yield return new ValidationResult("must be the name of a Key Vault: 3 to 24 letters, digits and single hyphens.", [nameof(Vault)]);
        if (!CertificateName().IsMatch(Certificate))
            yield return new ValidationResult("must have 1 to 127 letters, digits and hyphens.", [nameof(Certificate)]);
        foreach (var (index, reference) in References.Index())
        {
            if (SecretIdentifier.TryParse(reference) is not { } identifier)
                yield return new ValidationResult("must be a secret identifier: https://<vault>.vault.azure.net/secrets/<name>.", [$"references[{index}]"]);
            else if (!identifier.IsOf(Vault, Certificate))
                yield return new ValidationResult($"refers to {identifier.Name} of the Key Vault {identifier.Vault}.", [$"references[{index}]"]);
        }
    }

    [GeneratedRegex(@"^[A-Za-z](?!.{24})(-?[A-Za-z0-9]){2,}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VaultName();

    [GeneratedRegex(@"^[0-9A-Za-z-]{1,127}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CertificateName();
}

/// <summary>Imports a certificate into a Key Vault as a new version, which whatever refers to it without a version picks up in its own time.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/keyvault/certificates/import-certificate</remarks>
internal sealed class AzureKeyVaultTarget(AzureKeyVaultSettings settings, VaultCertificates certificates) : IDeployTarget
{
    private static readonly TimeSpan RecoveryPoll = TimeSpan.FromSeconds(5);

    // Recoveries take seconds, a few minutes at worst.
    private const int LooksUntilGivenUp = 120;

    public static TargetKind Kind { get; } = TargetKind.Of<AzureKeyVaultSettings>(
        "azure-key-vault", "A certificate of Azure Key Vault, for whatever picks it up there", TimeSpan.FromHours(24),
        static (settings, context) => new AzureKeyVaultTarget(settings, new VaultCertificates(context.Cloud, settings.Vault, settings.Certificate))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Azure, [AzureActions.Token, AzureActions.Get, AzureActions.GetOperation, AzureActions.Import, AzureActions.Recover], "Key Vault REST 2025-07-01",
            new DateOnly(2026, 11, 22),
            "The newest version is read back and compared; handshakes with what picks it up are the proof.")
        {
            Check = static async (session, cancellationToken) => await new AzureToken(session).GetAsync(cancellationToken),
            InPlace = true,
            Gaps =
            [
                "What picks it up is not called: App Service looks within 24 hours, Application Gateway every 4 hours, Front Door takes longer; synchronise there by hand, or give the target a longer windowSeconds.",
                "A pinned reference never follows: replace it by the identifier without a version.",
                "The clouds of China and the US Government.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var current = await certificates.CurrentAsync(cancellationToken);
        var refusals = settings.References.Where(static reference => SecretIdentifier.TryParse(reference) is { Version: not null })
            .Select(static reference => FindingCodes.TargetPinned.At(reference)).ToList();
        if (await certificates.OperationAsync(cancellationToken) == "inProgress")
            refusals.Add(FindingCodes.TargetRefused.At(certificates.Resource, "An operation is pending for this certificate, and Key Vault takes no import meanwhile: merge its certificate, or cancel and delete it."));
        return new TargetReading(new TargetState([new ResourceState(certificates.Resource, current?.Leaf, Restorable: true) { Bound = current?.Id }]), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var current = await certificates.CurrentAsync(cancellationToken);
        if (current?.Leaf == certificate.Fingerprint)
            return DeployResult.Of([new ResourceOutcome(certificates.Resource, Succeeded: true)]);
        if (current is null && job is not null)
            return Recovering(job);
        try
        {
            await certificates.ImportAsync(certificate, current?.Id, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudConflict.Code && current is null)
        {
            // A name that shows nothing and is taken belongs to a deleted certificate: with it come its former versions, and its references work again.
            if (!await certificates.RecoverAsync(cancellationToken))
                throw;
            return Recovering(job: null);
        }

        if (!certificates.Plans && (await certificates.CurrentAsync(cancellationToken))?.Leaf != certificate.Fingerprint)
            return DeployResult.Of([new ResourceOutcome(certificates.Resource, Succeeded: false, FindingCodes.CloudConflict.Code, "Another version is the newest one behind the import.")]);
        return DeployResult.Of([new ResourceOutcome(certificates.Resource, Succeeded: true)]);
    }

    private DeployResult Recovering(PendingJob? job)
    {
        var looks = job is null ? 0 : int.Parse(job.Details["looks"], CultureInfo.InvariantCulture) + 1;
        return looks > LooksUntilGivenUp
            ? throw new Permanent(FindingCodes.CloudConflict.Code, $"The deleted certificate {certificates.Resource} is being recovered and does not come back.")
            : DeployResult.Of(
                new PendingJob(certificates.Resource, new Dictionary<string, string>(StringComparer.Ordinal) { ["looks"] = looks.ToString(CultureInfo.InvariantCulture) }), RecoveryPoll);
    }

    /// <summary>Nothing: the runner deploys the former version from our own vault.</summary>
    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetInPlace.Code, FindingCodes.TargetInPlace.Meaning);

    /// <summary>Nothing: versions are history there, and a pinned reference may still use one.</summary>
    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;
}
