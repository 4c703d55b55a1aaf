using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

public sealed class CertificateRecordTests
{
    private static readonly X509KeyUsageExtension Usages =
        new(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DecipherOnly, critical: true);

    public static TheoryData<string, Func<byte[]>, KeyAlgorithm, string> Kinds => new()
    {
        { "a root", () => Uploads.Root.Der, KeyAlgorithm.P256, "P-256" },
        { "an intermediate with a path length", () => Uploads.Root.IssueAuthority("Upper", pathLength: 3).Der, KeyAlgorithm.P256, "P-256" },
        { "a P-256 leaf", () => Uploads.Leaf.Der, KeyAlgorithm.P256, "P-256" },
        { "an RSA leaf", () => Uploads.RsaLeaf.Der, KeyAlgorithm.Rsa, "RSA 2048" },
        { "a P-384 leaf", () => Leaf(new() { Names = ["a.test"], Key = TestKey.P384() }), KeyAlgorithm.P384, "P-384" },
        {
            "a P-521 leaf",
            () => Leaf(new() { Names = ["a.test"], Key = TestKey.P521(), Hash = HashAlgorithmName.SHA512 }),
            KeyAlgorithm.P521, "P-521"
        },
        {
            "years after 2050",
            () => Leaf(new() { Names = ["a.test"], NotAfter = new DateTimeOffset(2061, 2, 3, 4, 5, 6, TimeSpan.Zero) }),
            KeyAlgorithm.P256, "P-256"
        },
        {
            "addresses and both purposes",
            () => Leaf(new()
            {
                Names = ["192.0.2.1", "2001:db8::1", "a.test"],
                Purposes = [TestCertificates.ServerAuth, TestCertificates.ClientAuth],
            }),
            KeyAlgorithm.P256, "P-256"
        },
        {
            "key usage and access information",
            () => Leaf(new() { Names = ["a.test"], IssuerUrl = "http://ca.test/i.cer", Extensions = [Usages] }),
            KeyAlgorithm.P256, "P-256"
        },
        {
            "RSA-PSS",
            () => Leaf(new() { Names = ["a.test"], Padding = RSASignaturePadding.Pss, Hash = HashAlgorithmName.SHA384 }, Uploads.RsaRoot),
            KeyAlgorithm.P256, "P-256"
        },
        { "Ed25519", () => FromOpenSsl("-newkey ed25519"), KeyAlgorithm.Ed25519, "Ed25519" },
        { "Ed448", () => FromOpenSsl("-newkey ed448"), KeyAlgorithm.Ed448, "Ed448" },
        { "SM2", () => FromOpenSsl("-newkey sm2 -sm3"), KeyAlgorithm.Sm2, "SM2" },
        { "brainpool", () => FromOpenSsl("-newkey ec -pkeyopt ec_paramgen_curve:brainpoolP384r1"), KeyAlgorithm.OtherCurve, "brainpoolP384r1" },
        {
            "explicit parameters",
            () => FromOpenSsl("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"),
            KeyAlgorithm.Unknown, "EC with explicit parameters"
        },
        { "RSA with 3072 bits and MD5", () => FromOpenSsl("-newkey rsa:3072 -md5"), KeyAlgorithm.Rsa, "RSA 3072" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reads_what_the_framework_reads(string description, Func<byte[]> make, KeyAlgorithm algorithm, string keyName)
    {
        var der = make();
        using var theirs = X509CertificateLoader.LoadCertificate(der);
        var ours = CertificateRecord.Parse(der);

        Assert.Equal((algorithm, keyName), (ours.PublicKey.Algorithm, ours.PublicKey.Name));
        Assert.Equal(theirs.GetCertHashString(HashAlgorithmName.SHA256), ours.Fingerprint.Hex, ignoreCase: true);
        Assert.Equal(theirs.SerialNumber.TrimStart('0'), ours.Serial.TrimStart('0'), ignoreCase: true);
        Assert.Equal(theirs.NotBefore.ToUniversalTime(), ours.NotBefore.UtcDateTime);
        Assert.Equal(theirs.NotAfter.ToUniversalTime(), ours.NotAfter.UtcDateTime);
        Assert.Equal(theirs.SubjectName.RawData, ours.SubjectBytes.ToArray());
        Assert.Equal(theirs.IssuerName.RawData, ours.IssuerBytes.ToArray());
        Assert.Equal(theirs.SignatureAlgorithm.Value, ours.SignatureAlgorithm.Oid);
        Assert.Equal(theirs.PublicKey.ExportSubjectPublicKeyInfo(), ours.PublicKey.Spki.ToArray());
        CompareExtensions(theirs, ours.Extensions);
        Assert.NotEmpty(description);
    }

    [Theory]
    [InlineData("special characters", "/O=a\\, b + c/CN=\\\"quoted\\\" <x>;")]
    [InlineData("several units and a country", "/C=CN/ST=Guangdong/L=Shenzhen/O=Example/OU=One/OU=Two/CN=www.example.test")]
    [InlineData("a mail address and a serial number", "/CN=x/emailAddress=info@example.test/serialNumber=42")]
    public void Subjects_read_as_openssl_prints_them(string description, string subject)
    {
        using var folder = new OpenSslFolder();
        folder.Write("config", $"[req]\nprompt=no\nutf8=yes\ndistinguished_name=dn\n[dn]\n{ConfigOf(subject)}");
        folder.Run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config config -keyout key.pem -out certificate.pem");
        var printed = folder.Run("x509 -in certificate.pem -noout -subject -nameopt RFC2253").Trim()["subject=".Length..];

        Assert.Equal($"{description}: {printed}", $"{description}: {CertificateRecord.Parse(DerOf(folder.Read("certificate.pem"))).Subject}");
    }

    [Fact]
    public void Control_and_direction_characters_in_a_subject_are_shown_as_bytes()
    {
        var record = CertificateRecord.Parse(Leaf(new() { Subject = "CN=a\u202Eb\nc" }));

        Assert.Equal(@"CN=a\e2\80\aeb\0ac", record.Subject);
    }

    [Fact]
    public void A_common_name_is_no_name()
    {
        var record = CertificateRecord.Parse(Leaf(new() { Subject = "CN=www.example.test", Names = ["other.test", "other.test"] }));

        Assert.Equal(["other.test"], record.Names.Select(name => name.Value));
        Assert.False(record.Covers("www.example.test"));
        Assert.True(record.Covers("Other.test."));
    }

    [Fact]
    public void Only_what_its_own_key_signed_is_self_signed()
    {
        var impostor = Uploads.Root.Issue(new() { Subject = "CN=Test Root,O=Certrelay Tests", IsCa = true });

        Assert.True(CertificateRecord.Parse(Uploads.Root.Der).IsSelfSigned());
        Assert.True(CertificateRecord.Parse(impostor.Der).IsSelfIssued);
        Assert.False(CertificateRecord.Parse(impostor.Der).IsSelfSigned());
        Assert.False(CertificateRecord.Parse(Uploads.Leaf.Der).IsSelfSigned());
    }

    [Fact]
    public void An_extension_that_occurs_twice_and_an_address_of_five_octets_are_refused()
    {
        // Extended key usage, 2.5.29.37, becomes a second subjectAltName, 2.5.29.17.
        var twice = Uploads.Leaf.Der.ToArray();
        twice[twice.AsSpan().IndexOf((byte[])[0x55, 0x1D, 0x25]) + 2] = 0x11;
        var five = Leaf(new() { Subject = "CN=x", Extensions = [new X509Extension("2.5.29.17", [0x30, 7, 0x87, 5, 1, 2, 3, 4, 5], critical: false)] });

        Assert.False(CertificateRecord.TryParse(twice, out _));
        Assert.False(CertificateRecord.TryParse(five, out _));
    }

    [Fact]
    public void Every_prefix_of_a_certificate_is_refused()
    {
        var der = Uploads.Leaf.Der;

        Assert.All(Enumerable.Range(0, der.Length), length => Assert.False(CertificateRecord.TryParse(der.AsMemory(0, length), out _)));
        Assert.Throws<FormatException>(() => CertificateRecord.Parse(der.AsMemory(1)));
    }

    private static void CompareExtensions(X509Certificate2 theirs, CertificateExtensions ours)
    {
        var basic = Find<X509BasicConstraintsExtension>(theirs);
        Assert.Equal(basic is { CertificateAuthority: true }, ours.IsCa);
        Assert.Equal(basic is { HasPathLengthConstraint: true } ? basic.PathLengthConstraint : null, ours.PathLength);
        Assert.Equal(Find<X509SubjectKeyIdentifierExtension>(theirs)?.SubjectKeyIdentifier?.ToLowerInvariant(), ours.SubjectKeyId);
        Assert.Equal(Find<X509EnhancedKeyUsageExtension>(theirs)?.EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value!), ours.Purposes);
        var authority = Find<X509AuthorityKeyIdentifierExtension>(theirs)?.KeyIdentifier;
        Assert.Equal(authority is { } id ? Convert.ToHexStringLower(id.Span) : null, ours.AuthorityKeyId);
        Assert.Equal(Find<X509AuthorityInformationAccessExtension>(theirs)?.EnumerateCAIssuersUris() ?? [], ours.IssuerUrls);
        Assert.Equal(Words(Find<X509KeyUsageExtension>(theirs)?.KeyUsages), Words(ours.KeyUsages));
        var names = Find<X509SubjectAlternativeNameExtension>(theirs);
        Assert.Equal(names?.EnumerateDnsNames() ?? [], ours.Names.Where(name => name.Kind is not SubjectNameKind.Address).Select(name => name.Value));
        var addresses = names?.EnumerateIPAddresses().Select(address => address.ToString());
        Assert.Equal(addresses ?? [], ours.Names.Where(name => name.Kind is SubjectNameKind.Address).Select(name => name.Value));
    }

    private static T? Find<T>(X509Certificate2 certificate)
        where T : X509Extension => certificate.Extensions.OfType<T>().FirstOrDefault();

    private static IEnumerable<string>? Words(Enum? flags) =>
        flags?.ToString().Replace("KeyCertSign", "CertificateSigning", StringComparison.Ordinal).Split(", ").Order(StringComparer.Ordinal);

    private static byte[] Leaf(TestCertificateOptions options, TestCertificate? issuer = null) => (issuer ?? Uploads.Intermediate).Issue(options).Der;

    private static byte[] FromOpenSsl(string arguments) => DerOf(OpenSslFolder.Laboratory(arguments));

    private static byte[] DerOf(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);

    private static string ConfigOf(string subject) =>
        string.Concat(subject.Split('/', StringSplitOptions.RemoveEmptyEntries).Select((part, i) => $"{i}.{part}\n"));
}
