using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.UploadFiles;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>Every form in which a good certificate may come gives the same leaf, chain and key.</summary>
public sealed class FileFormTests
{
    public static TheoryData<string, string?, Func<byte[][]>> Good => new()
    {
        { "PKCS#12 by OpenSSL 3", Secret, () => [Pkcs12()] },
        { "PKCS#12 by OpenSSL 1 (RC2 and Triple DES)", Secret, () => [Pkcs12("-legacy")] },
        { "PKCS#12 with Triple DES alone", Secret, () => [Pkcs12("-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1")] },
        { "PKCS#12 with AES-128 and SHA-512", Secret, () => [Pkcs12("-certpbe AES-128-CBC -keypbe AES-128-CBC -macalg sha512")] },
        { "PKCS#12 with open certificates", Secret, () => [Pkcs12("-certpbe NONE")] },
        { "PKCS#12 without a MAC", Secret, () => [Pkcs12("-nomac")] },
        { "PKCS#12 with nothing protected, and a passphrase that nobody needs", Secret, () => [Pkcs12("-nomac -certpbe NONE -keypbe NONE")] },
        { "PKCS#12 with nothing protected", null, () => [Pkcs12("-nomac -certpbe NONE -keypbe NONE")] },
        { "PKCS#12 with an empty passphrase", null, () => [OpenSsl("pkcs12 -export -in leaf.pem -certfile chain.pem -inkey key.pem -passout pass:")] },
        { "PKCS#12 with an empty passphrase by OpenSSL 1", null, () => [OpenSsl("pkcs12 -export -legacy -in leaf.pem -certfile chain.pem -inkey key.pem -passout pass:")] },
        { "PKCS#12 by the framework without a passphrase", null, () => [Leaf.ToPkcs12(passphrase: null)] },
        { "PKCS#12 with many rounds", Secret, () => [Pkcs12("-iter 200000")] },
        { "PKCS#12 in Base64", Secret, () => [Pem.Bytes(Convert.ToBase64String(Pkcs12(), Base64FormattingOptions.InsertLineBreaks))] },
        { "PKCS#12 in PEM", Secret, () => [Pem.Bytes(Pem.Write("PKCS12", Pkcs12()))] },
        { "PEM in Base64", null, () => [Pem.Bytes(Convert.ToBase64String(Pem.Bytes(Good_)))] },
        { "an encrypted PKCS#8 key", Secret, () => [Encrypted("pkcs8 -topk8")] },
        { "an encrypted PKCS#8 key with AES-128 and SHA-512", Secret, () => [Encrypted("pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512")] },
        { "an encrypted PKCS#8 key with Triple DES", Secret, () => [Encrypted("pkcs8 -topk8 -v2 des3")] },
        { "an encrypted PKCS#8 key of PKCS#12's kind", Secret, () => [Encrypted("pkcs8 -topk8 -v1 PBE-SHA1-3DES")] },
        { "an encrypted PKCS#8 key of version 1.5", Secret, () => [Encrypted("pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default")] },
        { "an encrypted PKCS#8 key in DER", Secret, () => [Pem.Bytes(Leaf.FullChainPem), OpenSsl("pkcs8 -topk8 -outform DER -in key.pem -passout file:secret")] },
        { "an encrypted SEC1 key with AES-128", Secret, () => [Encrypted("ec -aes128")] },
        { "an encrypted SEC1 key with AES-192", Secret, () => [Encrypted("ec -aes192")] },
        { "an encrypted SEC1 key with AES-256 and CRLF", Secret, () => [Pem.Bytes(Text(Encrypted("ec -aes256")).Replace("\n", "\r\n", StringComparison.Ordinal))] },
        { "an encrypted SEC1 key with Triple DES", Secret, () => [Encrypted("ec -des3")] },
        { "an encrypted SEC1 key with DES", Secret, () => [Encrypted("ec -des -provider legacy -provider default")] },
        { "a passphrase with the line break of its file", Secret + "\r\n", () => [Encrypted("ec -aes128")] },
        { "DER, each in its file", null, () => [Leaf.Der, Intermediate.Der, Leaf.Key.Pkcs8] },
        { "DER certificates behind each other, and the key as SEC1", null, () => [[.. Leaf.Der, .. Intermediate.Der], Der(Leaf.Key.TraditionalPem)] },
        { "DER with a line break behind it", null, () => [[.. Leaf.Der, 13, 10], Intermediate.Der, [.. Leaf.Key.Pkcs8, 10]] },
        { "PKCS#7 in PEM and the key", null, () => [OpenSsl("crl2pkcs7 -nocrl -certfile leaf.pem -certfile chain.pem"), Pem.Bytes(Leaf.KeyPem)] },
        { "PKCS#7 in DER and the key", null, () => [OpenSsl("crl2pkcs7 -nocrl -certfile leaf.pem -certfile chain.pem -outform DER"), Leaf.Key.Pkcs8] },
        { "an archive", null, () => [Zip(("a/leaf.crt", Leaf.Der), ("a/chain.crt", Pem.Bytes(Intermediate.Pem)), ("a/leaf.key", Pem.Bytes(Leaf.KeyPem)))] },
        { "an archive with folders for servers and the passphrase beside each store", null, () => [CloudArchive(Pem.Bytes(Secret + "\n"))] },
        { "an archive whose store nobody can open", null, () => [CloudArchive(Pem.Bytes("another"))] },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_certificate_is_taken_in_every_form(string description, string? passphrase, Func<byte[][]> files)
    {
        using var inspection = Inspect(passphrase, files());

        Assert.True(inspection.IsAccepted, $"{description}: {string.Join(Environment.NewLine, inspection.Findings)}");
        Assert.Equal(Leaf.Fingerprint, inspection.Leaf!.Fingerprint);
        Assert.Equal([Intermediate.Fingerprint], inspection.Chain.Select(one => one.Fingerprint));
        Assert.Equal(Leaf.Key.Pkcs8, inspection.PrivateKey!.Pkcs8.ToArray());
        Assert.All(inspection.Findings, finding => Assert.True(finding.Code is "file.passed-over" or "file.passphrase" && description.StartsWith("an archive", StringComparison.Ordinal), finding.ToString()));
    }

    [Theory]
    [InlineData("rsa -traditional -aes256")]
    [InlineData("rsa -traditional -des3")]
    [InlineData("pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -provider legacy -provider default")]
    public void An_encrypted_RSA_key_is_opened(string arguments)
    {
        using var inspection = Inspect(Secret, Encrypted(arguments, RsaLeaf));

        Assert.Empty(inspection.Findings);
        Assert.Equal(RsaLeaf.Key.Pkcs8, inspection.PrivateKey!.Pkcs8.ToArray());
    }

    [Theory]
    [InlineData("sécret Ж")]
    [InlineData("")]
    [InlineData("a")]
    public void A_passphrase_in_any_alphabet_opens_what_the_framework_wrote(string passphrase)
    {
        using var inspection = Inspect(passphrase, Leaf.ToPkcs12(passphrase));

        Assert.Empty(inspection.Findings);
        Assert.NotNull(inspection.PrivateKey);
    }

    [Fact]
    public void Disposal_zeroes_a_passphrase_and_it_never_prints_itself()
    {
        var passphrase = Passphrase.OfUtf8("secret"u8);
        var options = Options with { Passphrase = passphrase };
        Assert.DoesNotContain("secret", $"{passphrase} {options}", StringComparison.Ordinal);
        passphrase.Dispose();

        Assert.True(passphrase.Characters.IndexOfAnyExcept('\0') < 0);
    }

    private static string Good_ => Uploads.Good;

    private static string Text(byte[] bytes) => System.Text.Encoding.ASCII.GetString(bytes);

    /// <summary>As Chinese clouds hand it out: the same certificate for each kind of server, a request, a note.</summary>
    private static byte[] CloudArchive(byte[] passphrase) => Zip(
        ("Nginx/www.example.test_bundle.crt", Pem.Bytes(Leaf.FullChainPem)),
        ("Nginx/www.example.test.key", Pem.Bytes(Leaf.KeyPem)),
        ("Apache/1_root_bundle.crt", Pem.Bytes(Intermediate.Pem)),
        ("Apache/2_www.example.test.crt", Pem.Bytes(Leaf.Pem)),
        ("Apache/3_www.example.test.key", Pem.Bytes(Leaf.KeyPem)),
        ("IIS/www.example.test.pfx", Pkcs12()),
        ("IIS/keystorePass.txt", passphrase),
        ("__MACOSX/._Nginx", [0, 5, 22, 7]),
        ("read me.txt", "Thank you for your order."u8.ToArray()),
        ("www.example.test.csr", Pem.Bytes(OpenSslFolder.Print("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout /dev/null"))));
}
