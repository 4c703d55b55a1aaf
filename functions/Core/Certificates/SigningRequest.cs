using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Certificates;

/// <summary>Makes requests for certificates (PKCS#10, RFC 2986): the names in subjectAltName, the first of them as the common name too, because authorities ask for one.</summary>
public static class SigningRequest
{
    // RFC 5280 appendix A.1: ub-common-name.
    private const int LongestCommonName = 64;

    /// <summary>The request in DER, signed by the key; throws <see cref="NotSupportedException"/> for a key that is neither RSA nor on a curve of NIST.</summary>
    public static byte[] Write(IReadOnlyList<SubjectName> names, PrivateKey key)
    {
        using AsymmetricAlgorithm signer = key.PublicKey.Algorithm switch
        {
            KeyAlgorithm.Rsa => RSA.Create(),
            KeyAlgorithm.P256 or KeyAlgorithm.P384 or KeyAlgorithm.P521 => ECDsa.Create(),
            _ => throw new NotSupportedException($"A request cannot be signed with {key.PublicKey.Name}."),
        };
        signer.ImportPkcs8PrivateKey(key.Pkcs8, out _);
        var request = signer is RSA rsa
            ? new CertificateRequest(SubjectOf(names), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(SubjectOf(names), (ECDsa)signer, key.PublicKey.Algorithm is KeyAlgorithm.P256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(AlternativeNames(names));
        return request.CreateSigningRequest();
    }

    private static X500DistinguishedName SubjectOf(IReadOnlyList<SubjectName> names)
    {
        var builder = new X500DistinguishedNameBuilder();
        if (names.FirstOrDefault(static name => name.Value.Length <= LongestCommonName) is { } first)
            builder.AddCommonName(first.Value);
        return builder.Build();
    }

    private static X509Extension AlternativeNames(IReadOnlyList<SubjectName> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.Kind is SubjectNameKind.Address)
                builder.AddIpAddress(IPAddress.Parse(name.Value));
            else
                builder.AddDnsName(name.Value);
        }

        return builder.Build();
    }
}
