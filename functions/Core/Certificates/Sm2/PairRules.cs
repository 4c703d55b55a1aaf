namespace Certrelay.Certificates;

/// <summary>What two certificates must have in common, and what apart, to be the two of an SM2 version (GB/T 38636 section 6.4.5.3).</summary>
internal static class PairRules
{
    // Clients encrypt the secret of a connection to it, or agree on one with it (RFC 5280 section 4.2.1.3).
    private const KeyUsages ForEncryption = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;

    public static IEnumerable<Finding> Judge(CertificateRecord signing, CertificateRecord encryption, CertificateInspection inspection)
    {
        foreach (var one in new[] { signing, encryption }.Where(static one => one.PublicKey.Algorithm is not KeyAlgorithm.Sm2))
            yield return FindingCodes.LeafPairKey.At(one == signing ? "certificate" : "encryptCertificate", $"The key of {one.Label} is {one.PublicKey.Name}; only SM2 has a second certificate for encryption.");
        if (signing.PublicKey.IsSameKeyAs(encryption.PublicKey))
            yield return FindingCodes.LeafPairKey.At("pair", "Both certificates have the same key.");

        var (signs, encrypts) = (Allows(signing, KeyUsages.DigitalSignature), Allows(encryption, ForEncryption));
        var swapped = !signs && !encrypts && Allows(encryption, KeyUsages.DigitalSignature) && Allows(signing, ForEncryption) ? " The two seem to be swapped." : "";
        if (!signs)
            yield return FindingCodes.LeafPairUsage.At("certificate", $"The key usage of the signing certificate does not include digitalSignature.{swapped}");
        if (!encrypts)
            yield return FindingCodes.LeafPairUsage.At("encryptCertificate", $"The key usage of the encryption certificate includes none of keyEncipherment, dataEncipherment and keyAgreement.{swapped}");

        var (first, second) = (NamesOf(signing), NamesOf(encryption));
        if (!first.SetEquals(second))
            yield return FindingCodes.LeafPairNames.At("pair", $"In one of the two certificates alone: {string.Join(", ", first.Union(second).Except(first.Intersect(second)).Order(StringComparer.Ordinal).Take(8))}.");
        if (!HasIssuerOf(encryption, signing, inspection))
            yield return FindingCodes.LeafPairIssuer.At("pair", $"{signing.Issuer} issued the signing certificate; the encryption certificate is by {encryption.Issuer}, or was not signed by the same key.");
    }

    private static bool Allows(CertificateRecord certificate, KeyUsages any) => certificate.Extensions.KeyUsages is not { } usages || (usages & any) is not KeyUsages.None;

    private static HashSet<string> NamesOf(CertificateRecord certificate) => [.. certificate.Names.Select(static name => name.Value)];

    private static bool HasIssuerOf(CertificateRecord encryption, CertificateRecord signing, CertificateInspection inspection)
    {
        if (!encryption.IssuerBytes.Span.SequenceEqual(signing.IssuerBytes.Span))
            return false;
        if ((inspection.Chain is [var nearest, ..] ? nearest : inspection.Root) is { } issuer)
            return IssuerSignature.Check(encryption, issuer.PublicKey) is SignatureCheck.Valid;
        // A signing certificate that was altered has no issuer. Where none of the name came, the name has to do; that it is missing is said of the chain.
        var named = inspection.Certificates.Where(one => one != signing && one.IsNamedIssuerOf(encryption)).ToList();
        return named.Count is 0 || named.Exists(one => IssuerSignature.Check(encryption, one.PublicKey) is SignatureCheck.Valid);
    }
}
