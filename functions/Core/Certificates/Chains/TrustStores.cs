namespace Certrelay.Certificates;

/// <summary>The trust stores that chains are held against, the host's own first.</summary>
public sealed class TrustStores
{
    /// <summary>The name of the host's own store.</summary>
    public const string System = "system";

    private readonly Func<TrustedRoots> _added;

    internal TrustStores(IReadOnlyList<TrustStore> all, Func<TrustedRoots> added) => (All, _added) = (all, added);

    /// <summary>No store at all: nothing is said of trust.</summary>
    public static TrustStores None { get; } = new([], static () => TrustedRoots.None);

    /// <summary>The host's own and those of the settings, which were checked.</summary>
    public static TrustStores Of(TrustOptions options) => new(
        [
            new TrustStore(System, static () => TrustedRoots.System),
            .. options.Stores.OrderBy(static store => store.Key, StringComparer.Ordinal).Select(static store => new TrustStore(store.Key, () => TrustOptions.Read(store.Value))),
        ],
        static () => TrustedRoots.AddedToSystem);

    public IReadOnlyList<TrustStore> All { get; }

    /// <summary>What each store says of a chain as a server sends it (leaf first, without the root) at a moment.</summary>
    public IReadOnlyList<StoreVerdict> Judge(IReadOnlyList<CertificateRecord> path, DateTimeOffset at) => [.. All.Select(store => TrustJudgement.Judge(path, store, at))];

    /// <summary>The certificates of a stored chain as <see cref="Judge(IReadOnlyList{CertificateRecord}, DateTimeOffset)"/> takes them; throws <see cref="FormatException"/> for what is none.</summary>
    public IReadOnlyList<StoreVerdict> Judge(byte[] leaf, IEnumerable<byte[]> chain, DateTimeOffset at) =>
        Judge([.. chain.Prepend(leaf).Select(static der => CertificateRecord.Parse(der))], at);

    /// <summary>True when a root of any store issued the certificate.</summary>
    internal bool Issued(CertificateRecord certificate) => All.Any(store => store.Roots.IssuerOf(certificate) is not null);

    /// <summary>
    /// Whether a chain leads to a root of a public authority: one of the host's own store that the host's owner did not add there. Null when that cannot be known: there is
    /// no such store, or the chain ends before a root could have issued it.
    /// </summary>
    internal bool? IsPublic(CertificateChain chain)
    {
        if (All.FirstOrDefault(static store => store.Name == System)?.Roots is not { IsEmpty: false } system || chain.Leaf.IsSelfSigned())
            return null;
        var roots = chain.Path.SelectMany(system.IssuersOf).ToList();
        if (roots.Count > 0)
            return roots.Exists(root => !_added().Holds(root));
        return chain.Issuers.Count > 0 || chain.Roots.Count > 0 ? false : null;
    }
}
