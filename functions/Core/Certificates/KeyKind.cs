using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>The kinds of keys that are made here: those that every public authority certifies and every server takes.</summary>
public static class KeyKind
{
    /// <summary>For messages.</summary>
    public const string Words = "p-256, p-384, rsa-2048, rsa-3072 or rsa-4096";

    /// <summary>True for one of <see cref="Words"/>.</summary>
    public static bool IsKnown(string text) => text is "p-256" or "p-384" or "rsa-2048" or "rsa-3072" or "rsa-4096";

    /// <summary>A new key; throws <see cref="ArgumentException"/> unless <see cref="IsKnown"/>.</summary>
    public static PrivateKey Make(string kind)
    {
        using AsymmetricAlgorithm key = kind switch
        {
            "p-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "p-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "rsa-2048" => RSA.Create(2048),
            "rsa-3072" => RSA.Create(3072),
            "rsa-4096" => RSA.Create(4096),
            _ => throw new ArgumentException($"A kind is {Words}.", nameof(kind)),
        };
        return new PrivateKey(key.ExportPkcs8PrivateKey(), PublicKeyInfo.Read(key.ExportSubjectPublicKeyInfo()));
    }
}
