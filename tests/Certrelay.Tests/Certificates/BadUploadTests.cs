using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.SpecialUploads;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

public sealed class BadUploadTests
{
    private static readonly TestCertificateOptions Www = Names("www.example.test");

    public static TheoryData<string, Func<string>, string> Texts => new()
    {
        { "nothing at all", () => "", "pem.nothing-found" },
        { "text without any block", () => "Dear all,\nthe certificate is attached.\n", "pem.nothing-found" },
        { "a key without a certificate", () => Leaf.KeyPem, "pem.nothing-found" },
        { "more than 256 KB", () => Good + new string(' ', 256 * 1024), "pem.too-large" },
        { "more than 32 blocks", () => string.Concat(Enumerable.Repeat(Intermediate.Pem, 31)) + Good, "pem.too-large" },
        { "a BEGIN line that stops", () => Good + "-----BEGIN CERT", "pem.junk" },
        {
            "a certificate without its END line",
            () => Leaf.KeyPem + Leaf.Pem.Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal),
            "pem.junk"
        },
        {
            "an END line of another kind",
            () => Leaf.KeyPem + Leaf.Pem.Replace("END CERTIFICATE", "END PRIVATE KEY", StringComparison.Ordinal),
            "pem.junk"
        },
        { "a certificate with a character lost", () => Leaf.KeyPem + Leaf.Pem.Remove(100, 1), "pem.junk" },
        { "line ends written as two characters", () => Leaf.KeyPem + Leaf.Pem.Replace("\n", "\\n", StringComparison.Ordinal), "pem.junk" },
        { "an empty certificate block", () => Leaf.KeyPem + "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "pem.junk" },
        { "a certificate block with something else in it", () => Leaf.KeyPem + Pem.Write("CERTIFICATE", "not a certificate"u8), "pem.junk" },
        { "a certificate with bytes behind it", () => Leaf.KeyPem + Edit(Leaf.Pem, der => [.. der, 0, 0]), "pem.junk" },
        { "a certificate that was cut", () => Leaf.KeyPem + Edit(Leaf.Pem, der => der[..^40]), "pem.junk" },
        { "a damaged intermediate", () => Leaf.Pem + Edit(Intermediate.Pem, der => der[..^40]) + Leaf.KeyPem, "chain.incomplete=warning pem.junk" },
        {
            "a request in place of the certificate",
            () => Leaf.KeyPem + OpenSslFolder.Print("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout -"),
            "pem.junk"
        },
        { "a public key beside the rest", () => Good + Pem.Write("PUBLIC KEY", Leaf.Key.Spki), "pem.junk" },
        { "a PKCS#7 container", () => Leaf.KeyPem + Pem.Write("PKCS7", [0x30, 0x00]), "pem.junk" },
        { "a revocation list beside the rest", () => Good + Pem.Write("X509 CRL", [0x30, 0x00]), "pem.junk" },
    };

