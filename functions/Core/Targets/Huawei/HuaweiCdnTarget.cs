using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>Settings of the kind <c>huawei-cdn</c>.</summary>
public sealed record HuaweiCdnSettings : ICloudSettings, IValidatableObject
{
    [Description("The name of a Huawei Cloud account.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The domains, as CDN lists them; none when all that the certificate covers are followed.")]
    [MaxLength(100)]
    public IReadOnlyList<string> Domains { get; init; } = [];

    [Description("listed: the domains above. covered: every domain of the account that the certificate covers.")]
    public DomainMatch Match { get; init; }

    [Description("The id of the enterprise project of the domains, which an IAM user must name where enterprise projects are in use.")]
    [MinLength(1)]
    public string? EnterpriseProject { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, Match);
}

/// <summary>Puts the certificate into the account's certificate store, then binds it to CDN domains, each by its own configuration.</summary>
internal sealed class HuaweiCdnTarget(HuaweiCdnSettings settings, HuaweiApi api, IReadOnlyList<string> names) : IDeployTarget
{
    private const string Sent = "sent";
    private const string Kept = "kept";
    private const string Restore = "restore";

    private readonly CdnDomains _domains = new(api, settings.EnterpriseProject);
    private readonly ScmStore _store = new(api);

    public static TargetKind Kind { get; } = TargetKind.Of<HuaweiCdnSettings>(
        "huawei-cdn",
        "Huawei Cloud CDN domains",
        TimeSpan.FromMinutes(30),
        static (settings, context) => new HuaweiCdnTarget(settings, HuaweiApi.Of(context), context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Huawei,
            [.. HuaweiActions.Ids, .. ScmStore.Actions, HuaweiActions.CdnList, HuaweiActions.CdnShow, HuaweiActions.CdnCertificates, HuaweiActions.CdnUpdate],
            "CDN v1.0 and v1.1, SCM v3, IAM v3",
            new DateOnly(2026, 11, 22),
            "Each domain is polled until it is no longer configuring, then its configuration is read back.")
        {
            Survey = new CloudSurvey([.. HuaweiActions.Ids, HuaweiActions.CdnList, HuaweiActions.CdnShow], static (context, _, cancellationToken) => FindAsync(HuaweiApi.Of(context), cancellationToken)),
            Check = static (session, cancellationToken) => new CdnDomains(new HuaweiApi(session), null).CheckAsync(cancellationToken),
            Gaps =
            [
                "CDN must have been allowed to read the certificate store once, in its console (SCM delegation).",
                "A certificate that was uploaded to CDN itself is brought back only where CDN gives its key: else import it into the certificate store and bind it from there first.",
                "Dual certificates (RSA and ECDSA at once) and SM2: bind them in the console.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var domains = await DomainsAsync(names, cancellationToken);
        var resources = new List<ResourceState>();
        var kept = new List<CdnOwnCertificate>();
        try
        {
            foreach (var domain in domains)
            {
                var https = await _domains.ShowAsync(domain, cancellationToken);
                var isOwn = https.IsOn && https.StoreId is null;
                if (isOwn && await _domains.OwnCertificateAsync(domain, cancellationToken) is { IsWhole: true } own)
                    kept.Add(own);
                resources.Add(new ResourceState(domain, https.Leaf, Restorable: !isOwn || kept is [.., var last] && last.DomainName == domain) { Bound = https.StoreId });
            }

            return new TargetReading(new TargetState(resources), [.. Refusals(domains)], CdnBackup.Of(kept));
        }
        finally
        {
            kept.ForEach(static one => one.Dispose());
        }
    }

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) =>
        job is null ? BindAsync(certificate, cancellationToken) : PollAsync(job, cancellationToken);

    /// <summary>
    /// Binds each domain to the certificate of the store that it had, uploads what CDN itself held, or turns HTTPS off again where it was off; its job is
    /// polled as a deployment's.
    /// </summary>
    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await PollAsync(job, cancellationToken);
        var kept = CdnBackup.Read(backup);
        try
        {
            return await RestoreEachAsync(previous, kept, cancellationToken);
        }
        finally
        {
            foreach (var one in kept)
                one.Dispose();
        }
    }

    private static async IAsyncEnumerable<FoundBinding> FindAsync(HuaweiApi api, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var domains = new CdnDomains(api, enterpriseProject: null);
        await foreach (var domain in domains.OnlineAsync(cancellationToken))
        {
            if (await domains.ShowAsync(domain, cancellationToken) is { IsOn: true } https)
                yield return new FoundBinding(domain, new HuaweiCdnSettings { Account = api.Account, Domains = [domain] }, https.StoreId, https.Certificate) { Name = domain };
        }
    }

