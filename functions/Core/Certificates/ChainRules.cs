namespace Certrelay.Certificates;

/// <summary>What is wrong with the certificates above the leaf.</summary>
internal static class ChainRules
{
    public static IEnumerable<Finding> Judge(CertificateChain chain, IReadOnlyList<CertificateRecord> asSent, DateTimeOffset now)
    {
        foreach (var issuer in chain.Issuers)
        {
            foreach (var finding in JudgeIssuer(issuer, now))
                yield return finding;
        }
        foreach (var finding in JudgeLinks(chain))
            yield return finding;
        foreach (var stranger in chain.Strangers)
            yield return FindingCodes.ChainBroken.At(stranger.Label, Explain(stranger, chain));
        if (JudgeCompleteness(chain) is { } incomplete)
            yield return incomplete;
        var came = chain.Path.Where(asSent.Contains).ToList();
        foreach (var added in chain.Path.Except(came))
            yield return FindingCodes.ChainCompleted.At(added.Label, $"{added.Label} did not come along and was added to the chain.");
        if (!came.SequenceEqual(asSent.Where(came.Contains)))
            yield return FindingCodes.ChainOrder.At(chain.Leaf.Label);
        foreach (var root in chain.Roots)
            yield return FindingCodes.ChainHasRoot.At(root.Label);
        foreach (var alternate in chain.Alternates)
            yield return FindingCodes.ChainAlternate.At(alternate.Label);
    }

    private static IEnumerable<Finding> JudgeIssuer(CertificateRecord issuer, DateTimeOffset now)
    {
        if (issuer.NotAfter < now)
            yield return FindingCodes.ChainExpired.At(issuer.Label, $"{issuer.Label} expired at {issuer.NotAfter:u}.");
        if (issuer.NotBefore > now)
            yield return FindingCodes.ChainNotYetValid.At(issuer.Label, $"{issuer.Label} is not valid before {issuer.NotBefore:u}.");
        if (KeyRules.Judge(issuer.PublicKey, issuer.Label) is { } key)
            yield return key;
        if (issuer.SignatureAlgorithm.IsWeak)
            yield return FindingCodes.ChainWeakSignature.At(issuer.Label, $"{issuer.Label} is signed with {issuer.SignatureAlgorithm.Name}.");
    }

    /// <summary>Signatures that cannot be checked, and issuers that may not issue.</summary>
    public static IEnumerable<Finding> JudgeLinks(CertificateChain chain)
    {
        foreach (var certificate in chain.Path)
        {
            // Where the certificate's own key is of an unknown kind, that is said already and a signature of the same kind adds nothing.
            if (!KeyRules.CanVerify(certificate.PublicKey))
                continue;
            if (certificate.SignatureAlgorithm is { CanVerify: false, IsWeak: false })
                yield return FindingCodes.ChainUnverified.At(
                    certificate.Label, $"{certificate.Label} is signed with {certificate.SignatureAlgorithm.Name}, which cannot be checked here.");
            else if (chain.Roots.FirstOrDefault(root => !KeyRules.CanVerify(root.PublicKey) && root.IsNamedIssuerOf(certificate)) is { } root)
                yield return FindingCodes.ChainUnverified.At(
                    certificate.Label, $"{certificate.Label} is signed by {root.Label} with a key that cannot be checked here: {root.PublicKey.Name}.");
        }
        for (var i = 0; i < chain.Issuers.Count; i++)
        {
            var issuer = chain.Issuers[i];
            var below = chain.Issuers.Take(i).Count(static one => !one.IsSelfIssued);
            if (!issuer.IsCa)
                yield return FindingCodes.ChainBroken.At(issuer.Label, $"{issuer.Label} signed {chain.Path[i].Label} but is no certification authority.");
            else if (issuer.Extensions.KeyUsages is { } usages && !usages.HasFlag(KeyUsages.CertificateSigning))
                yield return FindingCodes.ChainBroken.At(issuer.Label, $"{issuer.Label} signed {chain.Path[i].Label} but its key usage does not allow it to.");
            else if (issuer.Extensions.PathLength is { } most && below > most)
                yield return FindingCodes.ChainBroken.At(issuer.Label, $"{issuer.Label} allows {most} intermediates below, and there are {below}.");
            if (!LeafRules.ServesTls(issuer))
                yield return FindingCodes.ChainPurpose.At(issuer.Label, $"{issuer.Label} is limited to other purposes than TLS servers.");
            else if (!LeafRules.NamesTls(issuer))
                yield return FindingCodes.ChainPurpose.At(issuer.Label, $"{issuer.Label} is for any purpose and does not name TLS servers, so that OpenSSL and .NET refuse what it issued.", Severity.Warning);
            foreach (var oid in issuer.Extensions.UnknownCritical)
                yield return FindingCodes.ChainCritical.At(issuer.Label, $"{issuer.Label} has a critical extension that is not known here: {oid}.");
        }

        foreach (var finding in JudgeNames(chain))
            yield return finding;
        if (PolicyRules.FaultOf(chain.Path) is var (faulty, why))
            yield return FindingCodes.ChainPolicy.At(faulty.Label, why);
    }

    /// <summary>Names below an authority that it may not issue for (RFC 5280 section 6.1.3 b and c); self-issued intermediates are left out there.</summary>
    private static IEnumerable<Finding> JudgeNames(CertificateChain chain)
    {
        IReadOnlyList<CertificateRecord> authorities = chain.Root is { } root ? [.. chain.Issuers, root] : chain.Issuers;
        foreach (var (index, authority) in authorities.Index().Where(static one => one.Item.Extensions.NameConstraints is not null))
        {
            foreach (var below in chain.Path.Take(index + 1).Where(one => one == chain.Leaf || !one.IsSelfIssued))
            {
                if (authority.Extensions.NameConstraints!.Violated(below) is { } name)
                    yield return FindingCodes.ChainNames.At(below.Label, $"{authority.Label} may not have certificates issued for {name}, which {below.Label} names.");
            }
        }
    }

    private static string Explain(CertificateRecord stranger, CertificateChain chain)
    {
        var child = chain.Path.FirstOrDefault(one => stranger.IsNamedIssuerOf(one));
        return child is null
            ? $"{stranger.Label} issued no certificate of this chain, and nothing in the input connects it."
            : $"{stranger.Label} bears the name of the issuer of {child.Label} but did not sign it.";
    }

    /// <summary>
    /// A chain is sent without its root, so a missing last issuer is the usual case. It is a fault where it can be known: the leaf came alone.
    /// A leaf with a caIssuers URL comes from a public authority, and those issue from intermediates only (Baseline Requirements section 6.1.7);
    /// a leaf without one may come straight from a private root, which gives a warning.
    /// </summary>
    private static Finding? JudgeCompleteness(CertificateChain chain)
    {
        var leaf = chain.Leaf;
        var issuerCame = chain.Issuers.Count > 0 || chain.Roots.Count > 0 || chain.Strangers.Any(one => one.IsNamedIssuerOf(leaf));
        if (issuerCame || leaf.IsSelfSigned())
            return null;
        var issuer = Shorten(leaf.Issuer);
        return leaf.Extensions.IssuerUrls is [var url, ..]
            ? FindingCodes.ChainIncomplete.At(leaf.Label, $"The certificate came alone; its issuer {issuer} is to be had at {Shorten(url)}.")
            : FindingCodes.ChainIncomplete.At(
                leaf.Label, $"The certificate came alone; clients can verify it only if they have its issuer {issuer} as a root.", Severity.Warning);
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : $"{text[..199]}…";
}