    public static TheoryData<string, Func<string>, string> Keys => new()
    {
        { "no key", () => Leaf.FullChainPem, "key.missing" },
        { "no key and a damaged certificate", () => Leaf.Pem.Remove(100, 1), "key.missing pem.junk" },
        { "a key block that is not Base64", () => Leaf.FullChainPem + Leaf.KeyPem.Remove(60, 1), "pem.junk" },
        { "a key block with something else in it", () => Leaf.FullChainPem + Pem.Write("PRIVATE KEY", "not a key"u8), "key.unreadable" },
        { "a PKCS#8 key that was cut", () => Leaf.FullChainPem + Edit(Leaf.KeyPem, der => der[..^9]), "key.unreadable" },
        { "a PKCS#1 key with changed numbers", () => RsaLeaf.FullChainPem + Edit(RsaLeaf.Key.TraditionalPem, FlipLastByte), "key.unreadable" },
        { "a PKCS#1 key of two numbers", () => RsaLeaf.FullChainPem + Pem.Write("RSA PRIVATE KEY", [0x30, 6, 2, 1, 0, 2, 1, 7]), "key.unreadable" },
        {
            "a PKCS#1 key with a negative modulus",
            () => RsaLeaf.FullChainPem + Pem.Write("RSA PRIVATE KEY", [0x30, 9, 2, 1, 0, 2, 1, 0xF7, 2, 1, 3]),
            "key.unreadable"
        },
        { "a SEC1 key without its curve", () => Leaf.FullChainPem + Pem.Write("EC PRIVATE KEY", [0x30, 6, 2, 1, 1, 4, 1, 7]), "key.unreadable" },
        { "a SEC1 key of zero", () => Leaf.FullChainPem + Sec1(new byte[32], null), "key.unreadable" },
        { "a SEC1 key that is too long", () => Leaf.FullChainPem + Sec1([.. Enumerable.Repeat((byte)1, 40)], null), "key.unreadable" },
        {
            "a SEC1 key with the leaf's point and another number",
            () => Leaf.FullChainPem + Sec1([.. Enumerable.Repeat((byte)1, 32)], Leaf.Key.Spki[^65..]),
            "key.unreadable"
        },
        {
            "an encrypted PKCS#8 key",
            () => Leaf.FullChainPem + OpenSslFolder.Convert(Leaf.KeyPem, "pkcs8 -topk8 -passout pass:secret"),
            "key.encrypted"
        },
        {
            "an encrypted PKCS#8 key under the wrong label",
            () => Leaf.FullChainPem + Relabel(OpenSslFolder.Convert(Leaf.KeyPem, "pkcs8 -topk8 -passout pass:secret")),
            "key.encrypted"
        },
        {
            "an encrypted PKCS#1 key",
            () => RsaLeaf.FullChainPem + OpenSslFolder.Convert(RsaLeaf.KeyPem, "rsa -traditional -aes128 -passout pass:secret"),
            "key.encrypted"
        },
        { "an encrypted SEC1 key", () => Leaf.FullChainPem + OpenSslFolder.Convert(Leaf.KeyPem, "ec -aes128 -passout pass:secret"), "key.encrypted" },
        { "an EC key of another certificate", () => Leaf.FullChainPem + Intermediate.KeyPem, "key.mismatch" },
        { "an RSA key of another certificate", () => RsaLeaf.FullChainPem + RsaRoot.KeyPem, "key.mismatch" },
        { "an RSA key for an EC certificate", () => Leaf.FullChainPem + RsaRoot.KeyPem, "key.mismatch" },
        { "two keys and neither of this certificate", () => Leaf.FullChainPem + Root.KeyPem + RsaRoot.KeyPem, "key.mismatch" },
        {
            "the root's key beside the root",
            () => RsaRoot.IssueLeaf("www.example.test").Pem + RsaRoot.Pem + RsaRoot.KeyPem,
            "chain.has-root=info key.mismatch"
        },
        { "an Ed25519 key for an EC certificate", () => Leaf.FullChainPem + OpenSslFolder.Print("genpkey -algorithm ed25519"), "key.mismatch" },
        { "an Ed448 key for an EC certificate", () => Leaf.FullChainPem + OpenSslFolder.Print("genpkey -algorithm ed448"), "key.unsupported" },
        {
            "a brainpool key for a P-256 certificate",
            () => Leaf.FullChainPem + OpenSslFolder.Print("ecparam -name brainpoolP256r1 -genkey -noout"),
            "key.unsupported"
        },
        { "a DSA key", () => Leaf.FullChainPem + Pem.Write("DSA PRIVATE KEY", [0x30, 0x00]), "key.unsupported" },
        { "an OpenSSH key", () => Leaf.FullChainPem + Pem.Write("OPENSSH PRIVATE KEY", "openssh-key-v1"u8), "key.unsupported" },
        {
            "explicit curve parameters in the key",
            () => Leaf.FullChainPem + OpenSslFolder.Convert(Leaf.KeyPem, "ec -param_enc explicit"),
            "key.unsupported"
        },
        {
            "explicit curve parameters in a PKCS#8 key",
            () => Leaf.FullChainPem + OpenSslFolder.Convert(Leaf.KeyPem, "pkey -ec_param_enc explicit"),
            "key.unsupported"
        },
        {
            "the right key beside an encrypted one",
            () => Good + OpenSslFolder.Convert(Leaf.KeyPem, "pkcs8 -topk8 -passout pass:secret"),
            "key.encrypted=warning"
        },
    };

