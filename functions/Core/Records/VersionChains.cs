using System.Security.Cryptography;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>A chain that a version can be served with.</summary>
/// <param name="Id">Names it in a download: 8 hexadecimal digits of the SHA-256 of its intermediates.</param>
/// <param name="Certificates">The intermediates, issuer of the leaf first.</param>
/// <param name="Stores">The trust stores that accept it.</param>
/// <param name="Chosen">True for the one that servers are given.</param>
public sealed record VersionChain(string Id, IReadOnlyList<string> Certificates, IReadOnlyList<string> Stores, bool Chosen)
{
    internal IReadOnlyList<byte[]> Ders { get; init; } = [];
}

/// <summary>What the trust stores say of stored versions, and which other chains can be made of what came with them.</summary>
public sealed class VersionChains(TrustStores stores)
{
    /// <summary>What each store says of the version's chain at a moment.</summary>
    public IReadOnlyList<StoreVerdict> Judge(VersionRecord version, DateTimeOffset at) => stores.Judge(version.Leaf, version.Chain, at);

    /// <summary>The version's own chain, then the others that lead to a root that is known, the best first.</summary>
    public IReadOnlyList<VersionChain> All(VersionRecord version, DateTimeOffset at)
    {
        var leaf = CertificateRecord.Parse(version.Leaf);
        var own = Describe([leaf, .. version.Chain.Select(static der => CertificateRecord.Parse(der))], Judge(version, at), chosen: true);
        if (version.Alternates.Count == 0)
            return [own];
        CertificateRecord[] came = [leaf, .. version.Chain.Concat(version.Alternates).Concat(version.Root is { } root ? [root] : []).Select(static der => CertificateRecord.Parse(der))];
        return
        [
            own,
            .. ChainChoice.Rank(leaf, came, [], stores, at)
                .Where(option => option.Accepting > 0 || came.Any(one => one.IsSelfSigned() && one.HasIssued(option.Path[^1])))
                .Select(static option => Describe(option.Path, option.Verdicts, chosen: false))
                .Where(other => other.Id != own.Id),
        ];
    }

    /// <summary>The version with another of its chains; null when there is none of that id.</summary>
    public VersionRecord? With(VersionRecord version, string id, DateTimeOffset at) =>
        All(version, at).FirstOrDefault(chain => chain.Id == id) is { } chosen ? version with { Chain = chosen.Ders } : null;

    /// <summary>Names a chain by its intermediates.</summary>
    public static string IdOf(IEnumerable<byte[]> chain)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var der in chain)
            hash.AppendData(der);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    private static VersionChain Describe(IReadOnlyList<CertificateRecord> path, IReadOnlyList<StoreVerdict> verdicts, bool chosen)
    {
        byte[][] ders = [.. path.Skip(1).Select(static one => one.Der.ToArray())];
        return new VersionChain(IdOf(ders), [.. path.Skip(1).Select(static one => one.Label)], [.. verdicts.Where(static one => one.Accepted).Select(static one => one.Store)], chosen)
        {
            Ders = ders,
        };
    }
}
