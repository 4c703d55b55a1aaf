using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Watch.Discovery;

/// <summary>What found certificates are called here, or would be.</summary>
public sealed class LeafNames(CertificateIndex index, CertificateRegistry certificates)
{
    /// <summary>
    /// What each leaf is called and whether it is known; those that the caller may not see are taken for unknown. Of leaves that would have one name the newest
    /// gets it, and the others theirs by their fingerprint.
    /// </summary>
    public async Task<IReadOnlyDictionary<CertificateRecord, (string Name, ProposalState State)>> NameAsync(
        IEnumerable<CertificateRecord> leaves, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var names = new Dictionary<CertificateRecord, (string Name, ProposalState State)>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in leaves.Distinct().OrderByDescending(static leaf => leaf.NotBefore).ThenBy(static leaf => leaf.Fingerprint))
        {
            if (await index.HolderAsync(leaf.Fingerprint, cancellationToken) is { } holder && maySee(holder))
            {
                names[leaf] = (holder, ProposalState.Known);
                continue;
            }

            var name = LineageName.Of(leaf);
            var lineage = await certificates.ReadAsync(name, cancellationToken);
            // Only what is watched itself is renewed by what is found: a certificate with its key here goes on from upload to upload.
            var follows = lineage?.Value is { Leaf: { HasKey: false } current } && current.NotBefore <= leaf.NotBefore && maySee(name);
            if ((lineage is null || follows) && given.Add(name))
                names[leaf] = (name, follows ? ProposalState.NewVersion : ProposalState.New);
            else
                names[leaf] = ($"{TargetNames.Cut(name, TargetNames.Longest - 9)}-{leaf.Fingerprint.Prefix}", ProposalState.New);
        }

        return names;
    }
}