    public static TheoryData<string, Func<string>, string> Leaves => new()
    {
        { "RSA with 1024 bits", () => With(Www with { Key = TestKey.Rsa(1024) }), "key.weak" },
        { "a key on secp256k1", () => With(Www with { Key = TestKey.Ec(ECCurve.CreateFromFriendlyName("secp256k1")) }), "key.weak" },
        {
            "a laboratory certificate on brainpoolP256r1",
            () => Lab("-newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1"),
            "key.weak leaf.is-ca leaf.no-san leaf.self-signed"
        },
        { "a laboratory certificate with Ed25519", () => Lab("-newkey ed25519"), "key.browsers=warning leaf.is-ca leaf.no-san leaf.self-signed" },
        { "a laboratory certificate with SM2", () => Lab("-newkey sm2 -sm3"), "chain.incomplete=warning chain.signer-identity key.browsers=info leaf.is-ca leaf.no-san" },
        { "the same in the usual name", () => Lab("-newkey sm2 -sm3 -sigopt distid:1234567812345678"), "key.browsers=info leaf.is-ca leaf.no-san leaf.self-signed" },
        {
            "a laboratory certificate with explicit parameters",
            () => Lab("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"),
            "key.unsupported leaf.is-ca leaf.no-san leaf.self-signed"
        },
        {
            "an Ed25519 certificate with an RSA key",
            () => LabCertificate("-newkey ed25519") + RsaRoot.KeyPem,
            "key.browsers=warning key.mismatch leaf.is-ca leaf.no-san leaf.self-signed"
        },
        { "a laboratory certificate", () => Lab("-newkey rsa:2048"), "leaf.is-ca leaf.no-san leaf.self-signed" },
        { "a certificate of version 1", Version1, "leaf.no-san" },
        { "a self-signed server certificate", () => SelfSigned(Www with { Key = Leaf.Key }) + Leaf.KeyPem, "leaf.self-signed" },
        { "expired yesterday", () => With(Www with { NotAfter = Now.AddDays(-1) }), "leaf.expired" },
        { "valid from tomorrow", () => With(Www with { NotBefore = Now.AddDays(1) }), "leaf.not-yet-valid" },
        { "a common name only", () => With(new() { Subject = "CN=www.example.test" }), "leaf.no-san" },
        {
            "a mail address as its only alternative name",
            () => With(new() { Subject = "CN=x", Extensions = [Alternative("info@example.test", 1)] }),
            "leaf.no-san"
        },
        { "a name with a space", () => With(Names("www.example.test", "my server")), "name.unusable=warning" },
        { "a wildcard inside the name as the only one", () => With(Names("www.*.example.test")), "leaf.no-san name.unusable=warning" },
        { "CA:TRUE", () => With(Www with { IsCa = true }), "leaf.is-ca" },
        { "for clients only", () => With(Www with { Purposes = [TestCertificates.ClientAuth] }), "leaf.no-server-auth" },
        { "a critical extension that nobody knows", () => With(Www with { Extensions = [Critical("1.3.6.1.4.1.55555.1")] }), "leaf.critical" },
        { "a precertificate", () => With(Www with { Extensions = [Critical("1.3.6.1.4.1.11129.2.4.3")] }), "leaf.critical" },
        { "for any purpose", () => With(Www with { Purposes = ["2.5.29.37.0"] }), "leaf.no-server-auth=warning" },
        { "signed with SHA-1", () => OpenSslFolder.Issue(RsaIntermediate, "-sha1") + RsaIntermediate.Pem, "leaf.weak-signature" },
        { "signed with MD5", () => OpenSslFolder.Issue(RsaIntermediate, "-md5") + RsaIntermediate.Pem, "leaf.weak-signature" },
        { "signed with ECDSA and SHA-1", () => OpenSslFolder.Issue(Intermediate, "-sha1") + Intermediate.Pem, "leaf.weak-signature" },
        { "signed with SHA-224", () => OpenSslFolder.Issue(RsaRoot, "-sha224") + RsaRoot.Pem, "chain.has-root=info chain.unverified" },
        {
            "PSS with a long salt",
            () => OpenSslFolder.Issue(RsaRoot, "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64") + RsaRoot.Pem,
            "chain.has-root=info chain.unverified"
        },
        {
            "everything at once",
            () => SelfSigned(Worst) + Leaf.KeyPem + "-----BEGIN CERTIFICATE-----",
            "key.mismatch key.weak leaf.expired leaf.is-ca leaf.no-san leaf.no-server-auth leaf.self-signed pem.junk"
        },
    };

