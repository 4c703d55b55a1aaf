namespace Certrelay.Certificates;

/// <summary>Signatures that were checked before: whether a key signed a certificate never changes, and a scan meets the same chains over and over.</summary>
internal static class KnownSignatures
{
    // Some megabytes.
    private const int Most = 16_384;

    private static readonly BoundedCache<(Fingerprint Certificate, string IssuerKey), SignatureCheck> Known = new(Most);

    public static SignatureCheck Check(CertificateRecord certificate, PublicKeyInfo issuerKey)
    {
        var key = (certificate.Fingerprint, issuerKey.SpkiSha256);
        if (Known.TryGet(key, out var known))
            return known;
        var check = IssuerSignature.Check(new SignedContent(certificate.ToBeSigned, certificate.SignatureAlgorithm, certificate.Signature), issuerKey);
        Known.Set(key, check);
        return check;
    }
}
