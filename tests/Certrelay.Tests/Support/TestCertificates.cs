using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.Tests.Support;

/// <summary>How a test certificate differs from a good server certificate with a P-256 key, valid from 2025 to 2045.</summary>
internal sealed record TestCertificateOptions
{
    /// <summary>Null: <c>CN=</c> and the first name.</summary>
    public string? Subject { get; init; }

    /// <summary>DNS names, wildcards and addresses of subjectAltName.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Null: a new P-256 key.</summary>
    public TestKey? Key { get; init; }

    public DateTimeOffset NotBefore { get; init; } = TestCertificates.NotBefore;

    public DateTimeOffset NotAfter { get; init; } = TestCertificates.NotAfter;

    /// <summary>Null: no basic constraints at all.</summary>
    public bool? IsCa { get; init; } = false;

    public int? PathLength { get; init; }

    /// <summary>OIDs of the extended key usage; null: no such extension.</summary>
    public IReadOnlyList<string>? Purposes { get; init; } = [TestCertificates.ServerAuth];

    /// <summary>The URL of caIssuers, as every public authority writes it.</summary>
    public string? IssuerUrl { get; init; }

    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    public RSASignaturePadding Padding { get; init; } = RSASignaturePadding.Pkcs1;

    /// <summary>Further extensions, added as they are.</summary>
    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];
}

/// <summary>A certificate with its key, able to issue others: enough to build any chain that a test needs.</summary>
internal sealed class TestCertificate(byte[] der, TestKey key, TestCertificate? issuer) : IDisposable
{
    public byte[] Der { get; } = der;

    public TestKey Key { get; } = key;

    /// <summary>Null for a self-signed one.</summary>
    public TestCertificate? Issuer { get; } = issuer;

    public Fingerprint Fingerprint => Fingerprint.Of(Der);

    public string Pem => Support.Pem.Write("CERTIFICATE", Der);

    public string KeyPem => Key.Pkcs8Pem;

    /// <summary>This certificate and its issuers without the root: what a user uploads beside the key.</summary>
    public string FullChainPem => Pem + string.Concat(Intermediates().Select(static one => one.Pem));

    /// <summary>The issuers from the nearest up, without the root.</summary>
    public IEnumerable<TestCertificate> Intermediates()
    {
        for (var one = Issuer; one?.Issuer is not null; one = one.Issuer)
            yield return one;
    }

    public TestCertificate Issue(TestCertificateOptions options) => TestCertificates.Make(options, this);

    /// <summary>An authority below this one.</summary>
    public TestCertificate IssueAuthority(string name, TestKey? key = null, int? pathLength = null) =>
        Issue(TestCertificates.Authority(name, key) with { PathLength = pathLength });

    /// <summary>A good server certificate for the names.</summary>
    public TestCertificate IssueLeaf(params string[] names) => Issue(new TestCertificateOptions { Names = names });

    /// <summary>A framework object with the private key, for the tests' own TLS servers; the caller disposes it.</summary>
    public X509Certificate2 ToX509()
    {
        using var bare = X509CertificateLoader.LoadCertificate(Der);
        return Key.Attach(bare);
    }

    /// <summary>Leaf, chain and key as Windows and the framework export them; null: without a passphrase.</summary>
    public byte[] ToPkcs12(string? passphrase)
    {
        using var own = ToX509();
        var all = new X509Certificate2Collection { own };
        foreach (var one in Intermediates())
            all.Add(X509CertificateLoader.LoadCertificate(one.Der));
        return all.Export(X509ContentType.Pkcs12, passphrase)!;
    }

    /// <summary>What a target receives.</summary>
    public CertificateBundle ToBundle(string certificate) =>
        new(certificate, Der, [.. Intermediates().Select(static one => (ReadOnlyMemory<byte>)one.Der)], Key.Pkcs8);

    public void Dispose() => Key.Dispose();
}

/// <summary>Makes roots, and self-signed certificates as laboratories use them; everything else is issued from those.</summary>
internal static class TestCertificates
{
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    public static readonly DateTimeOffset NotBefore = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset NotAfter = new(2045, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A moment at which default certificates are valid.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static TestCertificate Root(string name = "Test Root", TestKey? key = null) => Make(Authority(name, key), issuer: null);

    public static TestCertificate SelfSigned(TestCertificateOptions options) => Make(options, issuer: null);

    /// <summary>Root, one intermediate and a good leaf for the names.</summary>
    public static TestCertificate Leaf(params string[] names) => Root().IssueAuthority("Test Intermediate").IssueLeaf(names);

    public static TestCertificateOptions Authority(string name, TestKey? key = null) =>
        new() { Subject = $"CN={name},O=Certrelay Tests", Key = key, IsCa = true, Purposes = null };

    internal static TestCertificate Make(TestCertificateOptions options, TestCertificate? issuer)
    {
        var key = options.Key ?? TestKey.P256();
        var spki = PublicKey.CreateFromSubjectPublicKeyInfo(key.Spki, out _);
        var subject = new X500DistinguishedName(options.Subject ?? $"CN={options.Names[0]}");
        var request = new CertificateRequest(subject, spki, options.Hash, options.Padding);
        foreach (var extension in ExtensionsOf(options, request, issuer))
            request.CertificateExtensions.Add(extension);

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        var issuerName = issuer is null ? subject : NameOf(issuer);
        var signer = (issuer?.Key ?? key).Generator(options.Padding);
        using var certificate = request.Create(issuerName, signer, options.NotBefore, options.NotAfter, serial);
        return new TestCertificate(certificate.RawData, key, issuer);
    }

    private static X500DistinguishedName NameOf(TestCertificate issuer)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(issuer.Der);
        return certificate.SubjectName;
    }

    private static IEnumerable<X509Extension> ExtensionsOf(TestCertificateOptions options, CertificateRequest request, TestCertificate? issuer)
    {
        if (options.IsCa is { } isCa)
            yield return new X509BasicConstraintsExtension(isCa, options.PathLength is not null, options.PathLength ?? 0, critical: true);
        yield return new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        if (issuer is not null)
            yield return X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                new X509SubjectKeyIdentifierExtension(PublicKey.CreateFromSubjectPublicKeyInfo(issuer.Key.Spki, out _), critical: false));
        if (options.Names.Count > 0)
            yield return SubjectAltName(options.Names);
        if (options.Purposes is { } purposes)
            yield return new X509EnhancedKeyUsageExtension([.. purposes.Select(static oid => new Oid(oid))], critical: false);
        if (options.IssuerUrl is { } url)
            yield return new X509AuthorityInformationAccessExtension([], [url]);
        foreach (var extension in options.Extensions)
            yield return extension;
    }

    /// <summary>Written by hand: the framework's builder converts and refuses names that tests want as they are.</summary>
    private static X509Extension SubjectAltName(IEnumerable<string> names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                    writer.WriteOctetString(address.GetAddressBytes(), new Asn1Tag(TagClass.ContextSpecific, 7));
                else
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }
        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }
}
