using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

public sealed class CertificatePolicyTests : IDisposable
{
    private static readonly Dictionary<string, string> NoTags = [];
    private readonly TestCertificate _root = TestCertificates.Root();

    public static TheoryData<string, string[], bool> Keys() => new()
    {
        { "the curve itself", ["p-256"], true },
        { "one of several", ["rsa-2048+", "p-256"], true },
        { "another curve", ["p-384", "p-521"], false },
        { "RSA only", ["rsa-2048+"], false },
    };

    public static TheoryData<string, string[], bool> RsaKeys() => new()
    {
        { "so many bits or more", ["rsa-2048+"], true },
        { "exactly so many", ["rsa-2048"], true },
        { "more than it has", ["rsa-3072+"], false },
        { "exactly others", ["rsa-3072", "rsa-4096"], false },
        { "curves only", ["p-256"], false },
    };

    public static TheoryData<string, string[], string> Levels() => new()
    {
        { "for the name itself", ["shop.example.com=ov"], "shop.example.com" },
        { "for all below a domain, however deep", ["*.com=ev"], "*.com" },
        { "the first that matches", ["pay.example.com=ev", "*.example.com=dv", "*=ev"], "" },
        { "not for the domain itself", ["*.shop.example.com=ov"], "" },
        { "not for other domains", ["example.org=ev", "*.example.org=ev"], "" },
        { "for every name", ["*=ov"], "*" },
        { "a level that it has", ["*=dv"], "" },
    };

    [Fact]
    public void Nothing_is_demanded_when_nothing_is_set()
    {
        var policy = new CertificatePolicy(new PolicyOptions { Enforce = true });

        Assert.False(policy.Demands);
        Assert.Empty(policy.Judge("x", null, NoTags, Leaf("shop.example.com")));
    }

    [Fact]
    public void Every_breach_is_told_at_once_with_what_to_do()
    {
        var options = new PolicyOptions
        {
            Name = "prod-[a-z]+",
            OwnerRequired = true,
            RequiredTags = ["env", "cost-centre", "env"],
            Keys = ["rsa-3072+"],
            Signatures = ["rsa-sha384"],
            Levels = [new LevelDemand { Domain = "*", Level = "ov" }],
        };
        using var leaf = _root.IssueLeaf("a.example.com", "b.example.com", "c.example.com", "d.example.com");

        var findings = new CertificatePolicy(options).Judge("test-shop", " ", new Dictionary<string, string> { ["env"] = "" }, CertificateRecord.Parse(leaf.Der));

        Assert.Equal(["policy.name", "policy.owner", "policy.tag", "policy.tag", "policy.key", "policy.signature", "policy.level"], findings.Select(finding => finding.Code));
        Assert.All(findings, finding => Assert.True(finding is { Severity: Severity.Warning, Remedy.Length: > 0 }));
        Assert.Equal(["env", "cost-centre"], findings.Where(finding => finding.Code == "policy.tag").Select(finding => finding.Scope));
        Assert.Equal("a.example.com, b.example.com, c.example.com and 1 more need OV (*); the certificate is DV.", findings[^1].Message);
        Assert.All(new CertificatePolicy(options with { Enforce = true }).Judge("x", null, NoTags, null), finding => Assert.Equal(Severity.Error, finding.Severity));
    }

    [Theory]
    [InlineData("prod-shop", true)]
    [InlineData("test-shop", true)]
    [InlineData("prod-", false)]
    [InlineData("a-prod-shop", false)]
    [InlineData("prod-shop-2", false)]
    public void A_name_matches_as_a_whole(string name, bool matches) =>
        Assert.Equal(matches, Of(new PolicyOptions { Name = "prod-[a-z]+|test-[a-z]+" }, name: name).Count == 0);

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_is_of_a_kind_that_is_allowed(string row, string[] allowed, bool taken)
    {
        Assert.NotEmpty(row);
        Assert.Equal(taken, Of(new PolicyOptions { Keys = allowed }, Leaf("shop.example.com")).Count == 0);
    }

