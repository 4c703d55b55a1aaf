namespace Certrelay.Certificates;

/// <summary>
/// Reads an upload and reports every local fault of it at once. Pure: the same input and options give the same answer, and no input throws.
/// </summary>
public static class CertificateInspector
{
    /// <summary>Inspects one file, in any of the forms that certificates come in.</summary>
    public static CertificateInspection Inspect(ReadOnlyMemory<byte> input, InspectionOptions options) => Inspect([input], options);

    /// <summary>Inspects several files as one: certificate, chain and key apart, in any order.</summary>
    public static CertificateInspection Inspect(IReadOnlyList<ReadOnlyMemory<byte>> inputs, InspectionOptions options)
    {
        var findings = new FindingList();
        var upload = Upload.Read(inputs, options.Passphrase, findings);
        var leaf = LeafFinder.Find(upload.Certificates, upload.Keys);
        var chain = leaf is null ? null : ChainChoice.Choose(leaf, upload.Certificates, options.Known, options.Stores, options.Now);
        if (chain is not null)
            chain = OtherEntries.Explain(chain, upload, options.Now, findings);

        if (leaf is not null)
            findings.AddRange(LeafRules.Judge(leaf, options));
        var key = KeyMatch.Choose(upload, leaf, options.KeyRequired, findings);
        findings.AddRange(Sm2Identity.Judge(upload.Certificates));
        if (chain is null)
            return new CertificateInspection(leaf, [], key, findings.All) { Certificates = upload.Certificates };
        findings.Add(BrowserSupport.Judge(chain));
        var open = chain.Root is null && !chain.Path[^1].IsSelfSigned() && !options.Stores.Issued(chain.Path[^1]);
        findings.AddRange(ChainRules.Judge(chain, upload.IsOrdered ? upload.Certificates : [.. chain.Path.Where(upload.Certificates.Contains)], options.Now));
        findings.AddRange(PublicRules.Judge(chain.Leaf, options.Stores.IsPublic(chain)));
        return new CertificateInspection(leaf, chain.Issuers, key, options.FetchesIssuers && open ? Awaiting(findings.All, chain) : findings.All, chain.Root)
        {
            Alternates = chain.Alternates,
            Trust = options.Stores.Judge(chain.Path, options.Now),
            IsOpen = open,
            Certificates = upload.Certificates,
        };
    }

    /// <summary>Nothing but a missing intermediate refuses the upload, and it can be had: then it is taken, and the intermediate fetched.</summary>
    private static IReadOnlyList<Finding> Awaiting(IReadOnlyList<Finding> findings, CertificateChain chain)
    {
        var missing = findings.FirstOrDefault(static finding => finding.Code == FindingCodes.ChainIncomplete.Code);
        return missing is null || IssuerSources.Of(chain.Path[^1]) is not [var source, ..] || findings.Any(finding => finding.Severity is Severity.Error && finding != missing)
            ? findings
            : [.. findings.Select(finding => finding == missing
                ? FindingCodes.ChainAwaited.At(chain.Leaf.Label, $"The certificate came without its issuer, which is being fetched from {source}.")
                : finding)];
    }
}
