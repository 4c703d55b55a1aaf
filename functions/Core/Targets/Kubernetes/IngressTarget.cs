using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Kubernetes;

/// <summary>
/// Brings one host of an Ingress to a new Secret: the entry of <c>spec.tls</c> that names the host then refers to it. The former Secret is neither changed nor removed,
/// so that a restore is one reference.
/// </summary>
/// <remarks>
/// The Secret is declared by server-side apply. The reference is not: <c>spec.tls</c> is one value to it (<c>listType: atomic</c>), so that a declaration would take every
/// host's entry from whoever made the Ingress, and always conflict with them. A JSON patch changes the one word, tested against the version that was read, and is refused
/// where another manager declares <c>spec.tls</c>, which would set it back.
/// </remarks>
/// <param name="names">The names of the certificate; none when the work is about what was there before only.</param>
internal sealed class IngressTarget(ClusterApi api, string @namespace, string ingress, string host, IReadOnlyList<string> names) : IDeployTarget
{
    private readonly TlsSecrets _secrets = new(api, @namespace);

    private string Id => $"{@namespace}/{ingress} {host}";

    private IReadOnlyList<string> Path => ["apis", "networking.k8s.io", "v1", "namespaces", @namespace, "ingresses", ingress];

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var entry = await EntryAsync(cancellationToken);
        if (entry.Secret is null)
            return new TargetReading(new TargetState([new ResourceState(Id, Fingerprint: null, Restorable: false)]), [entry.Refusal!], Backup: null);
        var bound = await _secrets.ShowAsync(entry.Secret, cancellationToken);
        var refusal = entry.Refusal ?? (entry.DeclaredBy is { } manager ? FindingCodes.CloudConflict.At(Id, Declared(manager)) : null);
        return new TargetReading(
            new TargetState([new ResourceState(Id, bound?.Leaf, bound is { IsTls: true }) { Bound = entry.Secret }]), refusal is null ? [] : [refusal], Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var entry = await EntryAsync(cancellationToken);
        if (entry.Refusal is { } refusal)
            throw new Permanent(refusal.Code, refusal.Message);
        var wanted = NameOf(certificate);
        if (entry.Secret != wanted && entry.DeclaredBy is { } manager)
            throw new Permanent(FindingCodes.CloudConflict.Code, Declared(manager));
        await SecretAsync(certificate, cancellationToken);
        return await PointAsync(entry, wanted, cancellationToken);
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        var before = previous.Resources[0];
        var entry = await EntryAsync(cancellationToken);
        if (entry.Secret is null)
            throw new Permanent(entry.Refusal!.Code, entry.Refusal.Message);
        if (entry.Secret == before.Bound)
            return Done();
        if (entry.DeclaredBy is { } manager)
            throw new Permanent(FindingCodes.CloudConflict.Code, Declared(manager));
        if (before.Bound is null || await _secrets.ShowAsync(before.Bound, cancellationToken) is not { IsTls: true })
            throw new Permanent(FindingCodes.TargetRefused.Code, "The Secret that was referred to before is no longer there, or is no TLS Secret.");
        return await PointAsync(entry, before.Bound, cancellationToken);
    }

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Session.Uploads.RetireAsync(_secrets, certificate, cancellationToken);

    private string NameOf(CertificateBundle certificate) => Calls.CloudUploads.NameOf(certificate.Certificate, certificate.Fingerprint, _secrets.LongestName);

    /// <summary>Sees to the Secret, anew where somebody removed it behind our back.</summary>
    private async Task SecretAsync(CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var name = await api.Session.Uploads.FindOrUploadAsync(_secrets, certificate, cancellationToken);
        if (api.Plans || await _secrets.ShowAsync(name, cancellationToken) is { IsOurs: true } found && found.Leaf == certificate.Fingerprint)
            return;
        await api.Session.Uploads.ForgetAsync(_secrets, certificate, cancellationToken);
        await api.Session.Uploads.FindOrUploadAsync(_secrets, certificate, cancellationToken);
    }

