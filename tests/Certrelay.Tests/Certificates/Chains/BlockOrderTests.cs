using System.Text.RegularExpressions;
using Certrelay.Certificates;
using Certrelay.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates.Chains;

/// <summary>The order of the blocks of a text changes nothing but the information that it was another one.</summary>
public sealed partial class BlockOrderTests
{
    private static readonly TestCertificate Old = TestCertificates.Root("Old Root");
    private static readonly TestCertificate Crossed = Old.Issue(TestCertificates.Authority("Test Root", Root.Key));
    private static readonly TestCertificate Twin = Root.Issue(TestCertificates.Authority("Test Intermediate", Intermediate.Key));
    private static readonly TestCertificate Renewed = Intermediate.Issue(new TestCertificateOptions { Names = ["www.example.test"], Key = Leaf.Key });

    private static readonly string[][] Texts =
    [
        [Leaf.Pem, Intermediate.Pem, Root.Pem, Leaf.KeyPem],
        [Leaf.Pem, Intermediate.Pem, Twin.Pem, Crossed.Pem, Old.Pem, Root.Pem, Leaf.KeyPem],
        [Leaf.Pem, Renewed.Pem, Intermediate.Pem, Leaf.KeyPem],
        [Leaf.Pem, Intermediate.Pem, RsaIntermediate.Pem, RsaLeaf.Pem, Leaf.KeyPem, RsaLeaf.KeyPem],
        [Leaf.Pem, Crossed.Pem, Intermediate.KeyPem, Leaf.KeyPem],
        [Intermediate.Pem, Root.Pem, Leaf.KeyPem],
        [Leaf.Pem, Intermediate.Pem, RsaLeaf.KeyPem],
    ];

    [Fact]
    public void The_order_of_blocks_never_changes_the_result()
    {
        TrustStores[] stores = [TrustStores.None, Stores.Of(("own", [Root]), ("old", [Old])), Stores.Of(("old", [Old]))];
        var cases =
            from text in Gen.Choose(0, Texts.Length - 1)
            from order in Gen.Shuffle(Enumerable.Range(0, Texts[text].Length).ToArray())
            from chosen in Gen.Choose(0, stores.Length - 1)
            select (text, order, chosen);
        Prop.ForAll(cases.ToArbitrary(), one => Result(Texts[one.text], stores[one.chosen]) == Result([.. one.order.Select(i => Texts[one.text][i])], stores[one.chosen])).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [GeneratedRegex(@"block \d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlockNumber();

    /// <summary>All that is told of an upload, but for the numbers of blocks.</summary>
    private static string Result(string[] blocks, TrustStores stores)
    {
        using var inspection = Inspect(string.Concat(blocks), Options with { Stores = stores });
        var findings = inspection.Findings.Where(static finding => finding.Code != FindingCodes.ChainOrder.Code)
            .Select(static finding => BlockNumber().Replace($"{finding}", "block")).Order(StringComparer.Ordinal);
        return string.Join('\n', (string[])
        [
            $"{inspection.Leaf?.Fingerprint} {inspection.Root?.Fingerprint} {inspection.PrivateKey?.PublicKey.SpkiSha256} {inspection.IsAccepted}",
            string.Join(' ', inspection.Chain.Select(static one => one.Fingerprint)),
            string.Join(' ', inspection.Alternates.Select(static one => one.Fingerprint.Hex).Order(StringComparer.Ordinal)),
            .. inspection.Trust.Select(static verdict => $"{verdict}"),
            .. findings,
        ]);
    }
}
