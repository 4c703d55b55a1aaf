using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Tencent;

/// <summary>
/// Brings resources to what they shall have: each look reads them all, starts what has not begun, and is over when nothing is on its way. As it goes by what
/// is there, not by what it did, a crash or a repeated call costs one look.
/// </summary>
/// <param name="readAsync">The resources as they are now, at least those that are wanted where they exist.</param>
internal sealed class TencentBinder(
    TencentApi api, TencentCertificates store, Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyList<TencentResource>>> readAsync, TimeSpan pollAfter)
{
    // A change may be told a little before it is shown.
    private const int LooksUntilShown = 4;

    // Long before, a certificate is everywhere or will not get there.
    private const int LooksUntilGivenUp = 400;

    /// <summary>The state of the named resources, with the leaf of each where the store shows it; what is not there is a refusal.</summary>
    public async Task<TargetReading> ReadAsync(IReadOnlyCollection<string> named, CancellationToken cancellationToken)
    {
        var resources = await readAsync(named, cancellationToken);
        return await ReadAsync(resources, named.Except(resources.Select(static resource => resource.Id)), cancellationToken);
    }

    /// <summary>As above, of resources that have been read.</summary>
    public async Task<TargetReading> ReadAsync(IReadOnlyList<TencentResource> resources, IEnumerable<string> missing, CancellationToken cancellationToken)
    {
        var states = new List<ResourceState>();
        foreach (var resource in resources)
        {
            var leaf = resource.Bound is { } bound ? await store.LeafAsync(bound.Split(',')[0], cancellationToken) : null;
            states.Add(new ResourceState(resource.Id, leaf?.Fingerprint, resource.Restorable && (resource.Bound is null || leaf is not null)) { Bound = resource.Bound });
        }

        var refusals = resources.Where(static resource => resource.Refusal is not null).Select(static resource => FindingCodes.TargetRefused.At(resource.Id, resource.Refusal))
            .Concat(missing.Select(static id => FindingCodes.CloudNotFound.At(id)));
        return new TargetReading(new TargetState(states), [.. refusals], Backup: null);
    }

    /// <summary>Brings a certificate to the named resources, or goes on with it.</summary>
    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, IReadOnlyCollection<string> named, PendingJob? pending, CancellationToken cancellationToken)
    {
        if (pending is not null)
            return await LookAsync(TencentJob.Of(pending), cancellationToken);
        var id = await store.FindOrUploadAsync(certificate, cancellationToken);
        var resources = await readAsync(named, cancellationToken);
        var job = TencentJob.Of(named.Select(name => KeyValuePair.Create(name, id)));
        if (!CertificateRecord.TryParse(certificate.Leaf, out var leaf))
            throw new Permanent(FindingCodes.CloudCertificate.Code, "The leaf cannot be read.");
        foreach (var resource in resources.Where(resource => resource.MergeAsync is not null && job.Wanted.ContainsKey(resource.Id)))
            job.Wanted[resource.Id] = await resource.MergeAsync!(id, leaf, cancellationToken);

        var result = await LookAsync(job, resources, cancellationToken);
        if (job.Refused.Count > 0 && await store.ForgetAsync(certificate, id, cancellationToken))
            throw new Transient(FindingCodes.CloudNotFound.Code, $"The certificate {id} is no longer in the store; it is uploaded again.");
        return result;
    }

    /// <summary>Brings back what a state tells of.</summary>
    /// <param name="isOurs">Whether a resource that is otherwise now may be changed: what somebody else did meanwhile stays.</param>
    public async Task<DeployResult> RestoreAsync(
        TargetState previous, PendingJob? pending, CancellationToken cancellationToken, Func<TencentResource, CancellationToken, Task<bool>>? isOurs = null)
    {
        if (pending is not null)
            return await LookAsync(TencentJob.Of(pending), cancellationToken);
        var resources = await readAsync([.. previous.Resources.Select(static resource => resource.Id)], cancellationToken);
        var job = TencentJob.Of([]);
        foreach (var before in previous.Resources)
        {
            var now = resources.FirstOrDefault(resource => resource.Id == before.Id);
            if (now is not null && (TencentResource.IsSame(now.Bound, before.Bound) || (isOurs is not null && !await isOurs(now, cancellationToken))))
                continue;
            job.Wanted[before.Id] = before.Bound ?? "";
            if (!before.Restorable)
                job.Refuse(before.Id, FindingCodes.TargetRefused.Code, "What was bound before is not in the certificate store and cannot be bound again.");
        }

        return await LookAsync(job, resources, cancellationToken);
    }

    private async Task<DeployResult> LookAsync(TencentJob job, CancellationToken cancellationToken) =>
        await LookAsync(job, await readAsync(job.Wanted.Keys, cancellationToken), cancellationToken);

    private async Task<DeployResult> LookAsync(TencentJob job, IReadOnlyList<TencentResource> resources, CancellationToken cancellationToken)
    {
        var open = false;
        var busy = new HashSet<string>(StringComparer.Ordinal);
        Transient? later = null;
        foreach (var (name, wanted) in job.Wanted.Where(one => !job.Refused.ContainsKey(one.Key)).ToList())
        {
            if (resources.FirstOrDefault(resource => resource.Id == name) is not { } resource)
            {
                job.Refuse(name, FindingCodes.CloudNotFound.Code, FindingCodes.CloudNotFound.Meaning);
                continue;
            }

            try
            {
                if (await IsOverAsync(job, resource, wanted, busy, cancellationToken))
                    continue;
                open = true;
                if (resource.Group.Length > 0)
                    busy.Add(resource.Group);
            }
            catch (Permanent fault) when (fault.Code != FindingCodes.CloudCredentials.Code && fault.Code != FindingCodes.CloudPermission.Code)
            {
                // One refused resource is no reason to leave its neighbours as they are.
                job.Refuse(name, fault.Code, fault.Message);
            }
            catch (Transient fault) when (fault.Code == FindingCodes.CloudBusy.Code)
            {
                later ??= fault;
            }
        }

        if (!open && later is null)
            return job.Over();
        // What has been started must be kept; without that the whole call may be made again.
        return job.Started.Count > 0 || later is null ? job.Pending(job.Looks < 3 ? pollAfter : 2 * pollAfter) : throw later;
    }

    /// <summary>Looks at one resource, and starts its change when it has not begun; false while it is on its way.</summary>
    private async Task<bool> IsOverAsync(TencentJob job, TencentResource resource, string wanted, HashSet<string> busy, CancellationToken cancellationToken)
    {
        if (job.Looks > LooksUntilGivenUp)
            throw new Permanent(FindingCodes.CloudConflict.Code, "The vendor does not finish the change.");
        var (isSame, started) = (TencentResource.IsSame(resource.Bound, wanted), job.Started.TryGetValue(resource.Id, out var task));
        if (started)
        {
            var (running, fault) = task!.Length > 0 && resource.TaskAsync is { } taskAsync ? await taskAsync(task, cancellationToken) : (resource.Settling, resource.Failure);
            if (fault is not null)
                throw new Permanent(FindingCodes.TargetRefused.Code, fault);
            if (!running && isSame)
                return true;
            if (!running && job.Looks > LooksUntilShown)
                throw new Permanent(FindingCodes.CloudConflict.Code, $"Another certificate is bound: {resource.Bound ?? "none"}.");
            return false;
        }

        if (isSame && resource.Failure is null)
            return api.Plans || !resource.Settling;
        if (!api.Plans && (resource.Settling || (resource.Group.Length > 0 && busy.Contains(resource.Group))))
            return false;
        var begun = await resource.BindAsync(wanted, cancellationToken);
        if (api.Plans)
            return true;
        job.Started[resource.Id] = begun;
        return false;
    }
}
