using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.House;

/// <summary>No private key lies in the tree, but for the one published test key of the vendors' captures.</summary>
public sealed partial class KeysTests
{
    private const string Captures = "tests/Certrelay.Tests/Targets/Signing/captures/";

    // SHA-256 of the published key's SubjectPublicKeyInfo: it signs nothing but the captures' made-up certificate.
    private const string Published = "5ce455119b7ef006ef2ae081ad8ad4db102aa8bad3bd04d204cf060c99efd01e";

    private static readonly string[] LeftOut = [".git", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts"];

    [Fact]
    public void No_private_key_lies_in_the_tree()
    {
        var found =
            from path in Files(new DirectoryInfo(Repository.Root))
            let name = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
            from key in KeysIn(File.ReadAllText(path)).Distinct()
            where !(key == Published && name.StartsWith(Captures, StringComparison.Ordinal))
            select $"{name} holds the private key of {key}";

        Assert.Empty(found);
    }

    [Fact]
    public void The_published_key_is_found_in_each_form_that_a_capture_brings_it_in()
    {
        string[] forms =
        [
            "tencent-ssl-UploadCertificate", // JSON
            "alibaba-cas-UploadUserCertificate", // query
            "alibaba-oss-PutCname-v4", // XML
            "aws-iam-UploadServerCertificate", // form
            "aws-acm-ImportCertificate", // base64
            "azure-keyvault-ImportCertificate", // PKCS#12
        ];

        Assert.All(forms, name => Assert.Contains(Published, KeysIn(File.ReadAllText(Path.Combine(Repository.Root, Captures, name + ".json")))));
    }

    [Theory]
    [InlineData("a PKCS#8 block", "")]
    [InlineData("an older block", "older")]
    [InlineData("base64 of a block", "base64")]
    [InlineData("base64 of a PKCS#12 file", "pkcs12")]
    public void A_planted_key_is_found(string description, string form)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = form switch
        {
            "older" => key.ExportECPrivateKeyPem(),
            "base64" => Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
            "pkcs12" => Convert.ToBase64String(Store(key)),
            _ => key.ExportPkcs8PrivateKeyPem(),
        };

        Assert.True(KeysIn($"before {text} after").Contains(Fingerprint(key)), description);
    }

    private static byte[] Store(ECDsa key)
    {
        var request = new CertificateRequest("CN=planted.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        return certificate.Export(X509ContentType.Pkcs12);
    }

    // The folder "data" at the root is that of an app started there; it is never committed.
    private static IEnumerable<string> Files(DirectoryInfo folder) => folder.GetFiles().Where(file => file.Length < 4 * 1024 * 1024).Select(file => file.FullName)
        .Concat(folder.GetDirectories().Where(inner => !LeftOut.Contains(inner.Name, StringComparer.Ordinal) && inner.FullName != Path.Combine(Repository.Root, "data")).SelectMany(Files));

    // The public key's fingerprint of each private key in the text; what reads as a key and opens as none is named "unread".
    private static IEnumerable<string> KeysIn(string text)
    {
        var plain = text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\/", "/", StringComparison.Ordinal);
        if (plain.Contains("%0A", StringComparison.OrdinalIgnoreCase))
            plain = Uri.UnescapeDataString(plain);
        foreach (Match block in PemKeys().Matches(plain))
            yield return OfPem(block.Value);
        foreach (Match run in Base64Runs().Matches(plain))
        {
            byte[] bytes;
            try
            {
                bytes = Convert.FromBase64String(run.Value);
            }
            catch (FormatException)
            {
                continue;
            }

            foreach (var key in bytes.AsSpan().StartsWith("-----BEGIN"u8) ? KeysIn(Encoding.ASCII.GetString(bytes)) : OfPkcs12(bytes))
                yield return key;
        }
    }

    private static string OfPem(string pem)
    {
        using AsymmetricAlgorithm key = pem.Contains("RSA PRIVATE", StringComparison.Ordinal) ? RSA.Create() : ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return Fingerprint(key);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return "unread";
        }
    }

    private static IEnumerable<string> OfPkcs12(byte[] bytes)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadPkcs12(bytes, "", X509KeyStorageFlags.EphemeralKeySet);
            using AsymmetricAlgorithm? key = certificate.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey();
            return key is null ? [] : [Fingerprint(key)];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static string Fingerprint(AsymmetricAlgorithm key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    [GeneratedRegex(@"-----BEGIN (?<kind>[A-Z ]*PRIVATE KEY)-----[A-Za-z0-9+/=\s]{40,}-----END \k<kind>-----", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex PemKeys();

    [GeneratedRegex("(LS0tLS1CRUdJTi|MI)[A-Za-z0-9+/]{80,}={0,2}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Base64Runs();
}
