using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Watch.Discovery;

/// <summary>What became of one thing that was to be adopted.</summary>
public enum AdoptionOutcome
{
    Created,

    /// <summary>A newer leaf of a certificate that was watched already.</summary>
    NewVersion,

    /// <summary>It was there already, and stays as it is.</summary>
    Unchanged,
    Refused,
}

/// <summary>The outcome for one name; of a refusal its stable code, a sentence, and the name that it is about where that is another.</summary>
public sealed record Adopted(string Name, AdoptionOutcome Outcome, int? Version = null, Finding? Refusal = null);

/// <summary>Stores what a proposal names: certificates without a key, and targets that are watched only. What is there already is never changed by it.</summary>
public sealed class Adoption(CertificateRegistry certificates, CertificateUploads uploads, TargetRegistry targets, TimeProvider time)
{
    /// <summary>What <see cref="CertificateAsync"/> would come to now; changes nothing.</summary>
    public async Task<Adopted> PlanAsync(string name, ReadOnlyMemory<byte> pem, CancellationToken cancellationToken)
    {
        using var inspection = WatchedCertificate.Inspect(pem, time.GetUtcNow());
        var plan = await uploads.PlanAsync(name, inspection, new LineageDetails(), cancellationToken);
        return plan.Effect switch
        {
            UploadEffect.Refused => Refused(name, plan.Findings),
            UploadEffect.Unchanged => new Adopted(name, AdoptionOutcome.Unchanged, plan.Version),
            UploadEffect.NewVersion => new Adopted(name, AdoptionOutcome.NewVersion, plan.Version),
            _ => new Adopted(name, AdoptionOutcome.Created, plan.Version),
        };
    }

    /// <summary>Stores a certificate without a key. Owner and tags are those of a new one; a certificate that is there keeps its own.</summary>
    public async Task<Adopted> CertificateAsync(
        string name, ReadOnlyMemory<byte> pem, string? owner, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        using var inspection = WatchedCertificate.Inspect(pem, time.GetUtcNow());
        if (!inspection.IsAccepted)
            return Refused(name, inspection.Findings);
        var details = await certificates.ReadAsync(name, cancellationToken) is null ? new LineageDetails(owner, tags) : new LineageDetails();
        var result = await uploads.StoreAsync(name, inspection, details, cancellationToken);
        if (result.Version is not { } version)
            return Refused(name, result.Findings);
        var outcome = !result.Created ? AdoptionOutcome.Unchanged : version.Sequence == 1 ? AdoptionOutcome.Created : AdoptionOutcome.NewVersion;
        return new Adopted(name, outcome, version.Sequence);
    }

    /// <summary>What <see cref="TargetAsync"/> would come to now; changes nothing.</summary>
    public async Task<Adopted> PlanAsync(TargetDescription target, CancellationToken cancellationToken)
    {
        if (await targets.ReadAsync(target.Name, cancellationToken) is { Value: var there })
        {
            return there.Certificate == target.Certificate && there.Kind == target.Kind && LooksAfter(there, target)
                ? new Adopted(target.Name, AdoptionOutcome.Unchanged)
                : Refused(target.Name, [FindingCodes.RecordTargetExists.At(target.Name)]);
        }

        var faults = await targets.CheckAsync(target, cancellationToken);
        return faults.Count == 0
            ? new Adopted(target.Name, AdoptionOutcome.Created)
            : Refused(target.Name, [FindingCodes.TargetSettings.At(target.Name, string.Join(' ', faults.Select(static fault => $"{fault.Path}: {fault.Message}")))]);
    }

    /// <summary>Stores a target; one that is there stays as it is.</summary>
    public async Task<Adopted> TargetAsync(TargetDescription target, CancellationToken cancellationToken)
    {
        while (true)
        {
            var plan = await PlanAsync(target, cancellationToken);
            if (plan.Outcome is not AdoptionOutcome.Created)
                return plan;
            try
            {
                await targets.CreateAsync(target, cancellationToken);
                return plan;
            }
            catch (RecordConflictException)
            {
                // Somebody else made it at the same moment: it is there now.
            }
        }
    }

    private static bool LooksAfter(TargetRecord there, TargetDescription target) => target.Kind == EndpointOnlyTarget.Kind.Name
        ? target.Endpoints.All(wanted => there.Endpoints.Any(one => one.Host == wanted.Host && one.Port == wanted.Port))
        : target.Settings.ValueKind == JsonValueKind.Object && DeployTargets.Find(there.Kind) is { } kind && BindingDraft.Covers(kind, there.Settings, target.Settings, isSameCertificate: true);

    private static Adopted Refused(string name, IReadOnlyList<Finding> findings) =>
        new(name, AdoptionOutcome.Refused, Refusal: findings.First(static finding => finding.Severity is Severity.Error));
}
