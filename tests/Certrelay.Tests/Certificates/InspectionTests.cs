using System.Text;
using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

public sealed class InspectionTests
{
    private static readonly string Garbled = Good.Replace("\n", "\r\n", StringComparison.Ordinal);

    public static TheoryData<string, Func<string>> GoodUploads => new()
    {
        { "leaf, intermediate, key", () => Good },
        { "key first", () => Leaf.KeyPem + Leaf.FullChainPem },
        { "a SEC1 key", () => Leaf.FullChainPem + Leaf.Key.TraditionalPem },
        { "a SEC1 key with its parameters", () => Leaf.FullChainPem + OpenSslFolder.Print("ecparam -name prime256v1") + Leaf.Key.TraditionalPem },
        { "a SEC1 key without its public point", () => Leaf.FullChainPem + OpenSslFolder.Convert(Leaf.KeyPem, "ec -no_public") },
        {
            "a SEC1 key labelled as PKCS#8",
            () => Leaf.FullChainPem + Leaf.Key.TraditionalPem.Replace("EC PRIVATE", "PRIVATE", StringComparison.Ordinal)
        },
        { "an RSA key as PKCS#8", () => RsaLeaf.FullChainPem + RsaLeaf.KeyPem },
        { "an RSA key as PKCS#1", () => RsaLeaf.FullChainPem + RsaLeaf.Key.TraditionalPem },
        {
            "a PKCS#1 key labelled as PKCS#8",
            () => RsaLeaf.FullChainPem + RsaLeaf.Key.TraditionalPem.Replace("RSA PRIVATE", "PRIVATE", StringComparison.Ordinal)
        },
        { "a P-384 key", () => With(Names("www.example.test") with { Key = TestKey.P384() }) },
        { "a P-521 key", () => With(Names("www.example.test") with { Key = TestKey.P521() }) },
        { "signed with SHA-384", () => With(Names("www.example.test") with { Hash = System.Security.Cryptography.HashAlgorithmName.SHA384 }) },
        { "signed with SHA-512", () => With(Names("www.example.test") with { Hash = System.Security.Cryptography.HashAlgorithmName.SHA512 }) },
        {
            "signed with RSA-PSS",
            () => OpenSslFolder.Issue(RsaIntermediate, "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest") + RsaIntermediate.Pem
        },
        { "a key marked as RSA-PSS", () => OpenSslFolder.Issue(RsaIntermediate, "-sha256", "rsa-pss") + RsaIntermediate.Pem },
        { "CRLF line ends", () => Garbled },
        { "a byte order mark", () => "\uFEFF" + Good },
        {
            "bag attributes between the blocks",
            () => $"Bag Attributes\n    friendlyName: x\n{Leaf.Pem}subject=CN = x\n{Intermediate.Pem}Key Attributes: <No Attributes>\n{Leaf.KeyPem}"
        },
        { "indented lines", () => "  " + Good.Replace("\n", "\n  ", StringComparison.Ordinal) },
        { "files joined without a line break", () => Leaf.Pem.TrimEnd() + Intermediate.Pem.TrimEnd() + Leaf.KeyPem },
        { "no line breaks inside a block", () => Intermediate.Pem + Leaf.KeyPem + OneLine(Leaf.Pem) + Leaf.Pem },
        { "X509 CERTIFICATE", () => Good.Replace("CERTIFICATE", "X509 CERTIFICATE", StringComparison.Ordinal) },
        { "TRUSTED CERTIFICATE", () => OpenSslFolder.Convert(Leaf.Pem, "x509 -trustout -addtrust serverAuth") + Intermediate.Pem + Leaf.KeyPem },
        { "the same certificates twice", () => Good + Leaf.FullChainPem },
        { "a second key of something else", () => Intermediate.KeyPem + Good },
        { "below a longer chain", () => Below(TestCertificates.Authority("Lower"), Root.IssueAuthority("Upper").IssueAuthority("Middle")) },
    };

    [Theory]
    [MemberData(nameof(GoodUploads))]
    public void A_good_upload_has_no_error_and_its_key_fits_the_leaf(string description, Func<string> upload)
    {
        using var inspection = Inspect(upload());

        Assert.DoesNotContain(inspection.Findings, finding => finding.Code is not "chain.order");
        Assert.NotNull(inspection.Leaf);
        Assert.NotEmpty(inspection.Chain);
        Assert.True(inspection.PrivateKey!.PublicKey.IsSameKeyAs(inspection.Leaf.PublicKey), description);
    }

    [Fact]
    public void Certificate_chain_and_key_may_come_as_separate_inputs()
    {
        using var inspection = CertificateInspector.Inspect([Pem.Bytes(Leaf.KeyPem), Pem.Bytes(Leaf.Pem), Pem.Bytes(Intermediate.Pem)], Options);

        Assert.Empty(inspection.Findings);
        Assert.Equal([Intermediate.Fingerprint], inspection.Chain.Select(one => one.Fingerprint));
    }

    [Fact]
    public void Text_saved_as_utf_16_is_read()
    {
        using var inspection = CertificateInspector.Inspect((byte[])[.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Good)], Options);

