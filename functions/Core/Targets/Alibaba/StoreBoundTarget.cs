using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Alibaba;

/// <summary>
/// Brings resources of a product to the certificates that they shall have: each look reads them all, makes the next call of each that is at rest, and is over
/// when all have what they shall have. As it goes by what is there, not by what it did, a crash or a repeated call costs one look.
/// </summary>
internal sealed class StoreBoundTarget(AlibabaApi api, CasStore store, IAlibabaProduct product) : IDeployTarget
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);

    // Long before, a certificate is everywhere or will not get there.
    private const int LooksUntilGivenUp = 400;

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = await product.ReadAsync(cancellationToken);
        var states = new List<ResourceState>();
        foreach (var resource in resources)
        {
            var leaf = resource.Bound is null ? null : await product.LeafAsync(resource, cancellationToken);
            states.Add(new ResourceState(resource.Id, resource.Shown ?? leaf?.Fingerprint, resource.Bound is null ? resource.CanBeEmpty : leaf is not null) { Bound = resource.Bound });
        }

        return new TargetReading(new TargetState(states), [.. resources.Select(static resource => resource.Refusal).OfType<Finding>(), .. resources.Select(Stranger).OfType<Finding>()], Backup: null);
    }

    /// <summary>Sites have stores of their own: an identifier of another one shows that the account, or the resource, is of the wrong site.</summary>
    private Finding? Stranger(AlibabaResource resource)
    {
        var other = (resource.Bound ?? "").Split(',').Select(static id => id.Split('-', 2))
            .FirstOrDefault(parts => parts is [{ Length: > 0 } number, AlibabaApi.ChinaStore or AlibabaApi.InternationalStore] && number.All(char.IsAsciiDigit) && parts[1] != api.StoreRegion);
        return other is null ? null : FindingCodes.TargetRegion.At(resource.Id, $"The certificate {string.Join('-', other)} is of the store in {other[1]}, the account's is in {api.StoreRegion}.");
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await LookAsync(AlibabaJob.Of(job), cancellationToken);
        var resources = await product.ReadAsync(cancellationToken);
        if (resources is [{ Refusal: { } refusal }, ..] && resources.All(static resource => resource.Refusal is not null))
            throw new Permanent(refusal.Code, refusal.Message);
        var id = await store.FindOrUploadAsync(certificate, cancellationToken);
        var mine = AlibabaJob.Of(null);
        foreach (var resource in resources)
        {
            mine.Wanted[resource.Id] = "";
            if (resource.Refusal is { } own)
                mine.Refuse(resource.Id, own.Code, own.Message);
            else
                mine.Wanted[resource.Id] = await product.WantedAsync(resource, id, certificate, cancellationToken);
        }

        var result = await LookAsync(mine, resources, cancellationToken);
        if (mine.Refused.Count > 0 && await store.ForgetAsync(certificate, id, cancellationToken))
            throw new Transient(FindingCodes.CloudNotFound.Code, $"The certificate {id.Number} is no longer in the store; it is uploaded again.");
        return result;
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await LookAsync(AlibabaJob.Of(job), cancellationToken);
        var resources = await product.ReadAsync(cancellationToken);
        var mine = AlibabaJob.Of(null);
        foreach (var before in previous.Resources)
        {
            if (AlibabaResource.IsSame(resources.FirstOrDefault(resource => resource.Id == before.Id)?.Bound, before.Bound))
                continue;
            mine.Wanted[before.Id] = before.Bound ?? "";
            if (!before.Restorable)
                mine.Refuse(before.Id, FindingCodes.TargetRefused.Code, "What was bound before is in no store that it could be bound from again.");
        }

        return await LookAsync(mine, resources, cancellationToken);
    }

    public async Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken)
    {
        await product.RetireAsync(certificate, cancellationToken);
        await store.RetireAsync(certificate, cancellationToken);
    }

    private async Task<DeployResult> LookAsync(AlibabaJob job, CancellationToken cancellationToken) =>
        await LookAsync(job, await product.ReadAsync(cancellationToken), cancellationToken);

    private async Task<DeployResult> LookAsync(AlibabaJob job, IReadOnlyList<AlibabaResource> resources, CancellationToken cancellationToken)
    {
        var busy = resources.Where(static resource => resource.Settling && resource.Group.Length > 0).Select(static resource => resource.Group).ToHashSet(StringComparer.Ordinal);
        var open = false;
        Transient? later = null;
        foreach (var (name, wanted) in job.Wanted.Where(one => !job.Refused.ContainsKey(one.Key)).ToList())
        {
            try
            {
                var resource = resources.FirstOrDefault(resource => resource.Id == name) ?? throw new Permanent(FindingCodes.CloudNotFound.Code, FindingCodes.CloudNotFound.Meaning);
                open |= !await IsOverAsync(job, resource, wanted, busy, cancellationToken);
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
        // What has been asked for must be kept; a listener that is busy for a while costs no attempt.
        if (later is not null && job.Look > LooksUntilGivenUp)
            throw later;
        // Most changes are told at once, and served a little later.
        return job.Pending(job.Look switch { 0 => FirstPoll, < 3 => product.PollAfter, _ => 2 * product.PollAfter });
    }

    /// <summary>Looks at one resource and makes its next call when it is at rest; false while there is more to come.</summary>
    private async Task<bool> IsOverAsync(AlibabaJob job, AlibabaResource resource, string wanted, HashSet<string> busy, CancellationToken cancellationToken)
    {
        if (job.Look > LooksUntilGivenUp)
            throw new Permanent(FindingCodes.CloudConflict.Code, "The vendor does not finish the change.");
        var isSame = resource.Has(wanted, job.Started.ContainsKey(resource.Id));
        if (isSame && (api.Plans || !resource.Settling))
            return true;
        if (api.Plans)
        {
            foreach (var step in resource.Steps(wanted))
                await step(cancellationToken);
            if (resource.Otherwise is { } inPlan)
                await inPlan(wanted, cancellationToken);
            return true;
        }

        if (isSame || resource.Settling || busy.Contains(resource.Group))
            return false;
        if (job.Started.TryGetValue(resource.Id, out var asked) && AlibabaResource.IsSame(asked.Bound, resource.Bound))
        {
            // Asked for, and nothing has moved since.
            if (job.Runs.TryGetValue(resource.Id, out var run))
            {
                var state = await product.JobAsync(run, cancellationToken);
                if (state.Fault is { } fault)
                {
                    job.Forget(resource.Id);
                    throw fault;
                }

                if (!state.IsOver)
                    return false;
            }

            if (job.Look - asked.Look < resource.LooksUntilShown)
                return false;
            if (resource.Otherwise is not { } otherwise || !job.Detoured.Add(resource.Id))
                throw new Permanent(FindingCodes.CloudConflict.Code, $"The vendor took the change, but another certificate is bound: {resource.Bound ?? "none"}.");
            await otherwise(wanted, cancellationToken);
            job.Start(resource, run: null);
            return false;
        }

        job.Start(resource, await resource.Steps(wanted)[0](cancellationToken));
        if (resource.Group.Length > 0)
            busy.Add(resource.Group);
        return false;
    }
}
