using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Huawei;

/// <summary>A certificate as its owner gave it: the texts, and what serves handshakes.</summary>
internal sealed record PemPair(string Certificate, string? Chain, string Key, StoredCertificate Stored)
{
    /// <summary>Leaf and chain in one text.</summary>
    public string Whole => Chain is null ? Certificate : Certificate.TrimEnd('\n') + "\n" + Chain;

    public X509Certificate2 Leaf => Stored.Leaf;

    /// <summary>Throws <see cref="CertificateFaultException"/>.</summary>
    public static PemPair Read(string certificate, string? chain, string key) => new(certificate, chain, key, StoredCertificate.Read(certificate, chain, key));

    /// <summary>A self-signed certificate with a fresh key: what a resource serves before anybody has bound one.</summary>
    public static PemPair SelfSigned(TimeProvider time, params IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            builder.AddDnsName(name);
        request.CertificateExtensions.Add(builder.Build());
        using var certificate = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(90));
        return Read(certificate.ExportCertificatePem() + "\n", null, key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
