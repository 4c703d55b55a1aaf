using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

public sealed class RevocationTests
{
    private static readonly TestCertificate Authority = TestCertificates.Root();
    private static readonly CertificateRecord Issuer = CertificateRecord.Parse(Authority.Der);

    [Fact]
    public void A_list_tells_what_was_revoked_and_when()
    {
        var revoked = CertificateRecord.Parse(Authority.IssueLeaf("a.example.com").Der);
        var good = CertificateRecord.Parse(Authority.IssueLeaf("b.example.com").Der);

        Assert.True(RevocationList.TryRead(ListOf(revoked), Issuer, out var list, out _));

        Assert.Equal(TestCertificates.Now, list.RevokedAt(revoked.Serial));
        Assert.Null(list.RevokedAt(good.Serial));
        Assert.Equal(TestCertificates.Now.AddDays(7), list.NextUpdate);
    }

    [Fact]
    public void A_list_of_another_issuer_is_refused()
    {
        var other = CertificateRecord.Parse(TestCertificates.Root("Other Root").Der);
        var namesake = CertificateRecord.Parse(TestCertificates.Root().Der);
        var bytes = ListOf(CertificateRecord.Parse(Authority.IssueLeaf("a.example.com").Der));

        Assert.False(RevocationList.TryRead(bytes, other, out _, out var byName));
        Assert.False(RevocationList.TryRead(bytes, namesake, out _, out var byKey));

        Assert.Equal(("is of another issuer", "is not signed by the issuer"), (byName, byKey));
    }

    [Fact]
    public void No_list_and_no_answer_however_broken_throws()
    {
        var leaf = CertificateRecord.Parse(Authority.IssueLeaf("a.example.com").Der);
        var bytes = ListOf(leaf);
        for (var place = 0; place < bytes.Length; place++)
        {
            foreach (var bit in Enumerable.Range(0, 8))
            {
                byte[] broken = [.. bytes];
                broken[place] ^= (byte)(1 << bit);
                RefusedAsBoth(broken);
            }

            RefusedAsBoth(bytes[..place]);
        }

        void RefusedAsBoth(byte[] broken)
        {
            Assert.False(RevocationList.TryRead(broken, Issuer, out _, out _), Convert.ToHexString(broken));
            Assert.False(OcspResponse.TryRead(broken, leaf, Issuer, TestCertificates.Now, out _, out _));
        }
    }

    [Fact]
    public void A_certificate_names_its_lists_and_responders()
    {
        var leaf = CertificateRecord.Parse(Authority.Issue(new TestCertificateOptions
        {
            Names = ["a.example.com"],
            Extensions =
            [
                CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["ldap://x/y", "http://crl.example.com/a.crl"]),
                new X509AuthorityInformationAccessExtension(["http://ocsp.example.com"], []),
            ],
        }).Der);

        Assert.Equal(["http://crl.example.com/a.crl"], leaf.Extensions.CrlUrls);
        Assert.Equal(["http://ocsp.example.com"], leaf.Extensions.OcspUrls);
    }

    private static byte[] ListOf(CertificateRecord revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(Convert.FromHexString(revoked.Serial), TestCertificates.Now);
        using var bare = Authority.ToX509();
        return builder.Build(bare, BigInteger.One, TestCertificates.Now.AddDays(7), HashAlgorithmName.SHA256, thisUpdate: TestCertificates.Now);
    }
}
