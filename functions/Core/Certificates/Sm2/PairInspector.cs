namespace Certrelay.Certificates;

/// <summary>Inspects the two certificates of an SM2 version, each with its key, as one upload: every fault of both, and of how they go together, at once.</summary>
public static class PairInspector
{
    // What the findings of the second certificate concern, so that they are told from those of the first.
    private const string Field = "encryptCertificate";

    /// <summary>As <see cref="CertificateInspector"/> for the signing certificate, with the encryption certificate and its key in files of their own; without those the same.</summary>
    public static CertificateInspection Inspect(IReadOnlyList<ReadOnlyMemory<byte>> inputs, IReadOnlyList<ReadOnlyMemory<byte>> encryption, InspectionOptions options)
    {
        var signing = CertificateInspector.Inspect(inputs, options);
        if (encryption.Count is 0)
            return signing;

        var own = new FindingList();
        var upload = Upload.Read(encryption, options.Passphrase, own);
        var leaf = LeafFinder.Find(upload.Certificates, upload.Keys);
        if (leaf is not null)
            own.AddRange(LeafRules.Judge(leaf, options));
        // What else came with it is left out: a server sends one chain, that of the signing certificate.
        own.AddRange(Sm2Identity.Judge([.. upload.Certificates.Union(signing.Chain)]));
        var key = KeyMatch.Choose(upload, leaf, options.KeyRequired, own);

        var findings = new FindingList();
        findings.AddRange(signing.Findings);
        findings.AddRange(own.All.Select(static finding => finding with { Scope = $"{Field}: {finding.Scope}" }));
        if (signing.Leaf is { } first && leaf is not null)
            findings.AddRange(PairRules.Judge(first, leaf, signing));
        return signing.Joined(leaf, key, findings.All);
    }
}
