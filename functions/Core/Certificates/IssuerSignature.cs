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

/// <summary>Bytes, how they were signed, and the signature.</summary>
internal readonly record struct SignedContent(ReadOnlyMemory<byte> ToBeSigned, SignatureAlgorithm Algorithm, ReadOnlyMemory<byte> Signature);

/// <summary>Checks the signature of a certificate (RFC 5280 section 4.1.1.3) without an X.509 object.</summary>
internal static class IssuerSignature
{
    public static SignatureCheck Check(CertificateRecord certificate, PublicKeyInfo issuerKey) =>
        KnownSignatures.Check(certificate, issuerKey);

    /// <summary>The same for a revocation list or an OCSP response, which are signed alike.</summary>
    public static SignatureCheck Check(SignedContent content, PublicKeyInfo issuerKey)
    {
        if (!content.Algorithm.CanVerify || !KeyRules.CanVerify(issuerKey))
            return SignatureCheck.Unsupported;
        try
        {
            return Verify(content, issuerKey) ? SignatureCheck.Valid : SignatureCheck.Invalid;
        }
        catch (CryptographicException)
        {
            // The issuer's key is no key: a point off the curve, a modulus that OpenSSL refuses.
            return SignatureCheck.Invalid;
        }
    }

    private static bool Verify(SignedContent content, PublicKeyInfo issuerKey) => issuerKey.Algorithm switch
    {
        KeyAlgorithm.Rsa => CheckRsa(content, issuerKey),
        KeyAlgorithm.Sm2 => content.Algorithm.IsSm2 && Sm2Signature.Verify(content.ToBeSigned, content.Signature, issuerKey),
        KeyAlgorithm.Ed25519 => content.Algorithm.IsEd25519 && Ed25519Key.Verify(content.ToBeSigned, content.Signature, issuerKey),
        _ => CheckEcdsa(content, issuerKey),
    };

    private static bool CheckRsa(SignedContent content, PublicKeyInfo issuerKey)
    {
        var algorithm = content.Algorithm;
        if (algorithm.Hash is not { } hash || (!algorithm.IsRsaPkcs1 && !algorithm.IsRsaPss))
            return false;
        var padding = algorithm.IsRsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return IssuerKeys.Check(issuerKey, MakeRsa, rsa => rsa.VerifyData(content.ToBeSigned.Span, content.Signature.Span, hash, padding));
    }

    private static bool CheckEcdsa(SignedContent content, PublicKeyInfo issuerKey)
    {
        if (!content.Algorithm.IsEcdsa || content.Algorithm.Hash is not { } hash)
            return false;
        return IssuerKeys.Check(issuerKey, MakeEcdsa, ecdsa => ecdsa.VerifyData(content.ToBeSigned.Span, content.Signature.Span, hash, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static RSA MakeRsa(PublicKeyInfo key)
    {
        var rsa = RSA.Create();
        // Not as SPKI: the framework refuses one that is marked as RSASSA-PSS.
        rsa.ImportRSAPublicKey(key.Key.Span, out _);
        return rsa;
    }

    private static ECDsa MakeEcdsa(PublicKeyInfo key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
        return ecdsa;
    }
}
