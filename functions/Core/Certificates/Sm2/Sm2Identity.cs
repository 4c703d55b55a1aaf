namespace Certrelay.Certificates;

/// <summary>Certificates whose SM2 signature is sound but in the name of nobody, which looks like a broken chain and has a remedy of its own.</summary>
internal static class Sm2Identity
{
    // Of one name there is one authority, or a few that are cross-signed.
    private const int MostIssuers = 4;

    public static IEnumerable<Finding> Judge(IReadOnlyList<CertificateRecord> certificates) =>
        from one in certificates
        where one.SignatureAlgorithm.IsSm2
        let issuers = certificates.Where(issuer => issuer.PublicKey.Algorithm is KeyAlgorithm.Sm2 && issuer.IsNamedIssuerOf(one)).Take(MostIssuers)
        where issuers.Any(issuer => IsNameless(one, issuer.PublicKey))
        select FindingCodes.ChainSignerIdentity.At(one.Label, $"{one.Label} is signed with SM2 in the name of nobody, where every client takes 1234567812345678.");

    private static bool IsNameless(CertificateRecord certificate, PublicKeyInfo issuer) =>
        IssuerSignature.Check(certificate, issuer) is SignatureCheck.Invalid && Sm2Signature.VerifyNameless(certificate.ToBeSigned, certificate.Signature, issuer);
}
