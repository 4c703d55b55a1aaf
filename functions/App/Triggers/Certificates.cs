using System.ComponentModel;
using System.Globalization;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Rollouts;
using Certrelay.Watch.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What people say about a certificate; what is absent stays, an empty owner takes the owner away.</summary>
public sealed record CertificateChange
{
    [OneLine(200)]
    public string? Owner { get; init; }

    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>From when on the certificate shall not be served any more: nobody is reminded of its expiry then. Empty: it is to go on.</summary>
    [MomentOrEmpty]
    public string? PlannedEnd { get; init; }

    /// <summary>False: the key may not be downloaded, from now on and for good.</summary>
    public bool? Exportable { get; init; }

    public string? Reason { get; init; }

    internal LineageDetails Details => new(
        Owner, Tags, PlannedEnd is null ? null : MomentOrEmptyAttribute.TryParse(PlannedEnd, out var end) ? end.ToUniversalTime() : DateTimeOffset.MaxValue,
        Exportable);
}

/// <summary>Certificates and their versions: upload, look, describe, delete.</summary>
public sealed class Certificates(
    CertificateRegistry registry, UploadInspector inspector, CertificateUploads uploads, VersionChains chains, CertificateRequests requests, CertificateIndex index, CertificateList list, RolloutSummaries rollouts, AlertRecords alerts, TimeProvider time)
{
    private static readonly IReadOnlyList<(Permission Permission, string Word)> Words =
        [.. Enum.GetValues<Permission>().Where(static permission => permission is not Permission.None).Select(static permission => (permission, permission.ToString().ToLowerInvariant()))];

    [Function("UploadCertificate"), Requires(Permission.Upload), Audited("certificate.upload"), Idempotent]
    [Takes(typeof(UploadRequest)), Takes("application/x-pem-file"), Takes("text/plain"), Takes("application/octet-stream"), Takes("multipart/form-data")]
    [Takes("application/pkix-cert"), Takes("application/x-pkcs7-certificates"), Takes("application/x-pkcs12"), Takes("application/zip")]
    [Answers(201, typeof(UploadView)), Answers(200, typeof(UploadView))]
    [Query("name", "The certificate's name; made of the first DNS name when absent.")]
    [Query("allowSelfSigned", "Takes a self-signed laboratory certificate with warnings.", Type = typeof(bool))]
    [Query("dryRun", "Answers what would become of the upload and stores nothing.", Type = typeof(bool))]
    [Description("Takes a certificate with its chain and key, in any of the forms that they come in (PEM, DER, PKCS#7, PKCS#12, JKS, ZIP), for SM2 also with the encryption certificate of the pair and its key: 201 for a new version, 200 for the same upload again, 422 with every finding at once.")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/certificates")] HttpRequest request, CancellationToken cancellationToken)
    {
        var dryRun = request.Flag("dryRun") ?? false;
        using var body = UploadBody.Of(request);
        if (body.Name is { } given)
            request.Caller.Demand(given);
        var options = new InspectionOptions { Now = time.GetUtcNow(), AllowSelfSigned = body.AllowSelfSigned, Passphrase = body.Passphrase };
        using var inspection = await InspectAsync(request, body, options, cancellationToken);
        var name = body.Name ?? (inspection.Leaf is { } leaf ? LineageName.Of(leaf) : null);
        if (name is null)
            return Judged(request, name, inspection, new UploadPlan(inspection.Findings, UploadEffect.Refused, null), dryRun);
        request.Caller.Demand(name);
        request.Concerns($"certificate/{name}");

        var details = new LineageDetails(body.Owner, body.Tags);
        var plan = await uploads.PlanAsync(name, inspection, details, cancellationToken);
        var dropped = await DroppedAsync(name, inspection, plan, cancellationToken);
        plan = plan with { Findings = [.. plan.Findings, .. dropped] };
        if (dryRun || plan.Effect is UploadEffect.Refused)
            return Judged(request, name, inspection, plan, dryRun);
        // What has begun goes on when the caller hangs up: sent again it is the same upload.
        var result = await uploads.StoreAsync(name, inspection, details, CancellationToken.None);
        if (result.Version is not { } version)
            return Judged(request, name, inspection, new UploadPlan(result.Findings, UploadEffect.Refused, null), dryRun);
        await requests.CloseAsync(name, inspection.Leaf!.PublicKey.SpkiSha256, CancellationToken.None);
        var view = View(
            name, inspection, plan with { Effect = result.Created || plan.Effect is UploadEffect.KeyAdded or UploadEffect.ChainAdded ? plan.Effect : UploadEffect.Unchanged, Version = version.Sequence },
            [.. result.Findings, .. dropped]);
        return result.Created
            ? Answer.Created(string.Create(CultureInfo.InvariantCulture, $"/api/certificates/{name}/versions/{version.Sequence}"), view)
            : Answer.Ok(view);
    }

    [Function("ListCertificates"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<CertificateItem>))]
    [Query("name", "Only those whose name begins with this."), Query("owner", "Only those of an owner.")]
    [Query("tag", "Only those with this tag, as key=value.", Many = true)]
    [Query("domain", "Only those with a name at or below this domain, or with this address.")]
    [Query("state", "ok, expiring, expired, or no-key for those that are watched only.")]
    [Query("within", "Only those that expire within this time: 30d, 12h.")]
    [Query("finding", "Only those that break the policy in this point: policy.tag, policy.key and the like.")]
    [Query("sort", "name, expiry, or domain; when absent, what the filter asks for: by expiry with within, by domain with domain, else by name.")]
    [Description("Lists the certificates; a page may hold fewer than asked for while it has a next.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (filter, page) = ListQueries.Certificates(request);
        var (caller, now) = (request.Caller, time.GetUtcNow());
        return Answer.Page(await list.ReadAsync(filter, page.After, cancellationToken)
            .ToPageAsync(page, lineage => caller.MaySee(lineage.Name), lineage => WrittenItem.Of(lineage, now), cancellationToken));
    }

    [Function("GetCertificate"), Requires(Permission.Read), Answers(200, typeof(CertificateView), ETag = true)]
    [Query("at", "The moment at which the trust stores judge the chain: a day or a moment; now when absent.")]
    [Description("Shows a certificate with its current version, what each trust store says of its chain, and the targets that shall serve it.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken) =>
        await ShowAsync(request, await FindAsync(request, name, cancellationToken), cancellationToken);

    [Function("ChangeCertificate"), Requires(Permission.Upload), Audited("certificate.change", Subject = "certificate/{name}"), IfMatch]
    [Takes(typeof(CertificateChange)), Answers(200, typeof(CertificateView), ETag = true), Answers(422, typeof(Problem), ContentType = "application/problem+json")]
    [Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Changes owner, tags and planned end, and takes the permission to download the key away for good.")]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/certificates/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var lineage = await FindAsync(request, name, cancellationToken);
        var change = request.Json<CertificateChange>();
        request.DemandIfMatch(lineage.ETag);
        if (change.Exportable is true && lineage.Value.NotExportable)
            throw new ProblemException(ProblemCodes.CertificateNotExportable);
        if (await registry.CheckAsync(lineage.Value, change.Details, cancellationToken) is { Count: > 0 } findings)
            throw Refused("change", findings);
        var changed = await registry.DescribeAsync(lineage, change.Details, cancellationToken);
        return await ShowAsync(request, changed, cancellationToken);
    }

    [Function("DeleteCertificate"), Requires(Permission.Delete), IfMatch(Optional = true), Answers(204), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Audited("certificate.delete", Subject = "certificate/{name}", Reason = true)]
    [Description("Deletes a certificate with its versions and keys, unless a target or a rollout needs it.")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/certificates/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var lineage = await FindAsync(request, name, cancellationToken);
        request.DemandIfMatch(lineage.ETag);
        var users = await index.UsersAsync(name, cancellationToken);
        var running = await rollouts.RunningAsync(name, cancellationToken);
        if (users.Count + running.Count > 0)
        {
            throw new ProblemException(ProblemCodes.CertificateInUse, $"{users.Count} targets shall serve it, {running.Count} rollouts bring it to some.")
            {
                Members = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["targets"] = Visible(request, users),
                    ["rollouts"] = running,
                },
            };
        }

        await registry.DeleteAsync(lineage, CancellationToken.None);
        await alerts.EndAsync(AlertKinds.OfCertificate, name, CancellationToken.None);
        return Answer.NoContent();
    }

    [Function("ListVersions"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<VersionView>))]
    [Description("Lists the versions of a certificate, oldest first.")]
    public async Task<IResult> VersionsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}/versions")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        await FindAsync(request, name, cancellationToken);
        var page = request.Page;
        var after = page.After is null ? 0
            : int.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last
            : throw QueryValues.Invalid(PageRequest.AfterName, "is not the next of a page of this list");
        return Answer.Page(await registry.VersionsAsync(name, after, cancellationToken)
            .ToPageAsync(page, static version => $"{version.Sequence}", VersionView.Of, cancellationToken));
    }

    [Function("GetVersion"), Requires(Permission.Read), Answers(200, typeof(VersionView), ETag = true)]
    [Query("at", "The moment at which the trust stores judge the chain: a day or a moment; now when absent.")]
    [Description("Shows one version with its certificates as PEM, what each trust store says of its chain, and the other chains that it could be served with; the key stays in the vault.")]
    public async Task<IResult> VersionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/certificates/{name}/versions/{sequence}")] HttpRequest request, string name,
        string sequence, CancellationToken cancellationToken)
    {
        await FindAsync(request, name, cancellationToken);
        var number = int.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var version = await registry.ReadVersionAsync(name, number, cancellationToken)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"'{name}' has no version '{sequence}'.");
        var at = request.Moment("at") ?? time.GetUtcNow();
        var view = VersionView.WithPem(version) with { Trust = chains.Judge(version, at), Chains = chains.All(version, at) };
        return Answer.OkByContent(view);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        var (name, value) = (lineage.Value.Name, lineage.Value);
        var current = await registry.ReadVersionAsync(name, value.Current, cancellationToken);
        var shown = current is null ? null : VersionView.Of(current) with { Trust = chains.Judge(current, request.Moment("at") ?? time.GetUtcNow()) };
        var view = new CertificateView
        {
            May = [.. Words.Where(one => request.Caller.May(one.Permission)).Select(static one => one.Word)],
            Name = name,
            Owner = value.Owner,
            Tags = value.Tags,
            PlannedEnd = value.PlannedEnd,
            Exportable = !value.NotExportable,
            Level = current is null ? null : ExpiryLevels.At(time.GetUtcNow(), current.NotBefore, current.NotAfter),
            Created = value.Created,
            Updated = value.Updated,
            Current = shown,
            Targets = Visible(request, await index.UsersAsync(name, cancellationToken)),
            Findings = value.Policy,
        };
        return Answer.OkByContent(view, lineage.ETag);
    }

    /// <summary>A certificate that came alone gets its key from here, where it was requested here or has the key of the version before.</summary>
    private async Task<CertificateInspection> InspectAsync(HttpRequest request, UploadBody body, InspectionOptions options, CancellationToken cancellationToken)
    {
        var inspection = await inspector.InspectAsync(body.Inputs, body.Encryption, options, cancellationToken);
        if (inspection is not { Leaf: { } leaf, PrivateKey: null } || !inspection.Findings.Any(static finding => finding.Code == FindingCodes.KeyMissing.Code))
            return inspection;
        var name = body.Name ?? LineageName.Of(leaf);
        using var key = request.Caller.MaySee(name) ? await requests.KeyAsync(name, leaf.PublicKey.SpkiSha256, cancellationToken) : null;
        if (key is null)
            return inspection;
        inspection.Dispose();
        return await inspector.InspectAsync([.. body.Inputs, key.Memory], body.Encryption, options, cancellationToken);
    }

    /// <summary>What targets would miss of the names that the certificate has now.</summary>
    private async Task<IReadOnlyList<Finding>> DroppedAsync(string name, CertificateInspection inspection, UploadPlan plan, CancellationToken cancellationToken) =>
        plan.Effect is UploadEffect.NewVersion && (await registry.ReadAsync(name, cancellationToken))?.Value.Leaf is { } before
            ? [.. DroppedNames.Find(before.Names, [.. inspection.Leaf!.Names.Select(static one => one.Value)], await index.UsersAsync(name, cancellationToken))]
            : [];

    private async Task<Stored<LineageRecord>> FindAsync(HttpRequest request, string name, CancellationToken cancellationToken)
    {
        request.Caller.Demand(name);
        return (ResourceName.IsValid(name) ? await registry.ReadAsync(name, cancellationToken) : null)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no certificate '{name}'.");
    }

    private static IReadOnlyList<string> Visible(HttpRequest request, IEnumerable<TargetRecord> targets) =>
        [.. targets.Select(static target => target.Name).Where(request.Caller.MaySee)];

    /// <summary>The answer of a dry run, or the refusal.</summary>
    private static IResult Judged(HttpRequest request, string? name, CertificateInspection inspection, UploadPlan plan, bool dryRun)
    {
        // The name that has the same leaf is told to those who may see it.
        var findings = plan.Findings.Select(finding => finding.Code != FindingCodes.RecordDuplicate.Code || request.Caller.MaySee(finding.Scope)
            ? finding
            : FindingCodes.RecordDuplicate.At("another", "The same certificate is stored under another name.")).ToList();
        if (dryRun)
            return Answer.Ok(View(name, inspection, plan, findings));
        throw Refused("upload", findings);
    }

    private static ProblemException Refused(string what, IReadOnlyList<Finding> findings)
    {
        var errors = findings.Count(static finding => finding.Severity is Severity.Error);
        return new ProblemException(ProblemCodes.RequestRefused, $"The {what} has {errors} {(errors == 1 ? "fault" : "faults")}.") { Findings = findings };
    }

    private static UploadView View(string? name, CertificateInspection inspection, UploadPlan plan, IReadOnlyList<Finding> findings) => new()
    {
        Accepted = plan.Effect is not UploadEffect.Refused,
        Effect = plan.Effect,
        Name = name,
        Version = plan.Version,
        Fingerprint = inspection.Leaf?.Fingerprint,
        EncryptFingerprint = inspection.Encryption?.Fingerprint,
        Names = inspection.Leaf is { } leaf ? [.. leaf.Names.Select(static subject => subject.Value)] : null,
        NotBefore = inspection.Leaf?.NotBefore,
        NotAfter = inspection.Leaf?.NotAfter,
        Findings = findings,
    };
}