    private async Task<DeployResult> PointAsync(IngressEntry entry, string secret, CancellationToken cancellationToken)
    {
        if (entry.Secret == secret)
            return Done();
        var reference = $"/spec/tls/{entry.Index}/secretName";
        var setBy = entry.SetBy is null or ClusterApi.Manager ? "" : $"; {entry.SetBy} set it last, whose manifest has to name it too";
        await api.ReplaceAsync(
            ClusterActions.PatchIngress, Path, entry.Version, reference, entry.Secret!, secret, Id,
            ClusterApi.Write($"refers {host} of the Ingress {@namespace}/{ingress} to the Secret {secret}{setBy}", entry.Secret),
            async again => (await EntryAsync(again)).Version, cancellationToken);
        if (!api.Plans && (await EntryAsync(cancellationToken)).Secret is var now && now != secret)
            return DeployResult.Of([new ResourceOutcome(Id, Succeeded: false, FindingCodes.CloudConflict.Code, $"The cluster took the change, but the Ingress refers to {now ?? "none"}.")]);
        return Done();
    }

    private DeployResult Done() => DeployResult.Of([new ResourceOutcome(Id, Succeeded: true)]);

    private async Task<IngressEntry> EntryAsync(CancellationToken cancellationToken)
    {
        if (await api.FindAsync(ClusterActions.GetIngress, Path, Id, ClusterJson.Default.IngressObject, cancellationToken) is not { } found)
            return Unfit(FindingCodes.CloudNotFound, $"There is no Ingress {@namespace}/{ingress}.");
        var version = found.Metadata?.ResourceVersion ?? throw Calls.CloudAnswer.Unreadable("metadata.resourceVersion");
        var own = (found.Spec?.Tls ?? []).Index().Where(one => one.Item.Hosts?.Contains(host, StringComparer.OrdinalIgnoreCase) == true).ToList();
        if (own.Count > 1)
            return Unfit(FindingCodes.TargetSettings, $"{host} is in two entries of spec.tls; which one is served is not defined. Leave one.");
        if (own is not [var (index, entry)])
            return Unfit(FindingCodes.TargetUpdateOnly, $"{host} is in no entry of spec.tls: add one with a Secret of its own.");
        if (entry.SecretName is not { Length: > 0 } secret)
            return Unfit(FindingCodes.TargetUpdateOnly, $"The entry of {host} names no Secret: the controller finds a certificate itself. Name a Secret there once.");
        var owners = found.Metadata.ManagedFields?.Where(static owner => owner.Owns("f:spec", "f:tls") && owner.Manager != ClusterApi.Manager).ToList() ?? [];
        var others = names.Count == 0 ? [] : entry.Hosts!.Where(one => !SubjectName.AnyServes(names, one)).ToList();
        return new IngressEntry(version, index, secret)
        {
            DeclaredBy = owners.Find(static owner => owner.Operation == "Apply")?.Manager,
            SetBy = owners.FirstOrDefault()?.Manager,
            Refusal = others.Count == 0 ? null : FindingCodes.TargetShared.At(
                Id, $"The entry of {host} in spec.tls is for {string.Join(", ", others)} too, which the certificate does not cover. Give {host} an entry of its own."),
        };
    }

    private IngressEntry Unfit(FindingCode code, string why) => new("", 0, null) { Refusal = code.At(Id, why) };

    private string Declared(string manager) => ClusterApi.Declared(manager, "spec.tls", $"Ingress {@namespace}/{ingress}");

    /// <summary>The entry of <c>spec.tls</c> that names the host.</summary>
    private sealed record IngressEntry(string Version, int Index, string? Secret)
    {
        /// <summary>Another manager that declares the list; null where none does.</summary>
        public string? DeclaredBy { get; init; }

        /// <summary>The other manager that set it last; null where only we did.</summary>
        public string? SetBy { get; init; }

        public Finding? Refusal { get; init; }
    }
}
