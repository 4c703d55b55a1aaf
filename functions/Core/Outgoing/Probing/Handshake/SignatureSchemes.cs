using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>Checks the signatures of handshakes by the schemes of RFC 8446 section 4.2.3.</summary>
internal static class SignatureSchemes
{
    /// <summary>A CertificateVerify of TLS 1.3, where a scheme of ECDSA binds the curve and RSA is PSS always.</summary>
    public static bool CheckTls13(int scheme, PublicKeyInfo key, SignedBytes signed) => scheme switch
    {
        0x0403 => key.Algorithm is KeyAlgorithm.P256 && Check(scheme, key, signed),
        0x0503 => key.Algorithm is KeyAlgorithm.P384 && Check(scheme, key, signed),
        0x0603 => key.Algorithm is KeyAlgorithm.P521 && Check(scheme, key, signed),
        0x0401 or 0x0501 or 0x0601 => false,
        _ => Check(scheme, key, signed),
    };

    /// <summary>A ServerKeyExchange of TLS 1.2 (RFC 5246 section 7.4.3, RFC 8422 section 5.4).</summary>
    public static bool CheckTls12(int scheme, PublicKeyInfo key, SignedBytes signed) => Check(scheme, key, signed);

    private static bool Check(int scheme, PublicKeyInfo key, SignedBytes signed) =>
        ClientHello.IsOfferedSignature(scheme) && SignatureAlgorithm.OfTls(scheme) is { } algorithm
        && IssuerSignature.Check(new SignedContent(signed.Content, algorithm, signed.Signature), key) is SignatureCheck.Valid;
}

/// <summary>What a server signed in a handshake, and the signature.</summary>
internal readonly record struct SignedBytes(ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Signature);
