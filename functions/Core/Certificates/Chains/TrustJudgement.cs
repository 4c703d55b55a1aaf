namespace Certrelay.Certificates;

/// <summary>Validates chains up to the roots of a store (RFC 5280 section 6.1, for a TLS server).</summary>
internal static class TrustJudgement
{
    /// <summary>
    /// Clients leave out what a server sends beyond the certificate that one of their roots issued, so each beginning of the chain is tried, the shortest first. What was
    /// wrong with the first one counts where none is sound.
    /// </summary>
    public static StoreVerdict Judge(IReadOnlyList<CertificateRecord> path, TrustStore store, DateTimeOffset at)
    {
        string? why = null;
        for (var length = 1; length <= path.Count; length++)
        {
            foreach (var root in store.Roots.IssuersOf(path[length - 1]))
            {
                var fault = FaultOf([.. path.Take(length)], root, at);
                if (fault is null)
                    return new StoreVerdict(store.Name, Accepted: true, root.Label, Why: null);
                why ??= fault;
            }
        }

        return new StoreVerdict(store.Name, Accepted: false, Root: null, why ?? (store.Roots.IsEmpty ? "This store holds no root." : "No root of this store issued a certificate of the chain."));
    }

    private static string? FaultOf(IReadOnlyList<CertificateRecord> path, CertificateRecord root, DateTimeOffset at)
    {
        var leaf = path[0];
        foreach (var certificate in path.Append(root))
        {
            if (certificate.NotAfter < at)
                return $"{certificate.Label} expired at {certificate.NotAfter:u}.";
            if (certificate.NotBefore > at)
                return $"{certificate.Label} is not valid before {certificate.NotBefore:u}.";
        }

        foreach (var certificate in path)
        {
            if (certificate.SignatureAlgorithm.IsWeak && certificate != root)
                return $"{certificate.Label} is signed with {certificate.SignatureAlgorithm.Name}.";
        }

        if (!LeafRules.ServesTls(leaf))
            return FindingCodes.LeafNoServerAuth.Meaning;
        if (leaf.Extensions.UnknownCritical is [var oid, ..])
            return $"{leaf.Label} has a critical extension that is not known here: {oid}.";
        var chain = new CertificateChain(leaf, [.. path.Skip(1)], leaf == root ? [] : [root], [], []);
        return ChainRules.JudgeLinks(chain).FirstOrDefault(static finding => finding.Severity is Severity.Error)?.Message;
    }
}