    private Task<DeployResult> RestoreEachAsync(TargetState previous, IReadOnlyList<CdnOwnCertificate> kept, CancellationToken cancellationToken) =>
        WriteEachAsync(Restore, previous.Resources.Select(static resource => resource.Id), async domain =>
        {
            var before = previous.Resources.First(resource => resource.Id == domain);
            var https = await _domains.ShowAsync(domain, cancellationToken);
            if (https.StoreId == before.Bound && https.Leaf == before.Fingerprint)
                return false;
            if (kept.FirstOrDefault(one => one.DomainName == domain) is { } own)
                await _domains.WriteOwnAsync(domain, https, own, cancellationToken);
            else if (before.Bound is { } id)
                await _domains.WriteAsync(domain, https.With(id, NameOf(id)), $"Bind {domain} to {id} again.", https.StoreId, cancellationToken);
            else if (before is { Restorable: true, Fingerprint: null })
                await _domains.WriteAsync(domain, new CdnHttps { HttpsStatus = "off" }, $"Turn HTTPS of {domain} off again.", https.StoreId, cancellationToken);
            else
                throw new Permanent(FindingCodes.TargetRefused.Code, $"The certificate of {domain} was uploaded to CDN itself, which did not give its key.");
            return true;
        });

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Uploads.RetireAsync(_store, certificate, cancellationToken);

    private async Task<DeployResult> BindAsync(CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var domains = await DomainsAsync([.. CertificateRecord.Parse(certificate.Leaf).Names.Select(static name => name.Value)], cancellationToken);
        var id = await api.UploadAsync(_store, certificate, upload => _store.ShowAsync(upload, cancellationToken), cancellationToken);
        return await WriteEachAsync(id, domains, async domain =>
        {
            var https = await _domains.ShowAsync(domain, cancellationToken);
            if (https.Leaf == certificate.Fingerprint)
                return false;
            var what = https.IsOn ? $"Bind {domain} to {id}." : $"Turn HTTPS of {domain} on with {id}.";
            await _domains.WriteAsync(domain, https.With(id, NameOf(id)), what, https.StoreId, cancellationToken);
            return true;
        });
    }

    /// <summary>Writes what is to be written; one refused domain never stops its neighbours, and one that is being changed comes last.</summary>
    private async Task<DeployResult> WriteEachAsync(string jobId, IEnumerable<string> domains, Func<string, Task<bool>> write)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        Transient? busy = null;
        foreach (var domain in domains)
        {
            try
            {
                states[domain] = await write(domain) ? Sent : Kept;
            }
            catch (Transient fault) when (fault.Code == FindingCodes.CloudBusy.Code)
            {
                busy = fault;
            }
            catch (Permanent fault) when (fault.Code != FindingCodes.CloudCredentials.Code)
            {
                states[domain] = $"{fault.Code} {fault.Message}";
            }
        }

        // Whoever comes back for it finds the others done.
        if (busy is not null)
            throw busy;
        return api.Plans || !states.ContainsValue(Sent)
            ? DeployResult.Of([.. states.Select(static state => Outcome(state.Key, state.Value))])
            : DeployResult.Of(new PendingJob(jobId, states), TimeSpan.FromSeconds(5));
    }

    private async Task<DeployResult> PollAsync(PendingJob job, CancellationToken cancellationToken)
    {
        var outcomes = new List<ResourceOutcome>();
        foreach (var (domain, state) in job.Details)
        {
            if (state == Sent && !await _domains.IsSettledAsync(domain, cancellationToken))
                return DeployResult.Of(job, TimeSpan.FromSeconds(15));
            var isOther = state == Sent && job.Id != Restore && (await _domains.ShowAsync(domain, cancellationToken)).StoreId != job.Id;
            outcomes.Add(isOther
                ? new ResourceOutcome(domain, Succeeded: false, FindingCodes.CloudConflict.Code, $"Behind the write it is bound to something else than {job.Id}.")
                : Outcome(domain, state));
        }

        return DeployResult.Of(outcomes);
    }

    private static ResourceOutcome Outcome(string domain, string state) => state is Sent or Kept
        ? new ResourceOutcome(domain, Succeeded: true)
        : new ResourceOutcome(domain, Succeeded: false, state.Split(' ')[0], state[(state.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    private Task<IReadOnlyList<string>> DomainsAsync(IReadOnlyList<string> covering, CancellationToken cancellationToken) =>
        settings.Match == DomainMatch.Listed ? Task.FromResult(settings.Domains) : _domains.CoveredAsync(covering, cancellationToken);

    private IEnumerable<Finding> Refusals(IReadOnlyList<string> domains)
    {
        if (domains.Count == 0)
            yield return FindingCodes.TargetNotCovered.At(settings.Account, "The certificate covers no domain of the account.");
        if (names.Count == 0)
            yield break;
        foreach (var domain in domains.Where(domain => !SubjectName.AnyServes(names, domain)))
            yield return FindingCodes.TargetNotCovered.At(domain, $"The certificate covers {string.Join(", ", names)}, not {domain}.");
    }

    // CDN wants a name beside the id, 3 to 64 characters.
    private static string NameOf(string id) => $"certrelay-{id}";
}
