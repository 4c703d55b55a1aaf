using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>SM2 and Ed25519 as OpenSSL makes them: keys in every form, chains, and what is refused once it was changed.</summary>
public sealed class Sm2Tests(Sm2Authority authority) : IClassFixture<Sm2Authority>
{
    private const string Verify = "verify -partial_chain -trusted sm2-int.pem -vfyopt distid:";
    private const string Secret = "correct-horse-42";

    private static DateTimeOffset Today => TimeProvider.System.GetUtcNow().AddHours(1);

    [Theory]
    [InlineData("PKCS#8", "pkey")]
    [InlineData("SEC1", "ec")]
    [InlineData("SEC1 without the public key", "ec -no_public")]
    [InlineData("encrypted PKCS#8", "pkcs8 -topk8 -passout pass:" + Secret)]
    [InlineData("encrypted SEC1", "ec -aes128 -passout pass:" + Secret)]
    public void A_key_on_the_curve_of_SM2_is_read_in_every_form(string description, string form)
    {
        // Newer programs write the first label, others the second.
        var key = authority.Folder.Run($"{form} -in sm2.key");
        foreach (var labelled in new[] { key, key.Replace("SM2 PRIVATE", "EC PRIVATE", StringComparison.Ordinal) })
        {
            using var passphrase = Passphrase.OfUtf8(Pem.Bytes(Secret));
            using var inspection = CertificateInspector.Inspect(Pem.Bytes(authority.FullChain("sm2") + labelled), new InspectionOptions { Now = Today, Passphrase = passphrase });

            Assert.Equal($"{description}: key.browsers=info", $"{description}: {Codes(inspection)}");
            Assert.Equal(["CN=sm2-int"], inspection.Chain.Select(static one => one.Subject));
            authority.Folder.Write("again.key", Pem.Write("PRIVATE KEY", inspection.PrivateKey!.Pkcs8));
            Assert.Equal(authority.Folder.Run("pkey -in sm2.key"), authority.Folder.Run("pkey -in again.key -check").Replace("Key is valid\n", "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("sm2", "key.browsers=info")]
    [InlineData("ed25519", "key.browsers=warning")]
    public void A_keystore_with_such_a_key_is_read(string kind, string expected)
    {
        authority.Folder.Write("chain.pem", authority[$"{kind}-int.pem"]);
        authority.Folder.Run($"pkcs12 -export -in {kind}.pem -inkey {kind}.key -certfile chain.pem -passout pass:{Secret} -out {kind}.p12");
        using var passphrase = Passphrase.OfUtf8(Pem.Bytes(Secret));
        using var inspection = CertificateInspector.Inspect(authority.Folder.ReadBytes($"{kind}.p12"), new InspectionOptions { Now = Today, Passphrase = passphrase });

        Assert.Equal(expected, Codes(inspection));
        Assert.NotNull(inspection.PrivateKey);
    }

    [Theory]
    [InlineData("sm2", "ed25519")]
    [InlineData("ed25519", "sm2")]
    public void The_key_must_be_that_of_the_certificate(string kind, string other)
    {
        foreach (var key in new[] { $"{kind}-int.key", $"{other}.key" })
        {
            using var inspection = CertificateInspector.Inspect(Pem.Bytes(authority.FullChain(kind, kind) + authority[key]), new InspectionOptions { Now = Today });

            Assert.Contains("key.mismatch", Codes(inspection), StringComparison.Ordinal);
            Assert.Null(inspection.PrivateKey);
        }
    }

    [Theory]
    [InlineData("sm2")]
    [InlineData("ed25519")]
    public void A_chain_is_held_together_by_its_signatures_and_any_changed_byte_breaks_it(string kind)
    {
        var (leaf, issuer, root) = (Read($"{kind}.pem"), Read($"{kind}-int.pem"), Read($"{kind}-root.pem"));
        Assert.Equal(SignatureCheck.Valid, IssuerSignature.Check(leaf, issuer.PublicKey));
        Assert.Equal(SignatureCheck.Valid, IssuerSignature.Check(issuer, root.PublicKey));
        Assert.True(root.IsSelfSigned());
        Assert.Equal(SignatureCheck.Invalid, IssuerSignature.Check(leaf, root.PublicKey));

        var content = new SignedContent(leaf.ToBeSigned, leaf.SignatureAlgorithm, leaf.Signature);
        for (var at = 0; at < leaf.ToBeSigned.Length; at += 5)
            Assert.Equal(SignatureCheck.Invalid, IssuerSignature.Check(content with { ToBeSigned = Flipped(leaf.ToBeSigned, at) }, issuer.PublicKey));
        for (var at = 0; at < leaf.Signature.Length; at++)
            Assert.Equal(SignatureCheck.Invalid, IssuerSignature.Check(content with { Signature = Flipped(leaf.Signature, at) }, issuer.PublicKey));
        for (var at = 0; at < issuer.PublicKey.Key.Length; at += 3)
            Assert.NotEqual(SignatureCheck.Valid, IssuerSignature.Check(content, issuer.PublicKey with { Key = Flipped(issuer.PublicKey.Key, at) }));
    }

    [Fact]
    public void An_altered_certificate_is_refused_with_the_code_of_any_other()
    {
        var der = authority.Der("sm2.pem");
        der[^1] ^= 1;
        using var inspection = CertificateInspector.Inspect(
            Pem.Bytes(Pem.Write("CERTIFICATE", der) + authority["sm2-int.pem"] + authority["sm2.key"]), new InspectionOptions { Now = Today });

        Assert.False(inspection.IsAccepted);
        Assert.Contains("chain.broken", Codes(inspection), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_in_the_name_of_another_identity_is_refused_as_OpenSSL_does()
    {
        authority.Issue("sm2-other-id", "sm2", "digitalSignature", signing: "-sm3 -sigopt distid:8765432187654321");
        var (leaf, issuer) = (Read("sm2-other-id.pem"), Read("sm2-int.pem"));

        Assert.Equal(SignatureCheck.Invalid, IssuerSignature.Check(leaf, issuer.PublicKey));
        Assert.Throws<InvalidOperationException>(() => authority.Folder.Run(Verify + "1234567812345678 sm2-other-id.pem"));
        Assert.Contains("OK", authority.Folder.Run(Verify + "8765432187654321 sm2-other-id.pem"), StringComparison.Ordinal);
        Assert.Contains("OK", authority.Folder.Run(Verify + "1234567812345678 sm2.pem"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_in_the_name_of_nobody_is_told_from_a_broken_one()
    {
        authority.Issue("sm2-nameless", "sm2", "digitalSignature", signing: "-sm3");
        using var inspection = CertificateInspector.Inspect(
            Pem.Bytes(authority["sm2-nameless.pem"] + authority["sm2-int.pem"] + authority["sm2-nameless.key"]), new InspectionOptions { Now = Today });

        Assert.Equal("chain.broken chain.signer-identity key.browsers=info", Codes(inspection));
        Assert.Contains("-sigopt distid:1234567812345678", inspection.Findings.Single(static finding => finding.Code == "chain.signer-identity").Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nought", "00")]
    [InlineData("the order less one", "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122")]
    [InlineData("a number above the order", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("33 octets", "01FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54100")]
    public void A_number_that_is_no_private_key_is_unreadable(string description, string number)
    {
        Assert.IsType<PrivateKeyReading.Unreadable>(Sm2Key.Read(Convert.FromHexString(number), default));
        Assert.NotEmpty(description);
    }

    [Fact]
    public void The_point_beside_a_number_must_be_its_own()
    {
        using var one = Usable(Sm2Key.Read([1], default));
        using var two = Usable(Sm2Key.Read([0, 0, 2], default));

        // One times the base point (GB/T 32918.5 section 2).
        Assert.StartsWith("0432C4AE2C1F1981195F9904466A39C994", Convert.ToHexString(one.PublicKey.Key.Span), StringComparison.Ordinal);
        Assert.IsType<PrivateKeyReading.Unreadable>(Sm2Key.Read([1], two.PublicKey.Key.Span));
        using var same = Usable(Sm2Key.Read([2], two.PublicKey.Key.Span));
        Assert.True(same.PublicKey.IsSameKeyAs(two.PublicKey));
    }

    [Theory]
    [InlineData("the neutral point", "0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("a point of order two", "ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F")]
    [InlineData("a point of order four", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("a point of order eight", "26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05")]
    [InlineData("no point", "0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("a number above the field", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    public void An_Ed25519_key_outside_the_group_is_answered_at_once(string description, string point)
    {
        var key = PublicKeyInfo.Read(Convert.FromHexString("302A300506032B6570032100" + point));
        var leaf = Read("ed25519.pem");
        foreach (var scalar in new[] { "00", "01", "FF" })
        {
            byte[] signature = [.. leaf.Signature.Span[..32], .. Enumerable.Repeat(Convert.FromHexString(scalar)[0], 32)];
            Assert.NotEqual(SignatureCheck.Valid, IssuerSignature.Check(new SignedContent(leaf.ToBeSigned, leaf.SignatureAlgorithm, signature), key));
        }

        Assert.NotEmpty(description);
    }

    private CertificateRecord Read(string name) => CertificateRecord.Parse(authority.Der(name));

    private static PrivateKey Usable(PrivateKeyReading reading) => Assert.IsType<PrivateKeyReading.Usable>(reading).Key;

    private static byte[] Flipped(ReadOnlyMemory<byte> bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 0x10;
        return copy;
    }
}
