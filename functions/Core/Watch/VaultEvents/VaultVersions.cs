using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Vault;
using Certrelay.Watch.Alerts;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch.VaultEvents;

/// <summary>
/// Looks at the version of a secret that an event names: one that somebody else put under the name of a certificate becomes its current version and is rolled out; one
/// that cannot be served is told. What the product wrote itself, knows already, or does not look after changes nothing.
/// </summary>
public sealed partial class VaultVersions(
    IRecordStore store, IVault vault, CertificateRegistry certificates, UploadInspector inspector, CertificateUploads uploads, OwedRollouts rollouts, AlertRecords alerts, TimeProvider time,
    ILogger<VaultVersions> logger)
{
    /// <summary>Works off a message; throws <see cref="System.Text.Json.JsonException"/> for one that is no event and <see cref="Transient"/> for a version that cannot be read yet.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        foreach (var one in VaultEvent.Read(message))
        {
            if (one.About is { } about && CertificateOf(about.Name) is { } certificate
                && await certificates.ReadAsync(certificate, cancellationToken) is { } lineage)
                await LookAsync(lineage.Value, about, cancellationToken);
            else
                Log.Unknown(logger, one.Type, one.About?.Name);
        }
    }

    /// <summary>The certificate whose versions a secret holds; null for any other secret.</summary>
    public static string? CertificateOf(string secret) =>
        VersionKeys.VaultName("") is var prefix && secret.StartsWith(prefix, StringComparison.Ordinal) && ResourceName.IsValid(secret[prefix.Length..]) ? secret[prefix.Length..] : null;

    private async Task LookAsync(LineageRecord lineage, VaultReference reference, CancellationToken cancellationToken)
    {
        if (await certificates.VersionsAsync(lineage.Name, cancellationToken).FirstOrDefaultAsync(version => version.Key == reference, cancellationToken) is { } known)
        {
            // What its end comes to is told by the moments of its own life; a rollout may have been lost in a crash.
            await rollouts.BeginAsync(known, cancellationToken);
            return;
        }

        var stored = await vault.VersionsAsync(reference.Name, cancellationToken).ToListAsync(cancellationToken);
        var found = stored.Find(version => version.Reference == reference) ?? throw NotYet(reference);
        // Key Vault's times are whole seconds: of two within one neither is the older.
        if (found.Tags.ContainsKey(VaultForm.FingerprintTag) || stored.Exists(version => version.Enabled && version.Created > found.Created))
            Log.Nothing(logger, reference.Name, reference.Version);
        else if (!found.Enabled)
            await RefuseAsync(lineage, reference, "it is disabled or damaged.", cancellationToken);
        else
            await TakeAsync(lineage, reference, cancellationToken);
    }

    private async Task TakeAsync(LineageRecord lineage, VaultReference reference, CancellationToken cancellationToken)
    {
        using var secret = await vault.GetAsync(reference, cancellationToken) ?? throw NotYet(reference);
        using var inspection = await inspector.InspectAsync([secret.Memory], new InspectionOptions { Now = time.GetUtcNow() }, cancellationToken);
        var result = inspection.IsAccepted
            ? await uploads.AdoptAsync(lineage.Name, inspection, reference, cancellationToken)
            : new UploadResult(inspection.Findings, null, null, Created: false);
        if (result.Version is { } version)
        {
            Log.Taken(logger, reference.Name, reference.Version, version.Sequence);
            await rollouts.BeginAsync(version, cancellationToken);
            await alerts.ResolveAsync(AlertKinds.CertificateRefused, lineage.Name, cancellationToken);
        }
        else if (result.Findings.Any(static finding => finding.Severity is Severity.Error))
        {
            var faults = result.Findings.Where(static finding => finding.Severity is Severity.Error).Select(static finding => $"{finding.Code}: {finding.Message}");
            await RefuseAsync(lineage, reference, string.Join(' ', faults), cancellationToken);
        }
    }

    private async Task RefuseAsync(LineageRecord lineage, VaultReference reference, string why, CancellationToken cancellationToken)
    {
        var finding = FindingCodes.StoreVersionRefused.At(lineage.Name, $"Version {reference.Version} of {reference.Name} in the vault was not taken: {why}");
        var record = new FindingRecord { Finding = finding, At = time.GetUtcNow() };
        var key = new RecordKey(Tables.Findings, $"certificate.{lineage.Name}", $"{finding.Code}.{reference.Version}");
        await store.WriteAsync([new RecordChange.Put(key, record.ToBody())], cancellationToken);
        await alerts.RaiseAsync(
            new Alert
            {
                Kind = AlertKinds.CertificateRefused,
                Subject = lineage.Name,
                Generation = reference.Version,
                Level = AlertLevel.Warning,
                Owner = lineage.Owner,
                Cause = finding.Message,
                NextStep = finding.Remedy,
                At = record.At,
            },
            cancellationToken);
    }

    private static Transient NotYet(VaultReference reference) =>
        new("vault.version-missing", $"The vault does not show version {reference.Version} of {reference.Name} yet.");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Type} about {Name} concerns no certificate that is kept here")]
        public static partial void Unknown(ILogger logger, string type, string? name);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Version {Version} of {Name} is the product's own, or a newer one has followed it")]
        public static partial void Nothing(ILogger logger, string name, string version);

        [LoggerMessage(Level = LogLevel.Information, Message = "Version {Version} of {Name} in the vault is version {Sequence} now")]
        public static partial void Taken(ILogger logger, string name, string version, int sequence);
    }
}
