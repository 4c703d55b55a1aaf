using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>A domain whose product holds certificate and key itself.</summary>
/// <param name="Leaf">What is bound; null where nothing is.</param>
/// <param name="Own">The whole of it, where the product gives its key back.</param>
/// <param name="WriteAsync">Puts other material there.</param>
internal sealed record InlineDomain(string Id, Fingerprint? Leaf, CertificateMaterial? Own, Func<CertificateMaterial, CancellationToken, Task> WriteAsync)
{
    public string? Name { get; init; }

    /// <summary>Why the target would not take a write; null when it would.</summary>
    public Finding? Refusal { get; init; }

    public static InlineDomain Unfit(string id, FindingCode code, string why) => new(id, null, null, (_, _) => throw new Permanent(code.Code, why)) { Refusal = code.At(id, why) };
}

/// <summary>Domains of a product that takes certificate and key as PEM, and no id of the store: one call each, and a backup of what was there.</summary>
/// <param name="domains">The domains that the settings name.</param>
/// <param name="nameOf">The name that the product takes, made of one of our upload's.</param>
internal sealed class InlineTarget(IReadOnlyList<string> domains, Func<string, CancellationToken, Task<InlineDomain>> readAsync, Func<string, string> nameOf) : IDeployTarget
{
    private const int LongestName = 64;

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var all = new List<InlineDomain>();
        try
        {
            foreach (var domain in domains)
                all.Add(await ReadOneAsync(domain, cancellationToken));
            return new TargetReading(
                new TargetState([.. all.Select(static one => new ResourceState(one.Id, one.Leaf, one.Own is not null) { Bound = one.Name })]),
                [.. all.Select(static one => one.Refusal).OfType<Finding>()],
                CertificateMaterial.Backup([.. all.Where(static one => one.Own is not null).Select(static one => (one.Id, one.Own!))]));
        }
        finally
        {
            all.ForEach(static one => one.Own?.Dispose());
        }
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        using var material = CertificateMaterial.Of(nameOf(CloudUploads.NameOf(certificate.Certificate, certificate.Fingerprint, LongestName)), certificate);
        return await EachAsync(domains, async domain =>
        {
            var now = await ReadOneAsync(domain, cancellationToken);
            using (now.Own)
            {
                if (now.Leaf != certificate.Fingerprint || now.Refusal is not null)
                    await now.WriteAsync(material, cancellationToken);
            }
        });
    }

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        EachAsync([.. previous.Resources.Select(static before => before.Id)], async domain =>
        {
            var now = await ReadOneAsync(domain, cancellationToken);
            using (now.Own)
            {
                if (now.Leaf == previous.Resources.First(before => before.Id == domain).Fingerprint)
                    return;
                using var material = CertificateMaterial.Read(backup, domain)
                    ?? throw new Permanent(FindingCodes.TargetRefused.Code, "The product did not give the key of what was bound before; bind it in the console.");
                await now.WriteAsync(material, cancellationToken);
            }
        });

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<InlineDomain> ReadOneAsync(string domain, CancellationToken cancellationToken)
    {
        try
        {
            return await readAsync(domain, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return InlineDomain.Unfit(domain, FindingCodes.CloudNotFound, fault.Message);
        }
    }

    /// <summary>One refused domain never stops its neighbours, and one that is being changed comes last.</summary>
    private static async Task<DeployResult> EachAsync(IReadOnlyList<string> domains, Func<string, Task> move)
    {
        var outcomes = new List<ResourceOutcome>();
        Transient? busy = null;
        foreach (var domain in domains)
        {
            try
            {
                await move(domain);
                outcomes.Add(new ResourceOutcome(domain, Succeeded: true));
            }
            catch (Permanent fault) when (domains.Count > 1 && fault.Code != FindingCodes.CloudCredentials.Code && fault.Code != FindingCodes.CloudPermission.Code)
            {
                outcomes.Add(new ResourceOutcome(domain, Succeeded: false, fault.Code, fault.Message));
            }
            catch (Transient fault) when (fault.Code == FindingCodes.CloudBusy.Code)
            {
                busy = fault;
            }
        }

        // Whoever comes back for it finds the others done.
        return busy is null ? DeployResult.Of(outcomes) : throw busy;
    }
}
