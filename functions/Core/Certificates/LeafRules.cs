namespace Certrelay.Certificates;

/// <summary>What is wrong with the server's certificate itself.</summary>
internal static class LeafRules
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string AnyPurpose = "2.5.29.37.0";
    private const string PreCertificate = "1.3.6.1.4.1.11129.2.4.3";

    /// <summary>True when the extended key usage is absent, or names TLS servers or any purpose.</summary>
    public static bool ServesTls(CertificateRecord certificate) => NamesTls(certificate) || certificate.Extensions.Purposes!.Contains(AnyPurpose);

    /// <summary>True when the extended key usage is absent or names TLS servers: clients may refuse one for any purpose (RFC 5280 section 4.2.1.12).</summary>
    public static bool NamesTls(CertificateRecord certificate) => certificate.Extensions.Purposes?.Contains(ServerAuth) ?? true;

    public static IEnumerable<Finding> Judge(CertificateRecord leaf, InspectionOptions options)
    {
        var selfSigned = leaf.IsSelfSigned();
        // What openssl req -x509 makes: its faults follow from one another, and whoever allows the first allows them all.
        Severity? laboratory = selfSigned && options.AllowSelfSigned ? Severity.Warning : null;

        if (leaf.NotAfter < options.Now)
            yield return FindingCodes.LeafExpired.At(leaf.Label, $"The certificate expired at {leaf.NotAfter:u}.");
        if (leaf.NotBefore > options.Now)
            yield return FindingCodes.LeafNotYetValid.At(leaf.Label, $"The certificate is not valid before {leaf.NotBefore:u}.");
        if (leaf.Names.Count is 0)
            yield return FindingCodes.LeafNoSan.At(leaf.Label, severity: laboratory);
        foreach (var name in leaf.Extensions.UnusableNames)
            yield return FindingCodes.NameUnusable.At(name, $"The name {name} in subjectAltName is no host name, so that no client can match it.");
        if (leaf.IsCa)
            yield return FindingCodes.LeafIsCa.At(leaf.Label, severity: laboratory);
        if (selfSigned)
            yield return FindingCodes.LeafSelfSigned.At(leaf.Label, severity: laboratory);
        if (!ServesTls(leaf))
            yield return FindingCodes.LeafNoServerAuth.At(leaf.Label);
        else if (!NamesTls(leaf))
            yield return FindingCodes.LeafNoServerAuth.At(leaf.Label, "The extended key usage is for any purpose and does not name TLS servers, so that OpenSSL and .NET refuse it.", Severity.Warning);
        foreach (var oid in leaf.Extensions.UnknownCritical)
            yield return FindingCodes.LeafCritical.At(oid, oid is PreCertificate
                ? "This is a precertificate, which was made for the logs of Certificate Transparency alone (RFC 6962 section 3.1)."
                : $"The certificate has a critical extension that is not known here: {oid}.");
        if (leaf.SignatureAlgorithm.IsWeak)
            yield return FindingCodes.LeafWeakSignature.At(leaf.Label, $"The certificate is signed with {leaf.SignatureAlgorithm.Name}.");
        if (leaf.Extensions.MustStaple)
            yield return FindingCodes.LeafMustStaple.At(leaf.Label);
        if (KeyRules.Judge(leaf.PublicKey, leaf.Label) is { } key)
            yield return key;
    }
}
