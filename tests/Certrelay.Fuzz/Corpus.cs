using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Fuzz;

/// <summary>What is damaged: the files in <c>corpus</c>, which hold no key, and files with keys that are made anew in each run.</summary>
internal static class Corpus
{
    public const string Passphrase = "corpus-1";

    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(50);

    // One round, so that what is fuzzed is the reading and not the derivation.
    private static readonly PbeParameters Quick = new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1);
    private static readonly PbeParameters QuickLegacy = new(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 1);

    public static IReadOnlyList<byte[]> Read()
    {
        List<byte[]> files = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Corpus Root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 1, critical: true));
        using var root = rootRequest.CreateSelfSigned(From, From.AddYears(30));
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        Add(files, new CertificateRequest("CN=a.example.test", ec, HashAlgorithmName.SHA256), root, ec, ec.ExportECPrivateKeyPem(), static (leaf, key) => leaf.CopyWithPrivateKey((ECDsa)key));
        Add(files, new CertificateRequest("CN=b.example.test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), root, rsa, rsa.ExportRSAPrivateKeyPem(), static (leaf, key) => leaf.CopyWithPrivateKey((RSA)key));
        return files;
    }

    private static void Add(
        List<byte[]> files, CertificateRequest request, X509Certificate2 root, AsymmetricAlgorithm key, string traditional, Func<X509Certificate2, AsymmetricAlgorithm, X509Certificate2> join)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("a.example.test");
        request.CertificateExtensions.Add(names.Build());
        using var rootKey = root.GetECDsaPrivateKey()!;
        using var bare = request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), From, From.AddYears(20), [1, 2, 3, 4]);
        using var leaf = join(bare, key);
        var chain = $"{leaf.ExportCertificatePem()}\n{root.ExportCertificatePem()}\n";
        var all = new X509Certificate2Collection { leaf, root };
        files.AddRange([
            Encoding.ASCII.GetBytes($"{chain}{key.ExportPkcs8PrivateKeyPem()}\n"),
            Encoding.ASCII.GetBytes($"{traditional}\n{chain}"),
            Encoding.ASCII.GetBytes($"{chain}{key.ExportEncryptedPkcs8PrivateKeyPem(Passphrase, Quick)}\n"),
            key.ExportPkcs8PrivateKey(),
            key.ExportEncryptedPkcs8PrivateKey(Passphrase, QuickLegacy),
            all.ExportPkcs12(Quick, Passphrase),
            all.ExportPkcs12(QuickLegacy, Passphrase),
            all.ExportPkcs12(Quick, ""),
        ]);
        using var passphrase = Certificates.Passphrase.OfUtf8(Encoding.ASCII.GetBytes(Passphrase));
        foreach (var format in new[] { "jks", "nginx", "haproxy", "p7b" })
        {
            using var content = new ExportContent(new CertificateBundle("corpus", leaf.RawData, [root.RawData], key.ExportPkcs8PrivateKey()), default, passphrase, From);
            files.Add(ExportFormat.Find(format)!.Export(content).Bytes);
        }
    }
}
