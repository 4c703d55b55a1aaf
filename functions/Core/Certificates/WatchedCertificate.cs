namespace Certrelay.Certificates;

/// <summary>Reads a certificate that is watched only: others have its key, and it is served already whatever its faults are.</summary>
public static class WatchedCertificate
{
    /// <summary>As an inspection that only what cannot be read, and a key, refuses; the faults of the leaf are warnings.</summary>
    public static CertificateInspection Inspect(ReadOnlyMemory<byte> pem, DateTimeOffset now)
    {
        var findings = new FindingList();
        var upload = Upload.Read([pem], passphrase: null, findings);
        foreach (var key in upload.Keys)
            (key.Reading as PrivateKeyReading.Usable)?.Key.Dispose();
        if (upload.HasKeyBlock)
            findings.Add(FindingCodes.KeyUnexpected.At("input"));
        if (LeafFinder.Find(upload.Certificates, []) is not { } leaf)
            return new CertificateInspection(null, [], null, findings.All);
        findings.AddRange(LeafRules.Judge(leaf, new InspectionOptions { Now = now, KeyRequired = false })
            .Select(static finding => finding.Severity is Severity.Error ? finding with { Severity = Severity.Warning } : finding));
        return new CertificateInspection(leaf, CertificateChain.Build(leaf, upload.Certificates, now).Issuers, null, findings.All);
    }
}
