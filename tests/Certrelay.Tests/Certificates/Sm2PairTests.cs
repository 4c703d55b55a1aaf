using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>Two SM2 certificates, one to sign and one to encrypt to, as one upload: what fits together and every fault at once.</summary>
public sealed class Sm2PairTests(Sm2PairTests.Pairs pairs) : IClassFixture<Sm2PairTests.Pairs>
{
    /// <summary>A pair, and certificates that fit it in every point but one.</summary>
    public sealed class Pairs : IDisposable
    {
        public const string ForEncryption = "keyEncipherment,dataEncipherment,keyAgreement";

        private readonly Sm2Authority _other = new();

        public Pairs()
        {
            Authority.Issue("enc", "sm2", ForEncryption);
            Authority.Issue("agree", "sm2", "keyAgreement");
            Authority.Issue("old", "sm2", ForEncryption, days: -1);
            Authority.Issue("names", "sm2", ForEncryption, "www.example.test other.example.test");
            Authority.Issue("same-key", "sm2", ForEncryption, key: "sm2");
            Authority.Issue("nameless", "sm2", ForEncryption, signing: "-sm3");
            Authority.Issue("wrong", "sm2", "digitalSignature", "other.example.test", days: -1);
            _other.Issue("enc", "sm2", ForEncryption);
        }

        public Sm2Authority Authority { get; } = new();

        public string this[string name] => name == "stranger" ? _other["enc.pem"] + _other["enc.key"] : Authority[$"{name}.pem"] + Authority[$"{name}.key"];

        public void Dispose()
        {
            Authority.Dispose();
            _other.Dispose();
        }
    }

    private static InspectionOptions Today => new() { Now = TimeProvider.System.GetUtcNow().AddMinutes(1) };

    [Theory]
    [InlineData("sm2", "enc", "key.browsers=info")]
    [InlineData("sm2", "agree", "key.browsers=info")]
    [InlineData("sm2", "old", "key.browsers=info leaf.expired")]
    [InlineData("sm2", "names", "key.browsers=info leaf.pair-names")]
    [InlineData("sm2", "same-key", "key.browsers=info leaf.pair-key")]
    [InlineData("sm2", "sm2", "key.browsers=info leaf.pair-key leaf.pair-usage")]
    [InlineData("enc", "sm2", "key.browsers=info leaf.pair-usage")]
    [InlineData("sm2", "stranger", "key.browsers=info leaf.pair-issuer")]
    [InlineData("sm2", "nameless", "chain.signer-identity key.browsers=info leaf.pair-issuer")]
    [InlineData("sm2", "ed25519", "key.browsers=info leaf.pair-issuer leaf.pair-key leaf.pair-usage")]
    [InlineData("sm2", "wrong", "key.browsers=info leaf.expired leaf.pair-names leaf.pair-usage")]
    public void A_pair_gets_exactly_its_findings(string signing, string encryption, string expected)
    {
        using var inspection = Inspect(pairs[signing], pairs[encryption]);

        Assert.Equal(expected, Codes(inspection));
        Assert.Equal(expected == "key.browsers=info", inspection.IsAccepted);
        Assert.All(inspection.Findings, static finding => Assert.NotEmpty(finding.Remedy));
    }

    [Fact]
    public void Both_leaves_come_with_their_keys_and_one_chain()
    {
        using var inspection = Inspect(pairs["sm2"], pairs["enc"]);

        Assert.Equal(("CN=sm2", "CN=enc"), (inspection.Leaf!.Subject, inspection.Encryption!.Subject));
        Assert.True(inspection.PrivateKey!.PublicKey.IsSameKeyAs(inspection.Leaf.PublicKey));
        Assert.True(inspection.EncryptionKey!.PublicKey.IsSameKeyAs(inspection.Encryption.PublicKey));
        Assert.Equal("CN=sm2-int", Assert.Single(inspection.Chain).Subject);
        inspection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => inspection.EncryptionKey.Pkcs8.Length);
    }

    [Fact]
    public void Two_that_were_swapped_are_told_so()
    {
        using var inspection = Inspect(pairs["enc"], pairs["sm2"]);

        Assert.All(inspection.Findings.Where(static finding => finding.Code == "leaf.pair-usage"), static finding => Assert.EndsWith("The two seem to be swapped.", finding.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("the key is missing", "enc.pem", "", "key.missing")]
    [InlineData("the key is that of the signing certificate", "enc.pem", "sm2.key", "key.mismatch")]
    [InlineData("the certificate is missing", "enc.key", "", "pem.nothing-found")]
    public void What_is_wrong_with_the_second_files_is_said_of_their_field(string fault, string one, string other, string code)
    {
        var authority = pairs.Authority;
        using var inspection = Inspect(pairs["sm2"], authority[one] + (other.Length > 0 ? authority[other] : ""));

        var finding = inspection.Findings.Single(static finding => finding.Severity is Severity.Error);
        Assert.Equal((fault, code), (fault, finding.Code));
        Assert.StartsWith("encryptCertificate: ", finding.Scope, StringComparison.Ordinal);
        Assert.NotNull(inspection.PrivateKey);
    }

    [Fact]
    public void An_altered_encryption_certificate_is_refused()
    {
        var der = pairs.Authority.Der("enc.pem");
        der[^1] ^= 1;
        using var inspection = Inspect(pairs["sm2"], Pem.Write("CERTIFICATE", der) + pairs.Authority["enc.key"]);

        Assert.Equal("key.browsers=info leaf.pair-issuer", Codes(inspection));
    }

    private CertificateInspection Inspect(string signing, string encryption) =>
        PairInspector.Inspect([Pem.Bytes(signing + pairs.Authority["sm2-int.pem"])], [Pem.Bytes(encryption)], Today);
}
