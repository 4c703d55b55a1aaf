using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.RealParts.Support;

/// <summary>A leaf for given names with its intermediate and root, made anew for one test.</summary>
public sealed class IssuedChain
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddHours(-1);

    private readonly byte[] _key;

    private IssuedChain(byte[] leaf, byte[] intermediate, byte[] root, byte[] key) => (Leaf, Intermediate, Root, _key) = (leaf, intermediate, root, key);

    public byte[] Leaf { get; }

    public byte[] Intermediate { get; }

    public byte[] Root { get; }

    public Fingerprint Fingerprint => Fingerprint.Of(Leaf);

    public string KeyPem => PemEncoding.WriteString("PRIVATE KEY", _key);

    /// <summary>Issues a leaf with a P-256 key, or with an RSA key of so many bits.</summary>
    public static IssuedChain Of(string name, int? rsaBits = null)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=Test Root", rootKey).CreateSelfSigned(From, From.AddDays(30));
        using var intermediate = Authority("CN=Test Intermediate", intermediateKey).Create(root, From, From.AddDays(20), Serial());
        using var leafKey = rsaBits is { } bits ? (AsymmetricAlgorithm)RSA.Create(bits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = leafKey is RSA rsaKey
            ? new CertificateRequest($"CN={name}", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(
            intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(intermediateKey), From, From.AddDays(10), Serial());
        return new IssuedChain(leaf.RawData, intermediate.RawData, root.RawData, leafKey.ExportPkcs8PrivateKey());
    }

    /// <summary>As a target receives it; the caller disposes it.</summary>
    public CertificateBundle Bundle(string certificate = "test") => new(certificate, Leaf, [Intermediate], [.. _key]);

    /// <summary>Leaf, intermediate and key as one text, as people upload them.</summary>
    public string UploadPem() => $"{PemEncoding.WriteString("CERTIFICATE", Leaf)}\n{PemEncoding.WriteString("CERTIFICATE", Intermediate)}\n{KeyPem}\n";

    /// <summary>Writes the certificates in this order, and the key, where a server reads them.</summary>
    public void Write(string certificatePath, string keyPath, params IReadOnlyList<byte[]> order)
    {
        var text = new StringBuilder();
        foreach (var der in order.Count == 0 ? [Leaf, Intermediate] : order)
            text.Append(PemEncoding.WriteString("CERTIFICATE", der)).Append('\n');
        File.WriteAllText(certificatePath, text.ToString());
        File.WriteAllText(keyPath, KeyPem + "\n");
    }

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }

    private static byte[] Serial() => [1, .. RandomNumberGenerator.GetBytes(15)];
}