        Assert.Empty(inspection.Findings);
    }

    [Theory]
    [InlineData("DER", "308203A1")]
    [InlineData("a Java keystore", "FEEDFEED00000002")]
    public void What_begins_as_a_container_and_ends_too_early_is_told(string description, string hex)
    {
        using var inspection = CertificateInspector.Inspect(Convert.FromHexString(hex), Options);

        var finding = Assert.Single(inspection.Findings);
        Assert.Equal($"{description}: file.damaged", $"{description}: {finding.Code}");
    }

    [Theory]
    [InlineData("rsa:2048")]
    [InlineData("ec -pkeyopt ec_paramgen_curve:P-256")]
    public void Allowing_self_signed_turns_the_faults_of_a_laboratory_certificate_into_warnings(string newKey)
    {
        using var inspection = Inspect(OpenSslFolder.Laboratory($"-newkey {newKey}"), Options with { AllowSelfSigned = true });

        Assert.Equal("leaf.is-ca=warning leaf.no-san=warning leaf.self-signed=warning", Codes(inspection));
        Assert.True(inspection.IsAccepted);
    }

    [Fact]
    public void Allowing_self_signed_forgives_nothing_else()
    {
        using var expired = Inspect(OpenSslFolder.Laboratory("-newkey rsa:1024"), Options with { AllowSelfSigned = true, Now = Now.AddYears(20) });
        using var issued = Inspect(With(new() { Subject = "CN=x", IsCa = true }), Options with { AllowSelfSigned = true });

        Assert.Equal("key.weak leaf.expired leaf.is-ca=warning leaf.no-san=warning leaf.self-signed=warning", Codes(expired));
        Assert.Equal("leaf.is-ca leaf.no-san", Codes(issued));
    }

    [Fact]
    public void A_certificate_that_is_only_watched_needs_no_key()
    {
        using var inspection = Inspect(Leaf.FullChainPem, Options with { KeyRequired = false });

        Assert.Empty(inspection.Findings);
        Assert.Null(inspection.PrivateKey);
    }

    [Fact]
    public void The_last_second_of_the_validity_belongs_to_it()
    {
        using var last = Inspect(Good, Options with { Now = TestCertificates.NotAfter });
        using var over = Inspect(Good, Options with { Now = TestCertificates.NotAfter.AddSeconds(1) });

        Assert.Empty(last.Findings);
        Assert.Equal("chain.expired leaf.expired", Codes(over));
    }

    [Fact]
    public void Of_several_leaves_the_one_with_the_key_is_taken_and_of_those_the_newest()
    {
        var old = Intermediate.Issue(Names("www.example.test") with { Key = Leaf.Key, NotBefore = TestCertificates.NotBefore.AddDays(-90) });
        using var inspection = Inspect(Intermediate.IssueLeaf("other.example.test").Pem + old.Pem + Good);

        Assert.Equal(Leaf.Fingerprint, inspection.Leaf!.Fingerprint);
    }

    [Fact]
    public void Names_that_differ_in_string_type_and_case_are_one_name()
    {
        var authority = Root.Issue(TestCertificates.Authority("Some Intermediate"));
        var shouting = new TestCertificate(Edit(authority.Der, "Some Intermediate", "SOME INTERMEDIATE"), authority.Key, Root);
        var leaf = shouting.IssueLeaf("www.example.test");
        using var inspection = Inspect(leaf.Pem + authority.Pem + leaf.KeyPem);

        Assert.Empty(inspection.Findings);
    }

    [Fact]
    public void Findings_are_the_same_every_time()
    {
        var text = Root.Pem + Intermediate.Pem + Leaf.Pem + RsaLeaf.Pem + RsaLeaf.KeyPem + "-----BEGIN X";
        using var first = Inspect(text);
        using var second = Inspect(text);

        Assert.NotEmpty(first.Findings);
        Assert.Equal(first.Findings, second.Findings);
    }

    [Fact]
    public void No_finding_repeats_bytes_of_a_key()
    {
        var base64 = Leaf.KeyPem.Split('\n')[1];
        using var inspection = Inspect(Leaf.FullChainPem + Leaf.KeyPem.Remove(60, 1) + RsaRoot.KeyPem);

        Assert.DoesNotContain(inspection.Findings, finding => finding.ToString().Contains(base64[..16], StringComparison.Ordinal));
        Assert.DoesNotContain(base64[..16], inspection.PrivateKey?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Disposal_zeroes_the_key()
    {
        var inspection = Inspect(Good);
        var held = inspection.PrivateKey!.Pkcs8;
        inspection.Dispose();

        Assert.True(held.IndexOfAnyExcept((byte)0) < 0);
    }

    private static string OneLine(string pem) => pem.Replace("\n", "", StringComparison.Ordinal);

    private static byte[] Edit(byte[] der, string from, string to)
    {
        var copy = der.ToArray();
        Encoding.ASCII.GetBytes(to).CopyTo(copy, copy.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from)));
        return copy;
    }
}
