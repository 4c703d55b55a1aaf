using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates.Chains;

public sealed class ChainChoiceTests
{
    // One authority with a root of its own, and signed by an older one; and an intermediate that both a new and an old root issued.
    private static readonly TestCertificate Old = TestCertificates.Root("Old Root");
    private static readonly TestCertificate New = TestCertificates.Root("New Root");
    private static readonly TestCertificate Crossed = Old.Issue(TestCertificates.Authority("New Root", New.Key));
    private static readonly TestCertificate ExpiredCross = Old.Issue(TestCertificates.Authority("New Root", New.Key) with { NotAfter = Now.AddDays(-1) });
    private static readonly TestCertificate Lower = New.IssueAuthority("Lower");
    private static readonly TestCertificate LowerByOld = Old.Issue(TestCertificates.Authority("Lower", Lower.Key));
    private static readonly TestCertificate Site = Lower.IssueLeaf("www.example.test");

    [Fact]
    public void The_way_round_is_kept_while_it_serves_more_stores()
    {
        var both = Stores.Of(("old", [Old]), ("new", [New]));
        using var inspection = Look(both, Site, Lower, Crossed);

        Assert.Equal([Lower.Fingerprint, Crossed.Fingerprint], Chain(inspection));
        Assert.Equal([("old", "CN=Old Root"), ("new", "CN=New Root")], inspection.Trust.Select(verdict => (verdict.Store, verdict.Root![..11])));
    }

    [Fact]
    public void Of_two_intermediates_the_one_that_most_stores_accept_is_chosen_and_the_other_is_offered()
    {
        var stores = Stores.Of(("a", [New]), ("b", [Old]), ("c", [Old]));
        using var one = Look(stores, Site, Lower, LowerByOld);
        using var other = Look(Stores.Of(("a", [New]), ("b", [Old]), ("c", [New])), Site, Lower, LowerByOld);

        Assert.Equal([LowerByOld.Fingerprint], Chain(one));
        Assert.Equal([Lower.Fingerprint], one.Alternates.Select(alternate => alternate.Fingerprint));
        Assert.Equal([false, true, true], one.Trust.Select(verdict => verdict.Accepted));
        Assert.Equal([Lower.Fingerprint], Chain(other));
        Assert.Equal("chain.alternate=info", Codes(one));
    }

    [Fact]
    public void A_way_that_has_expired_is_not_taken()
    {
        using var inspection = Look(Stores.Of(("old", [Old]), ("new", [New])), Site, Lower, ExpiredCross, New);

        Assert.Equal([Lower.Fingerprint], Chain(inspection));
        Assert.Equal([false, true], inspection.Trust.Select(verdict => verdict.Accepted));
    }

    [Fact]
    public void A_known_intermediate_completes_a_chain_and_no_store_is_worse_for_it()
    {
        var stores = Stores.Of(("new", [New]), ("old", [Old]));
        using var alone = CertificateInspector.Inspect(
            Pem.Bytes(Site.Pem + Site.KeyPem), Options with { Stores = stores, Known = [CertificateRecord.Parse(Lower.Der), CertificateRecord.Parse(Crossed.Der)] });
        using var whole = CertificateInspector.Inspect(
            Pem.Bytes(Site.Pem + Lower.Pem + Site.KeyPem), Options with { Stores = Stores.Of(("new", [New])), Known = [CertificateRecord.Parse(Crossed.Der)] });

        Assert.Equal([Lower.Fingerprint, Crossed.Fingerprint], Chain(alone));
        Assert.Equal("chain.completed=info", Codes(alone));
        Assert.Equal([Lower.Fingerprint], Chain(whole));
        Assert.Equal("", Codes(whole));
    }

    [Theory]
    [InlineData("2024-01-01", "is not valid before 2025-01-01")]
    [InlineData("2046-01-01", "expired at 2045-01-01")]
    public void A_store_judges_at_the_given_moment(string day, string why)
    {
        CertificateRecord[] path = [CertificateRecord.Parse(Site.Der), CertificateRecord.Parse(Lower.Der)];
        var stores = Stores.Of(("new", [New]), ("old", [Old]), ("empty", []));

        var then = stores.Judge(path, DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

        Assert.Contains(why, then[0].Why, StringComparison.Ordinal);
        Assert.Equal([false, false, false], then.Select(verdict => verdict.Accepted));
        Assert.Equal(["No root of this store issued a certificate of the chain.", "This store holds no root."], stores.Judge(path, Now).Skip(1).Select(verdict => verdict.Why));
    }

    [Fact]
    public void A_root_that_has_expired_accepts_nothing()
    {
        var ended = TestCertificates.SelfSigned(TestCertificates.Authority("New Root", New.Key) with { NotAfter = Now.AddDays(-1) });

        var verdict = Stores.Of(("ended", [ended])).Judge([CertificateRecord.Parse(Site.Der), CertificateRecord.Parse(Lower.Der)], Now)[0];

        Assert.Equal((false, true), (verdict.Accepted, verdict.Why!.Contains("New Root", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_issuer_that_is_no_authority_stays_in_the_chain_and_refuses_it()
    {
        var stores = Stores.Of(("new", [New]));
        var usurper = New.Issue(new TestCertificateOptions { Subject = "CN=usurper", Names = ["usurper.example.test"] });
        using var inspection = Look(stores, usurper.IssueLeaf("www.example.test"), usurper);

        Assert.Equal([usurper.Fingerprint], Chain(inspection));
        Assert.Equal((false, "chain.broken"), (inspection.Trust[0].Accepted, Codes(inspection)));
    }

    [Fact]
    public void Many_authorities_of_one_name_and_key_are_gone_through_in_bounded_time()
    {
        var rings = Enumerable.Range(0, 8).Select(i => TestCertificates.Root($"Ring {i % 2}", i % 2 == 0 ? New.Key : Old.Key)).ToList();
        var crosses = Enumerable.Range(0, 14).Select(i => rings[i % 8].Issue(TestCertificates.Authority($"Ring {(i + 1) % 2}", i % 2 == 0 ? Old.Key : New.Key))).ToArray();
        var leaf = rings[0].IssueLeaf("www.example.test");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        using var inspection = Look(Stores.Of(("new", [New])), [leaf, .. crosses]);

        Assert.InRange(watch.ElapsedMilliseconds, 0, 5000);
        Assert.NotNull(inspection.Leaf);
    }

    private static IEnumerable<Fingerprint> Chain(CertificateInspection inspection) => inspection.Chain.Select(static one => one.Fingerprint);

    private static CertificateInspection Look(TrustStores stores, params TestCertificate[] certificates) =>
        CertificateInspector.Inspect(Pem.Bytes(string.Concat(certificates.Select(static one => one.Pem)) + certificates[0].KeyPem), Options with { Stores = stores });
}
