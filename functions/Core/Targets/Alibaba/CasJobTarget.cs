using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>
/// Resources that only the deployment jobs of the certificate store reach: a job is created, started, and followed to its last item. A job is metered, so that
/// none is made for what has the certificate already, nor a second one for what a job has tried.
/// </summary>
/// <param name="product">The store's word for the product: <c>CR</c>, <c>webHosting</c>.</param>
/// <param name="contact">The contact whom the vendor tells about the job; null: the account's first one.</param>
/// <param name="initial">Whether HTTPS may be turned on.</param>
internal sealed class CasJobTarget(AlibabaApi api, CasStore store, string product, IReadOnlyList<string> domains, long? contact, bool initial) : IDeployTarget
{
    private const int Page = 50;
    private const int LooksUntilGivenUp = 400;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PollAfter = TimeSpan.FromSeconds(5);

    /// <param name="Id">The store's own number for it.</param>
    /// <param name="Bound">The number of its certificate; null where HTTPS is off.</param>
    private sealed record Resource(string Domain, string Id, string? Bound);

    /// <summary>What the kinds of this family need.</summary>
    public static CloudKind Cloud(params IReadOnlyList<string> gaps) => new CloudKind(
        CloudVendor.Alibaba, [.. AlibabaActions.Store, .. AlibabaActions.Jobs], "CAS 2020-04-07", new DateOnly(2026, 11, 22),
        "DescribeDeploymentJob to its end, then every item of ListWorkerResource; what is bound is read with ListCloudResources.")
    {
        Check = CasStore.CheckAsync,
        Gaps =
        [
            .. gaps,
            "Accounts of the China site only.",
            "The account needs a contact in the certificate store: add one in its console.",
            "The store knows resources from its own scan: one that was made minutes ago may be missing for a while.",
        ],
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (api.IsInternational)
            return new TargetReading(new TargetState([]), [.. domains.Select(static domain => FindingCodes.TargetByHand.At(domain, "Deployment jobs reach this product on the China site only."))], Backup: null);
        var found = await ResourcesAsync(cancellationToken);
        var states = new List<ResourceState>();
        foreach (var resource in found)
        {
            var known = resource.Bound is null ? null : await store.ShowAsync(resource.Bound, cancellationToken);
            states.Add(new ResourceState(resource.Domain, known?.Fingerprint, known is not null) { Bound = resource.Bound });
        }

        var refusals = Refusals(found).ToList();
        if (await ContactAsync(cancellationToken) is null)
            refusals.Add(FindingCodes.TargetSettings.At(product, NoContact));
        return new TargetReading(new TargetState(states), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await FollowAsync(AlibabaJob.Of(job), cancellationToken);
        var found = await ResourcesAsync(cancellationToken);
        var refusals = Refusals(found).ToList();
        if (refusals.Count == domains.Count)
            throw new Permanent(refusals[0].Code, refusals[0].Message);
        var id = await store.FindOrUploadAsync(certificate, cancellationToken);
        var mine = AlibabaJob.Of(null);
        foreach (var domain in domains)
            mine.Wanted[domain] = id.Number;
        foreach (var refusal in refusals)
            mine.Refuse(refusal.Scope, refusal.Code, refusal.Message);
        return await NextAsync(mine, found, cancellationToken);
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await FollowAsync(AlibabaJob.Of(job), cancellationToken);
        var mine = AlibabaJob.Of(null);
        foreach (var before in previous.Resources)
        {
            mine.Wanted[before.Id] = before.Bound ?? "";
            if (!before.Restorable)
                mine.Refuse(before.Id, FindingCodes.TargetRefused.Code, "What was bound before is not in the certificate store; bind it in the console.");
        }

        return await NextAsync(mine, await ResourcesAsync(cancellationToken), cancellationToken);
    }

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => store.RetireAsync(certificate, cancellationToken);

    private const string NoContact = "contact: the account has none, and every deployment job needs one; add it in the console of the certificate store.";

    private IEnumerable<Finding> Refusals(IReadOnlyList<Resource> found)
    {
        foreach (var domain in domains)
        {
            if (found.FirstOrDefault(resource => resource.Domain == domain) is not { } own)
                yield return FindingCodes.CloudNotFound.At(domain, $"The certificate store knows no {product} resource {domain}; a new one is found by its next scan.");
            else if (own.Bound is null && !initial)
                yield return FindingCodes.TargetUpdateOnly.At(domain);
        }
    }

    private async Task<IReadOnlyList<Resource>> ResourcesAsync(CancellationToken cancellationToken)
    {
        var found = new List<Resource>();
        foreach (var domain in domains)
        {
            var own = await api.CallAsync(
                AlibabaActions.ListCloudResources,
                [new("CloudName", "aliyun"), new("CloudProduct", product), new("Keyword", domain), new("CurrentPage", "1"), new("ShowSize", $"{Page}")],
                answer => answer.List("Data").Where(one => one.Text("Domain") == domain)
                    .Select(one => new Resource(domain, one.Text("Id") ?? "", one.Text("EnableHttps") == "0" || one.Number("CertId") == 0 ? null : one.Text("CertId"))).FirstOrDefault(),
                domain, cancellationToken);
            if (own is not null)
                found.Add(own);
        }

        return found;
    }

    private async Task<string?> ContactAsync(CancellationToken cancellationToken) => contact is { } named ? $"{named}" : await api.CallAsync(
        AlibabaActions.ListContact, [new("CurrentPage", "1"), new("ShowSize", "1")], static answer => answer.List("ContactList").Select(static one => one.Text("ContactId")).FirstOrDefault(),
        product, cancellationToken);

    /// <summary>Makes the next job that is needed, one for each certificate, or is over.</summary>
    private async Task<DeployResult> NextAsync(AlibabaJob job, IReadOnlyList<Resource> found, CancellationToken cancellationToken)
    {
        var missing = job.Wanted
            .Where(one => !job.Refused.ContainsKey(one.Key) && !job.Started.ContainsKey(one.Key) && found.FirstOrDefault(resource => resource.Domain == one.Key)?.Bound != one.Value)
            .ToList();
        if (missing.Count == 0)
            return job.Over();
        var number = missing[0].Value;
        var some = found.Where(resource => missing.Exists(one => one.Key == resource.Domain && one.Value == number)).ToList();
        var names = string.Join(", ", some.Select(static resource => resource.Domain));
        var who = await ContactAsync(cancellationToken) ?? throw new Permanent(FindingCodes.TargetSettings.Code, NoContact);
        job.Id = await api.CallAsync(
            AlibabaActions.CreateDeploymentJob,
            [
                new("Name", $"certrelay-{Guid.NewGuid():N}"[..24]), new("JobType", "user"), new("CertIds", number), new("ResourceIds", string.Join(',', some.Select(static resource => resource.Id))),
                new("ContactIds", who),
            ],
            static answer => answer.Text("JobId") ?? throw CloudAnswer.Unreadable("JobId"), names, cancellationToken,
            write: new CloudWrite($"makes a deployment job of the certificate store for {names} ({product})", some[0].Bound, static () => CloudAnswer.Of(200, """{"JobId":"planned-job"}""")));
        foreach (var resource in some)
            job.Started[resource.Domain] = (job.Look, job.Id);
        if (!api.Plans)
            return job.Pending(FirstPoll);
        await StartAsync(job.Id, names, cancellationToken);
        return job.Over();
    }

    private Task<bool> StartAsync(string job, string names, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.UpdateDeploymentJobStatus, [new("JobId", job), new("Status", "pending")], AlibabaApi.Nothing, names, cancellationToken,
        write: AlibabaApi.Write("starts the job, which uses deployments that were bought", null));

    private async Task<DeployResult> FollowAsync(AlibabaJob job, CancellationToken cancellationToken)
    {
        if (job.Look > LooksUntilGivenUp)
            throw new Permanent(FindingCodes.CloudConflict.Code, $"The vendor does not finish the job {job.Id}.");
        var own = job.Started.Where(one => one.Value.Bound == job.Id).Select(static one => one.Key).ToList();
        switch (await api.CallAsync(AlibabaActions.DescribeDeploymentJob, [new("JobId", job.Id)], static answer => answer.Text("Status"), job.Id, cancellationToken))
        {
            case "editing":
                // A new job does not run by itself.
                await StartAsync(job.Id, string.Join(", ", own), cancellationToken);
                return job.Pending(PollAfter);
            case "success" or "error":
                await JudgeAsync(job, own, cancellationToken);
                return await NextAsync(job, await ResourcesAsync(cancellationToken), cancellationToken);
            default:
                return job.Pending(job.Look < 4 ? PollAfter : 2 * PollAfter);
        }
    }

    /// <summary>A job that succeeded may hold refused items, or none at all.</summary>
    private async Task JudgeAsync(AlibabaJob job, IReadOnlyList<string> own, CancellationToken cancellationToken)
    {
        var matched = await api.CallAsync(
            AlibabaActions.DescribeDeploymentJobStatus, [new("JobId", job.Id)], static answer => answer.Number("MatchWorkerCount"), job.Id, cancellationToken);
        var items = new List<(string? Domain, string? Status)>();
        for (var page = 1; ; page++)
        {
            var some = await api.CallAsync(
                AlibabaActions.ListWorkerResource, [new("JobId", job.Id), new("CurrentPage", $"{page}"), new("ShowSize", $"{Page}")],
                static answer => answer.List("Data").Select(static one => (one.Text("ResourceDomain"), one.Text("Status"))).ToList(), job.Id, cancellationToken);
            items.AddRange(some);
            if (some.Count < Page)
                break;
        }

        foreach (var domain in own)
        {
            var status = items.Find(item => item.Domain == domain).Status;
            if (matched == 0 || status is null)
                job.Refuse(domain, FindingCodes.TargetRefused.Code, $"The job {job.Id} holds no item for it.");
            else if (status != "success")
                job.Refuse(domain, FindingCodes.TargetRefused.Code, $"Its item of the job {job.Id} ended as {VendorWords.Clean(status)}.");
        }
    }
}
