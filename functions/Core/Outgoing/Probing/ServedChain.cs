using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>Where the chain that a server sends leads to.</summary>
public enum ChainState
{
    /// <summary>To a trusted root, with every intermediate.</summary>
    Complete,

    /// <summary>Nowhere, because an intermediate was not sent.</summary>
    MissingIntermediate,

    /// <summary>To a root that is not trusted here.</summary>
    UntrustedRoot,

    /// <summary>The leaf came alone, and nothing tells whether an intermediate is missing or a private root issued it.</summary>
    UnknownIssuer,

    /// <summary>The leaf signed itself.</summary>
    SelfSigned,

    /// <summary>Not judged: there are no trusted roots here.</summary>
    Unjudged,
}

/// <summary>The certificates of one answer, read and put in order, and what is wrong with them whoever asks for what name.</summary>
internal sealed record ServedChain(CertificateRecord Leaf, CertificateChain Chain, IReadOnlyList<CertificateRecord> AsSent, ChainState State, CertificateRecord? Issuer)
{
    /// <summary>Null when the first certificate is none. <see cref="Issuer"/> of the result: who issued the leaf, from the chain or from the roots.</summary>
    public static ServedChain? Read(IReadOnlyList<ReadOnlyMemory<byte>> sent, Func<TrustedRoots> trusted, DateTimeOffset now)
    {
        var records = sent.Select(static der => CertificateRecord.TryParse(der, out var record) ? record : null).OfType<CertificateRecord>().ToList();
        if (sent.Count == 0 || !CertificateRecord.TryParse(sent[0], out var leaf))
            return null;
        var roots = trusted();
        var chain = CertificateChain.Build(leaf, [.. records.Distinct()], now);
        var issuer = chain.Issuers.Concat(chain.Roots).FirstOrDefault() ?? roots.IssuerOf(leaf);
        return new ServedChain(leaf, chain, records, StateOf(chain, roots), issuer);
    }

    /// <summary>The faults of leaf and chain, those of the name aside.</summary>
    public IEnumerable<Finding> Judge(string scope, DateTimeOffset now, ExpiryWarning warning)
    {
        foreach (var finding in JudgeLeaf(scope, now, warning))
            yield return finding;
        foreach (var issuer in Chain.Issuers)
        {
            if (issuer.NotAfter < now)
                yield return FindingCodes.ProbeExpiredIntermediate.At(scope, $"The intermediate {issuer.Label} expired at {issuer.NotAfter:u}.");
            if (issuer.NotBefore > now)
                yield return FindingCodes.ChainNotYetValid.At(scope, $"The intermediate {issuer.Label} is not valid before {issuer.NotBefore:u}.");
            if (issuer.SignatureAlgorithm.IsWeak)
                yield return FindingCodes.ChainWeakSignature.At(scope, $"The intermediate {issuer.Label} is signed with {issuer.SignatureAlgorithm.Name}.");
        }

        foreach (var link in ChainRules.JudgeLinks(Chain))
            yield return link with { Scope = scope };
        foreach (var finding in JudgeSending(scope))
            yield return finding;
        if (JudgeRoot(scope) is { } root)
            yield return root;
    }

    private IEnumerable<Finding> JudgeLeaf(string scope, DateTimeOffset now, ExpiryWarning warning)
    {
        if (Leaf.NotAfter < now)
            yield return FindingCodes.ProbeExpired.At(scope, $"The certificate expired at {Leaf.NotAfter:u}.");
        else if (Leaf.NotBefore > now)
            yield return FindingCodes.ProbeNotYetValid.At(scope, $"The certificate is not valid before {Leaf.NotBefore:u}.");
        else if (warning.IsDue(Leaf.NotBefore, Leaf.NotAfter, now))
            yield return FindingCodes.ProbeExpiresSoon.At(scope, $"The certificate expires at {Leaf.NotAfter:u}.");
        // These say the same of a certificate wherever it is seen.
        string[] shared = [FindingCodes.LeafNoSan.Code, FindingCodes.LeafNoServerAuth.Code, FindingCodes.LeafWeakSignature.Code, FindingCodes.KeyWeak.Code];
        foreach (var finding in LeafRules.Judge(Leaf, new InspectionOptions { Now = now, KeyRequired = false }).Where(finding => shared.Contains(finding.Code)))
            yield return finding with { Scope = scope };
    }

    private IEnumerable<Finding> JudgeSending(string scope)
    {
        if (Chain.Strangers.Count > 0)
            yield return FindingCodes.ProbeExtraChain.At(scope, $"The server also sends {string.Join("; ", Chain.Strangers.Select(static one => one.Label))}, no part of the chain.");
        else if (AsSent.Distinct().Count() < AsSent.Count)
            yield return FindingCodes.ProbeExtraChain.At(scope, "The server sends a certificate twice.");
        else if (Chain.Roots.Count > 0)
            yield return FindingCodes.ProbeExtraChain.At(scope, $"The server also sends the root {Chain.Roots[0].Label}, which clients have.", Severity.Info);
        if (!Chain.Path.SequenceEqual(AsSent.Distinct().Where(Chain.Path.Contains)))
            yield return FindingCodes.ProbeChainOrder.At(scope);
    }

    private Finding? JudgeRoot(string scope) => State switch
    {
        ChainState.MissingIntermediate => FindingCodes.ProbeMissingIntermediate.At(scope, $"The server does not send {Short(Leaf.Issuer)}, which issued the certificate."),
        ChainState.UntrustedRoot => FindingCodes.ProbeUntrustedRoot.At(
            scope, $"The chain ends at {Short(Chain.Roots.Count > 0 ? Chain.Roots[0].Subject : Chain.Path[^1].Issuer)}, which is not trusted here."),
        ChainState.UnknownIssuer => FindingCodes.ProbeUnknownIssuer.At(scope, $"The issuer {Short(Leaf.Issuer)} is neither sent nor trusted here."),
        ChainState.SelfSigned => FindingCodes.ProbeSelfSigned.At(scope),
        _ => null,
    };

    private static ChainState StateOf(CertificateChain chain, TrustedRoots roots)
    {
        var leaf = chain.Leaf;
        if (roots.Holds(leaf) || chain.Issuers.Concat(chain.Roots).Concat(chain.Alternates).Any(roots.Holds))
            return ChainState.Complete;
        if (leaf.IsSelfSigned())
            return ChainState.SelfSigned;
        if (chain.Path.Concat(chain.Alternates).Any(one => roots.IssuerOf(one) is not null))
            return ChainState.Complete;
        // Public authorities issue from intermediates only (Baseline Requirements section 6.1.7) and say where those can be had; a private root says nothing.
        if (chain.Issuers.Count == 0 && chain.Roots.Count == 0)
        {
            if (leaf.Extensions.IssuerUrls.Count > 0)
                return ChainState.MissingIntermediate;
            return roots.IsEmpty ? ChainState.Unjudged : ChainState.UnknownIssuer;
        }

        return roots.IsEmpty ? ChainState.Unjudged : ChainState.UntrustedRoot;
    }

    private static string Short(string name) => name.Length <= 120 ? name : $"{name[..119]}…";
}
