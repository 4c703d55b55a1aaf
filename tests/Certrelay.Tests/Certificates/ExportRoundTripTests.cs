using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>What was written is read back as what it was written from.</summary>
public sealed class ExportRoundTripTests
{
    private const string Secret = "correct horse 42";

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var format in ExportFormat.All.Where(static format => format is { HoldsKey: true, IsOfPair: false }))
        {
            foreach (var key in new[] { "P-256", "P-384", "P-521", "RSA", "RSA-PSS", "Ed25519", "SM2" })
            {
                if (ExportFit.WhyNot(format, key is "SM2" ? "Sm2" : key, isPair: false) is null)
                    cases.Add(format.Name, key);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_form_with_the_key_gives_leaf_chain_and_key_back(string format, string kind)
    {
        using var original = Inspect(Upload(kind));
        using var content = Content(original);
        using var file = ExportFormat.Find(format)!.Export(content);
        using var passphrase = Passphrase.OfUtf8(Pem.Bytes(Secret));
        using var again = CertificateInspector.Inspect(format == "k8s" ? Decoded(file.Bytes) : format == "key" ? [.. file.Bytes, .. content.Bundle.FullChainPem()] : file.Bytes, Options with { Passphrase = passphrase });

        Assert.Equal(original.Leaf, again.Leaf);
        Assert.Equal(original.Chain, again.Chain);
        Assert.Equal(original.PrivateKey!.Pkcs8.ToArray(), again.PrivateKey!.Pkcs8.ToArray());
        Assert.DoesNotContain(again.Findings, static finding => finding.Code is not ("file.passed-over" or "key.browsers"));
    }

    [Theory]
    [InlineData("cert", 1)]
    [InlineData("chain", 1)]
    [InlineData("p7b", 2)]
    [InlineData("root", 1)]
    [InlineData("truststore", 1)]
    public void A_form_without_the_key_gives_its_certificates_back_and_no_key(string format, int count)
    {
        using var original = Inspect(Upload("RSA"));
        using var content = Content(original);
        using var file = ExportFormat.Find(format)!.Export(content);
        using var passphrase = Passphrase.OfUtf8(Pem.Bytes(Secret));
        var findings = new FindingList();
        var read = Certrelay.Certificates.Upload.Read([file.Bytes], passphrase, findings);

        Assert.Equal(count, read.Certificates.Count);
        Assert.Empty(read.Keys);
        Assert.All(findings.All, finding => Assert.Equal("file.passed-over", finding.Code));
        Assert.Contains(format is "root" or "truststore" ? original.Root! : format is "chain" ? original.Chain[0] : original.Leaf!, read.Certificates);
    }

    [Fact]
    public void The_page_on_forms_tells_of_each()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "formats.md"));

        Assert.All(ExportFormat.All, format => Assert.Contains($"| `{format.Name}` | {format.Purpose} | {(format.HoldsKey ? "yes" : "")} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_drawn_passphrase_is_fit_and_never_the_same()
    {
        var drawn = Enumerable.Range(0, 100).Select(static _ => new string(Passphrase.Draw().Characters)).ToList();

        Assert.All(drawn, text => Assert.True(text.Length == 24 && Passphrase.IsFit(text)));
        Assert.Equal(100, drawn.Distinct().Count());
    }

    [Theory]
    [InlineData("seven77", false)]
    [InlineData("eight888", true)]
    [InlineData("with space & quote\"", true)]
    [InlineData("tab\ttab\ttab", false)]
    [InlineData("schön und lang", false)]
    public void A_passphrase_is_fit_where_every_program_means_the_same_by_it(string text, bool fit) => Assert.Equal(fit, Passphrase.IsFit(text));

    [Fact]
    public void Files_print_their_names_and_nothing_of_the_key()
    {
        using var original = Inspect(Good);
        using var content = Content(original);
        using var file = ExportFormat.Find("key")!.Export(content);

        Assert.Equal("shop.key", file.ToString());
        Assert.DoesNotContain(Secret, content.ToString(), StringComparison.Ordinal);
        file.Dispose();
        Assert.True(file.Bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0);
    }

    private static string Upload(string kind) => kind switch
    {
        "RSA" => RsaLeaf.FullChainPem + RsaRoot.Pem + RsaLeaf.KeyPem,
        "RSA-PSS" => OpenSslFolder.Issue(RsaIntermediate, "-sha256", "rsa-pss") + RsaIntermediate.Pem,
        "Ed25519" => OpenSslFolder.Issue(RsaIntermediate, "-sha256", "ed25519") + RsaIntermediate.Pem,
        "SM2" => OpenSslFolder.Issue(RsaIntermediate, "-sha256", "sm2") + RsaIntermediate.Pem,
        "P-384" => With(Names("www.example.test") with { Key = TestKey.P384() }),
        "P-521" => With(Names("www.example.test") with { Key = TestKey.P521() }),
        _ => Good,
    };

    private static ExportContent Content(CertificateInspection inspection) => new(
        new CertificateBundle("shop", inspection.Leaf!.Der, [.. inspection.Chain.Select(static one => one.Der)], inspection.PrivateKey!.Pkcs8.ToArray()),
        inspection.Root?.Der ?? default, Passphrase.OfUtf8(Pem.Bytes(Secret)), TestCertificates.NotBefore);

    private static byte[] Decoded(byte[] manifest) => [.. System.Text.Encoding.ASCII.GetString(manifest).Split('\n')
        .Where(static line => line.StartsWith("  tls.", StringComparison.Ordinal)).SelectMany(static line => Convert.FromBase64String(line[11..]))];
}
