using Certrelay.Certificates;

namespace Certrelay.Records.Lists;

/// <summary>A target that shall serve a certificate, and the versions of it that it has or is being brought.</summary>
public sealed record UsedTarget(TargetRecord Target, DeployState State, IReadOnlyList<int> Versions);

/// <summary>One private key: the versions that have it, other certificates whose current version does, and the targets that hold it for any of them.</summary>
/// <param name="Spki">SHA-256 of the public key's structure in hexadecimal.</param>
public sealed record KeyUse(string Spki, IReadOnlyList<int> Versions, IReadOnlyList<string> Others, IReadOnlyList<TargetRecord> Targets)
{
    /// <summary>The hosts of the targets' endpoints, each once: how far the key has spread.</summary>
    public IReadOnlyList<string> Hosts { get; } = [.. Targets.SelectMany(static target => target.Endpoints)
        .Select(static endpoint => endpoint.Host).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
}

/// <summary>Where a certificate is used, and how far its private keys have spread.</summary>
public sealed class CertificateUsage(IRecordStore store, CertificateRegistry registry, CertificateIndex index, CertificateList list)
{
    /// <summary>The targets that shall serve a certificate, in the order of their names.</summary>
    public async Task<IReadOnlyList<UsedTarget>> TargetsAsync(LineageRecord lineage, CancellationToken cancellationToken)
    {
        var targets = new List<UsedTarget>();
        foreach (var target in await index.UsersAsync(lineage.Name, cancellationToken))
        {
            var state = (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target.Name), cancellationToken))?.Value;
            VersionId?[] known = [state?.Binding, state?.Desired];
            int[] versions = [.. known.Where(version => version?.Certificate == lineage.Name).Select(static version => version!.Sequence).Distinct().Order()];
            // What nothing was brought to is taken to serve the current one: it may be watched only.
            targets.Add(new UsedTarget(target, TargetFilter.StateOf(target, state), versions is [] ? [lineage.Current] : versions));
        }

        return targets;
    }

    /// <summary>The private keys of a certificate's versions, that of the newest version first.</summary>
    public async Task<IReadOnlyList<KeyUse>> KeysAsync(LineageRecord lineage, IReadOnlyList<UsedTarget> targets, CancellationToken cancellationToken)
    {
        var versions = await registry.VersionsAsync(lineage.Name, cancellationToken)
            .Select(static version => (version.Sequence, CertificateRecord.Parse(version.Leaf).PublicKey.SpkiSha256)).ToListAsync(cancellationToken);
        var keys = new List<KeyUse>();
        foreach (var key in versions.GroupBy(static version => version.SpkiSha256, StringComparer.Ordinal).OrderByDescending(static key => key.Max(static version => version.Sequence)))
        {
            int[] sequences = [.. key.Select(static version => version.Sequence)];
            var others = await list.WithKeyAsync(key.Key, cancellationToken).Where(name => name != lineage.Name).ToListAsync(cancellationToken);
            var holders = targets.Where(target => target.Versions.Intersect(sequences).Any()).Select(static target => target.Target).ToList();
            foreach (var other in others)
                holders.AddRange(await index.UsersAsync(other, cancellationToken));
            keys.Add(new KeyUse(key.Key, sequences, others, holders));
        }

        return keys;
    }
}
