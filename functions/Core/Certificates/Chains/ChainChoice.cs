namespace Certrelay.Certificates;

/// <summary>A chain that a server could send.</summary>
/// <param name="Path">Leaf first, without the root.</param>
/// <param name="Verdicts">What each store says of it.</param>
internal sealed record ChainOption(IReadOnlyList<CertificateRecord> Path, IReadOnlyList<StoreVerdict> Verdicts)
{
    public int Accepting { get; } = Verdicts.Count(static verdict => verdict.Accepted);
}

/// <summary>Chooses among the chains that can be made: the one that most trust stores accept.</summary>
internal static class ChainChoice
{
    /// <summary>
    /// The chain of a leaf. With <paramref name="known"/>, certificates that did not come with it may complete it; without stores and known ones it is
    /// <see cref="CertificateChain.Build"/>.
    /// </summary>
    public static CertificateChain Choose(
        CertificateRecord leaf, IReadOnlyList<CertificateRecord> came, IReadOnlyList<CertificateRecord> known, TrustStores stores, DateTimeOffset now)
    {
        if (stores.All.Count == 0 && known.Count == 0)
            return CertificateChain.Build(leaf, came, now);
        // One way up is the usual case, and then there is nothing to judge.
        var paths = PathBuilder.Find(leaf, came.Concat(known), stores);
        var path = paths.Count is 1 ? paths[0] : Rank(leaf, came, known, stores, now)[0].Path;
        return CertificateChain.Around(path, path.All(came.Contains) ? came : [.. came.Concat(path).Distinct()]);
    }

    /// <summary>
    /// Every chain, the best first: accepted by the most stores, then of what came alone, then the one that would be built without stores, because the authority supplied
    /// it; the rest by what is left to tell them apart.
    /// </summary>
    public static IReadOnlyList<ChainOption> Rank(
        CertificateRecord leaf, IReadOnlyList<CertificateRecord> came, IReadOnlyList<CertificateRecord> known, TrustStores stores, DateTimeOffset now)
    {
        var plain = CertificateChain.Build(leaf, came, now).Path;
        return
        [
            .. PathBuilder.Find(leaf, came.Concat(known), stores)
                .Select(path => new ChainOption(path, stores.Judge(path, now)))
                .OrderByDescending(static option => option.Accepting)
                .ThenByDescending(option => option.Path.All(one => one == leaf || came.Contains(one)))
                .ThenByDescending(option => option.Path.SequenceEqual(plain))
                .ThenByDescending(option => option.Path.All(one => one.NotBefore <= now && one.NotAfter >= now))
                .ThenBy(static option => option.Path.Count)
                .ThenBy(static option => string.Join(' ', option.Path.Select(static one => one.Fingerprint.Hex)), StringComparer.Ordinal),
        ];
    }
}
