namespace Certrelay.Certificates;

/// <summary>How the certificates of an upload hang together.</summary>
/// <param name="Leaf">The server's certificate.</param>
/// <param name="Issuers">Issuer of the leaf first, each having signed the one before, without the root.</param>
/// <param name="Roots">Self-signed authorities above the chain.</param>
/// <param name="Alternates">Other certificates of authorities in or above the chain: cross-signed ones.</param>
/// <param name="Strangers">What belongs to no part of the chain.</param>
internal sealed record CertificateChain(
    CertificateRecord Leaf,
    IReadOnlyList<CertificateRecord> Issuers,
    IReadOnlyList<CertificateRecord> Roots,
    IReadOnlyList<CertificateRecord> Alternates,
    IReadOnlyList<CertificateRecord> Strangers)
{
    /// <summary>The leaf and its issuers.</summary>
    public IReadOnlyList<CertificateRecord> Path { get; } = [Leaf, .. Issuers];

    /// <summary>The root that signed the uppermost of the path; null when it did not come.</summary>
    public CertificateRecord? Root => Roots.FirstOrDefault(root => root.HasIssued(Path[^1]));

    /// <summary>Builds the chain from signatures, not from the order in which the certificates came.</summary>
    public static CertificateChain Build(CertificateRecord leaf, IReadOnlyList<CertificateRecord> certificates, DateTimeOffset now)
    {
        var path = new List<CertificateRecord> { leaf };
        while (FindIssuer(path, certificates, now) is { } issuer)
            path.Add(issuer);
        return Around(path, certificates);
    }

    /// <summary>Sorts the certificates by what they are to a path that was chosen: leaf first, each issued by the next.</summary>
    public static CertificateChain Around(IReadOnlyList<CertificateRecord> path, IReadOnlyList<CertificateRecord> certificates)
    {
        var leaf = path[0];
        var known = new List<CertificateRecord>(path);
        var rest = certificates.Except(path).ToList();
        // What issued a member, or is another certificate of a member's key, is known too; and so on upwards.
        for (var i = 0; i < known.Count; i++)
        {
            var member = known[i];
            if (rest.Count == 0)
                break;
            var found = rest.FindAll(one => IsSameAuthority(one, member) || one.HasIssued(member));
            known.AddRange(found);
            rest.RemoveAll(found.Contains);
        }

        var roots = known.FindAll(one => one != leaf && one.IsSelfSigned());
        // What was found beside the path stands behind it.
        return new(leaf, [.. path.Skip(1).Where(one => !roots.Contains(one))], roots, known[path.Count..].FindAll(one => !roots.Contains(one)), rest);
    }

    private static CertificateRecord? FindIssuer(List<CertificateRecord> path, IReadOnlyList<CertificateRecord> certificates, DateTimeOffset now)
    {
        var last = path[^1];
        if (last.IsSelfSigned())
            return null;
        // Among cross-signed certificates of one authority: one in force, one whose own issuer came along, one that is no root (clients that know
        // the root need nothing, others need the way round it), the one that lasts longest.
        return certificates
            .Where(one => !path.Contains(one) && one.IsNamedIssuerOf(last))
            .OrderBy(one => one.NotAfter < now || one.NotBefore > now)
            .ThenBy(one => one.IsSelfIssued || !certificates.Any(other => other != one && other.IsNamedIssuerOf(one)))
            .ThenBy(static one => one.IsSelfIssued)
            .ThenByDescending(one => one.Extensions.SubjectKeyId == last.Extensions.AuthorityKeyId)
            .ThenByDescending(static one => one.NotAfter)
            .ThenBy(static one => one.Fingerprint.Hex, StringComparer.Ordinal)
            .FirstOrDefault(one => one.HasIssued(last));
    }

    private static bool IsSameAuthority(CertificateRecord one, CertificateRecord member) =>
        one.IsCa && member.IsCa && one.PublicKey.IsSameKeyAs(member.PublicKey) && one.HasSubjectOf(member);
}