    [Theory]
    [MemberData(nameof(RsaKeys))]
    public void An_RSA_key_has_the_bits_that_are_allowed(string row, string[] allowed, bool taken)
    {
        Assert.NotEmpty(row);
        using var key = TestKey.Rsa(2048);
        using var leaf = _root.Issue(new TestCertificateOptions { Names = ["shop.example.com"], Key = key });
        Assert.Equal(taken, Of(new PolicyOptions { Keys = allowed }, CertificateRecord.Parse(leaf.Der)).Count == 0);
    }

    [Fact]
    public void A_signature_is_told_by_scheme_and_hash()
    {
        using var key = TestKey.Rsa(2048);
        using var authority = TestCertificates.Root("RSA Root", key);
        using var pss = authority.Issue(new TestCertificateOptions { Names = ["a.example.com"], Padding = RSASignaturePadding.Pss, Hash = HashAlgorithmName.SHA384 });
        using var pkcs1 = authority.Issue(new TestCertificateOptions { Names = ["b.example.com"] });
        var (ecdsaOnly, pssOnly) = (new PolicyOptions { Signatures = ["ecdsa-sha256"] }, new PolicyOptions { Signatures = ["rsa-pss-sha384"] });

        Assert.Empty(Of(ecdsaOnly, Leaf("shop.example.com")));
        Assert.Equal("policy.signature", Assert.Single(Of(ecdsaOnly, CertificateRecord.Parse(pss.Der))).Code);
        Assert.Empty(Of(pssOnly, CertificateRecord.Parse(pss.Der)));
        Assert.Single(Of(pssOnly, CertificateRecord.Parse(pkcs1.Der)));
        Assert.Empty(Of(new PolicyOptions { Signatures = ["rsa-sha256"] }, CertificateRecord.Parse(pkcs1.Der)));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_level_is_demanded_by_domain(string row, string[] demands, string broken)
    {
        Assert.NotEmpty(row);
        Assert.Equal(broken, string.Join(' ', Of(Demanding(demands), Leaf("shop.example.com")).Select(finding => finding.Scope)));
    }

    [Fact]
    public void A_wildcard_needs_what_a_host_needs_that_it_covers()
    {
        Assert.Equal("pay.example.com", Assert.Single(Of(Demanding("pay.example.com=ev", "*=dv"), Leaf("*.example.com"))).Scope);
        Assert.Empty(Of(Demanding("pay.eu.example.com=ev"), Leaf("*.example.com")));
        Assert.Single(Of(Demanding("*.example.com=ov"), Leaf("*.example.com")));
        Assert.Empty(Of(Demanding("*.0.0.1=ov"), Leaf("127.0.0.1")));
        Assert.Single(Of(Demanding("*=ov"), Leaf("127.0.0.1")));
    }

    [Fact]
    public void An_organization_in_the_subject_is_enough_for_OV_and_not_for_EV()
    {
        using var leaf = _root.Issue(new TestCertificateOptions { Subject = "O=Example,CN=shop.example.com", Names = ["shop.example.com"] });

        Assert.Empty(Of(Demanding("*=ov"), CertificateRecord.Parse(leaf.Der)));
        Assert.Equal("shop.example.com needs EV (*); the certificate is OV.", Assert.Single(Of(Demanding("*=ev"), CertificateRecord.Parse(leaf.Der))).Message);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)|(b")]
    [InlineData("(?=prod)x")]
    [InlineData(@"(a)\1")]
    public void A_pattern_that_cannot_be_matched_in_bounded_time_is_a_fault(string pattern) =>
        Assert.Equal("Name", Assert.Single(Assert.Single(new PolicyOptions { Name = pattern }.Validate(new ValidationContext(this))).MemberNames));

    public void Dispose() => _root.Dispose();

    private static IReadOnlyList<Finding> Of(PolicyOptions options, CertificateRecord? leaf = null, string name = "shop") =>
        new CertificatePolicy(options).Judge(name, null, NoTags, leaf);

    private static PolicyOptions Demanding(params string[] demands) =>
        new() { Levels = [.. demands.Select(demand => demand.Split('=')).Select(pair => new LevelDemand { Domain = pair[0], Level = pair[1] })] };

    private CertificateRecord Leaf(string name)
    {
        using var leaf = _root.IssueLeaf(name);
        return CertificateRecord.Parse(leaf.Der);
    }
}
