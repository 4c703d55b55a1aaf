using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>Whether a certificate was signed by the key of another.</summary>
internal enum SignatureCheck
{
    Invalid,
    Valid,

    /// <summary>The algorithm cannot be checked here.</summary>
    Unsupported,
}

/// <summary>Checks the signature of a certificate (RFC 5280 section 4.1.1.3) without an X.509 object.</summary>
internal static class IssuerSignature
{
    public static SignatureCheck Check(CertificateRecord certificate, PublicKeyInfo issuerKey)
    {
        var algorithm = certificate.SignatureAlgorithm;
        if (algorithm.Hash is not { } hash || !KeyRules.CanVerify(issuerKey))
            return SignatureCheck.Unsupported;
        try
        {
            return (issuerKey.Algorithm is KeyAlgorithm.Rsa ? CheckRsa(certificate, issuerKey, hash) : CheckEcdsa(certificate, issuerKey, hash))
                ? SignatureCheck.Valid
                : SignatureCheck.Invalid;
        }
        catch (CryptographicException)
        {
            // The issuer's key is no key: a point off the curve, a modulus that OpenSSL refuses.
            return SignatureCheck.Invalid;
        }
    }

    private static bool CheckRsa(CertificateRecord certificate, PublicKeyInfo issuerKey, HashAlgorithmName hash)
    {
        var algorithm = certificate.SignatureAlgorithm;
        if (!algorithm.IsRsaPkcs1 && !algorithm.IsRsaPss)
            return false;
        using var rsa = RSA.Create();
        // Not as SPKI: the framework refuses one that is marked as RSASSA-PSS.
        rsa.ImportRSAPublicKey(issuerKey.Key.Span, out _);
        var padding = algorithm.IsRsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return rsa.VerifyData(certificate.ToBeSigned.Span, certificate.Signature.Span, hash, padding);
    }

    private static bool CheckEcdsa(CertificateRecord certificate, PublicKeyInfo issuerKey, HashAlgorithmName hash)
    {
        if (!certificate.SignatureAlgorithm.IsEcdsa)
            return false;
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(issuerKey.Spki.Span, out _);
        return ecdsa.VerifyData(certificate.ToBeSigned.Span, certificate.Signature.Span, hash, DSASignatureFormat.Rfc3279DerSequence);
    }
}
