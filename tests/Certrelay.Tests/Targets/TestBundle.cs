using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.Tests.Targets;

/// <summary>Bundles for the file targets, which look no further than whether key and leaf belong together.</summary>
internal static class TestBundle
{
    public static CertificateBundle Ec(string name = "shop.example.com")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Of(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), key);
    }

    public static CertificateBundle Rsa()
    {
        using var key = RSA.Create(2048);
        return Of(new CertificateRequest("CN=shop.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), key);
    }

    /// <summary>The leaf of one and the key of another.</summary>
    public static CertificateBundle Mismatched()
    {
        using var own = Ec();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateBundle("test", own.Leaf, own.Chain, other.ExportPkcs8PrivateKey());
    }

    /// <summary>The key as a target writes it.</summary>
    public static byte[] KeyFile(CertificateBundle bundle) => [.. bundle.PrivateKeyPem(), (byte)'\n'];

    private static CertificateBundle Of(CertificateRequest request, AsymmetricAlgorithm key)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var leaf = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = new CertificateRequest("CN=Issuer", issuerKey, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        return new CertificateBundle("test", leaf.RawData, [issuer.RawData], key.ExportPkcs8PrivateKey());
    }
}
