using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates.Chains;

public sealed class PublicRulesTests
{
    private static readonly X509Extension Timestamps = new("1.3.6.1.4.1.11129.2.4.2", [0x04, 0x02, 0x00, 0x00], critical: false);

    [Theory]
    [InlineData("2020-08-31T23:59:59Z", 900, null)]
    [InlineData("2020-09-01T00:00:00Z", 398, null)]
    [InlineData("2020-09-01T00:00:00Z", 399, 398)]
    [InlineData("2026-03-14T23:59:59Z", 398, null)]
    [InlineData("2026-03-15T00:00:00Z", 200, null)]
    [InlineData("2026-03-15T00:00:00Z", 201, 200)]
    [InlineData("2027-03-15T00:00:00Z", 100, null)]
    [InlineData("2027-03-15T00:00:00Z", 101, 100)]
    [InlineData("2029-03-14T23:59:59Z", 100, null)]
    [InlineData("2029-03-15T00:00:00Z", 47, null)]
    [InlineData("2029-03-15T00:00:00Z", 48, 47)]
    public void The_limit_is_that_of_the_day_of_issue(string from, int days, int? broken)
    {
        var notBefore = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        // Both ends count: 200 days end a second earlier.
        var leaf = Intermediate.Issue(new TestCertificateOptions
        {
            Names = ["www.example.test"],
            NotBefore = notBefore,
            NotAfter = notBefore.AddDays(days).AddSeconds(-1),
            Extensions = [Timestamps],
        });

        foreach (var (stores, severity) in new[] { (Stores.System([Root]), Severity.Warning), (Stores.System([Old], Root), Severity.Info), (Stores.System([Old]), Severity.Info) })
        {
            using var inspection = CertificateInspector.Inspect(Pem.Bytes(leaf.FullChainPem + leaf.KeyPem), new InspectionOptions { Now = notBefore.AddDays(1), Stores = stores });
            var finding = inspection.Findings.SingleOrDefault(one => one.Code == "validity.too-long");
            Assert.Equal(broken is null ? null : severity, finding?.Severity);
            Assert.Contains(broken is null ? "" : $"{broken} days", finding?.Message ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Where_trust_is_not_known_nothing_is_said_of_it()
    {
        foreach (var stores in new[] { TrustStores.None, Stores.System([]), Stores.Of(("own", [Root])) })
        {
            using var inspection = Inspect(Good, Options with { Stores = stores });
            Assert.Empty(inspection.Findings);
        }

        using var alone = Inspect(Leaf.Pem + Leaf.KeyPem, Options with { Stores = Stores.System([Old]) });
        Assert.Equal("chain.incomplete=warning", Codes(alone));
    }

    [Fact]
    public void A_public_certificate_without_embedded_timestamps_is_warned_of()
    {
        using var without = Inspect(With(Short()), Options with { Stores = Stores.System([Root]) });
        using var with = Inspect(With(Short() with { Extensions = [Timestamps] }), Options with { Stores = Stores.System([Root]) });
        using var inside = Inspect(With(Short()), Options with { Stores = Stores.System([], Root) });

        Assert.Equal(("leaf.no-sct=warning", "", ""), (Codes(without), Codes(with), Codes(inside)));
    }

    [Theory]
    [InlineData("3003020105", "leaf.must-staple=info")]
    [InlineData("3003020111", "")]
    [InlineData("3006020111020105", "leaf.must-staple=info")]
    public void What_a_certificate_demands_of_its_server_is_told(string features, string codes)
    {
        using var inspection = Inspect(With(Names("www.example.test") with { Extensions = [new X509Extension("1.3.6.1.5.5.7.1.24", Convert.FromHexString(features), critical: false)] }));

        Assert.Equal(codes, Codes(inspection));
    }

    private static readonly TestCertificate Old = TestCertificates.Root("Old Root");

    private static TestCertificateOptions Short() => Names("www.example.test") with { NotBefore = Now.AddDays(-1), NotAfter = Now.AddDays(40) };
}