    public static TheoryData<string, Func<string>, string> Chains => new()
    {
        { "alone, and the issuer's address is in it", () => Alone(Www with { IssuerUrl = "http://ca.example.test/i.cer" }), "chain.incomplete" },
        { "alone, and perhaps from a root", () => Leaf.Pem + Leaf.KeyPem, "chain.incomplete=warning" },
        { "an intermediate of another chain", () => Leaf.FullChainPem + RsaRoot.IssueAuthority("Other").Pem + Leaf.KeyPem, "chain.broken" },
        {
            "only an intermediate of another chain",
            () => Leaf.Pem + RsaRoot.IssueAuthority("Other").Pem + Leaf.KeyPem,
            "chain.broken chain.incomplete=warning"
        },
        { "the root without the intermediate", () => Leaf.Pem + Root.Pem + Leaf.KeyPem, "chain.broken chain.incomplete=warning" },
        { "a gap in the middle", Gap, "chain.broken" },
        {
            "an intermediate that only bears the name",
            () => Leaf.Pem + RsaRoot.IssueAuthority("Test Intermediate").Pem + Leaf.KeyPem,
            "chain.broken"
        },
        {
            "an intermediate with another kind of key that only bears the name",
            () => Leaf.Pem + RsaRoot.IssueAuthority("Test Intermediate", TestKey.Rsa()).Pem + Leaf.KeyPem,
            "chain.broken"
        },
        { "a second server certificate", () => Good + Intermediate.IssueLeaf("other.example.test").Pem, "chain.broken" },
        { "an issuer that is no authority", () => Below(Names("mid.example.test")), "chain.broken" },
        {
            "an issuer that may not sign certificates",
            () => Below(Authority with { Extensions = [new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true)] }),
            "chain.broken"
        },
        { "an intermediate for clients only", () => Below(Authority with { Purposes = [TestCertificates.ClientAuth] }), "chain.purpose" },
        { "an intermediate for any purpose", () => Below(Authority with { Purposes = ["2.5.29.37.0"] }), "chain.purpose=warning" },
        { "an intermediate with a critical extension that nobody knows", () => Below(Authority with { Extensions = [Critical("1.3.6.1.4.1.55555.1")] }), "chain.critical" },
        { "an intermediate that may issue for other names only", () => Below(Authority with { Extensions = [OtherNamesOnly()] }), "chain.names" },
        { "one intermediate more than allowed", PathTooLong, "chain.broken" },
        { "an expired intermediate", () => Below(Authority with { NotAfter = Now.AddDays(-1) }), "chain.expired" },
        { "an intermediate of the future", () => Below(Authority with { NotBefore = Now.AddDays(1) }), "chain.not-yet-valid" },
        { "an intermediate with 1024 bits", () => Below(Authority with { Key = TestKey.Rsa(1024) }), "key.weak" },
        { "an intermediate signed with SHA-1", Sha1Intermediate, "chain.weak-signature" },
        { "an Ed25519 root that signed the leaf", () => BelowRoot("ed25519"), "chain.has-root=info key.browsers=warning" },
        { "an Ed448 root that signed the leaf", () => BelowRoot("ed448"), "chain.has-root=info chain.unverified" },
        { "a brainpool root that signed the leaf", () => BelowRoot("ec -pkeyopt ec_paramgen_curve:brainpoolP256r1"), "chain.has-root=info chain.unverified" },
        { "in the wrong order", () => Intermediate.Pem + Leaf.KeyPem + Leaf.Pem, "chain.order=info" },
        { "with the root", () => Good + Root.Pem, "chain.has-root=info" },
        { "in the wrong order and with the root", () => Root.Pem + Intermediate.Pem + Good, "chain.has-root=info chain.order=info" },
        { "a cross-signed intermediate beside the plain one", CrossSigned, "chain.alternate=info chain.has-root=info" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    [MemberData(nameof(Keys))]
    [MemberData(nameof(Leaves))]
    [MemberData(nameof(Chains))]
    public void An_upload_gets_exactly_its_findings(string description, Func<string> upload, string expected)
    {
        using var inspection = Inspect(upload());

        Assert.Equal($"{description}: {expected}", $"{description}: {Codes(inspection)}");
        Assert.Equal(!expected.Split(' ').Any(code => !code.Contains('=')), inspection.IsAccepted);
        Assert.All(inspection.Findings, finding => Assert.Contains(FindingCodes.All, code => code.Code == finding.Code));
    }
}
