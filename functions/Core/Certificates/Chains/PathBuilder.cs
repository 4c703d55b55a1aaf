namespace Certrelay.Certificates;

/// <summary>
/// Finds every chain that a server could send, from a leaf up through the certificates at hand (RFC 4158), also such as are not sound: what is wrong with them is told by others.
/// Bounded: names and keys in them are anybody's.
/// </summary>
internal sealed class PathBuilder
{
    // Public chains have up to four certificates and three ways; each bound lies far above.
    private const int LongestPath = 8;
    private const int MostPaths = 16;
    private const int MostSteps = 256;

    private readonly List<CertificateRecord> _authorities;
    private readonly List<CertificateRecord> _roots;
    private readonly TrustStores _stores;
    private readonly List<IReadOnlyList<CertificateRecord>> _paths = [];
    private int _steps;

    private PathBuilder(IEnumerable<CertificateRecord> certificates, TrustStores stores)
    {
        // In an order of their own, so that the result is the same in whatever order they came, also where a bound cuts it.
        List<CertificateRecord> all = [.. certificates.Distinct()];
        all.Sort(static (left, right) => left.Fingerprint.CompareTo(right.Fingerprint));
        (_authorities, _roots, _stores) = ([], [], stores);
        foreach (var one in all)
            (one.IsSelfSigned() ? _roots : _authorities).Add(one);
    }

    /// <summary>Chains without their roots, leaf first. Each ends where a root is known that issued its last certificate, or where nothing leads on.</summary>
    public static IReadOnlyList<IReadOnlyList<CertificateRecord>> Find(CertificateRecord leaf, IEnumerable<CertificateRecord> certificates, TrustStores stores)
    {
        var builder = new PathBuilder(certificates, stores);
        builder.Go([leaf]);
        return builder._paths;
    }

    private void Go(IReadOnlyList<CertificateRecord> path)
    {
        if (_paths.Count >= MostPaths || ++_steps > MostSteps)
            return;
        var last = path[^1];
        // No authority twice: two that signed each other would never end.
        var issuers = last.IsSelfSigned() || path.Count == LongestPath
            ? []
            : _authorities.FindAll(one => !path.Any(member => member.PublicKey.IsSameKeyAs(one.PublicKey) && member.HasSubjectOf(one)) && one.HasIssued(last));
        if (issuers.Count == 0 || _roots.Exists(root => root.HasIssued(last)) || _stores.Issued(last))
            _paths.Add(path);
        foreach (var issuer in issuers)
            Go([.. path, issuer]);
    }
}
