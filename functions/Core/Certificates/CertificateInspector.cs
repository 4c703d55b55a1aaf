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
        var chain = leaf is null ? null : CertificateChain.Build(leaf, upload.Certificates, options.Now);
        if (chain is not null)
            chain = OtherEntries.Explain(chain, upload, options.Now, findings);

        if (leaf is not null)
            findings.AddRange(LeafRules.Judge(leaf, options));
        var key = KeyMatch.Choose(upload, leaf, options.KeyRequired, findings);
        if (chain is not null)
            findings.Add(BrowserSupport.Judge(chain));
        findings.AddRange(Sm2Identity.Judge(upload.Certificates));
        if (chain is not null)
            findings.AddRange(ChainRules.Judge(chain, upload.IsOrdered ? upload.Certificates : chain.Path, options.Now));
        return new CertificateInspection(leaf, chain?.Issuers ?? [], key, findings.All, chain?.Root) { Certificates = upload.Certificates };
    }
}
