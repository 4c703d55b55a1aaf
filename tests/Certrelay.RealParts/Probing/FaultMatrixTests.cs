using Certrelay.RealParts.Support;
using Certrelay.Watch.Probing;

namespace Certrelay.RealParts.Probing;

public sealed class FaultMatrixTests
{
    public static TheoryData<string> Cases => [.. FaultCases.All.Select(static one => one.Name)];

    [RealTheory("nginx", "openssl")]
    [MemberData(nameof(Cases))]
    public async Task A_fault_of_a_server_is_named_and_nothing_else_is(string name)
    {
        var wanted = FaultCases.All.Single(one => one.Name == name);
        using var scene = new FaultScene();
        await wanted.Arrange(scene);

        var report = await scene.SurveyAsync();

        var findings = report.Findings.Concat(report.Addresses.SelectMany(static address => address.Findings)).ToList();
        var told = string.Join('\n', findings.Select(static finding => $"{finding.Code} {finding.Scope} {finding.Message}"));
        Assert.True(wanted.Codes.SequenceEqual(findings.Select(static finding => finding.Code).Distinct().Order(StringComparer.Ordinal)), told);
        Assert.All(findings, static finding => Assert.NotEmpty(finding.Remedy));
        // A quick look reports what one handshake shows, and is made of nothing else.
        Assert.All(await scene.CompareAsync(), static both => QuickLookTests.AssertSame(both.Complete, both.Quick));
    }

    [RealFact("nginx")]
    public async Task A_report_holds_the_facts()
    {
        using var scene = new FaultScene();
        var leaf = FaultScene.Leaf();
        await scene.NginxAsync(leaf);

        var report = await scene.SurveyAsync();

        Assert.True(report.Good);
        var address = Assert.Single(report.Addresses);
        Assert.Equal(leaf.Fingerprint, address.Leaf!.Fingerprint);
        Assert.Equal(("RSA 2048", true, "complete"), (address.Leaf.Key, address.Leaf.Covers, address.Chain!.State));
        Assert.Equal(["1.2", "1.3"], address.Versions!);
        Assert.Equal(("1.3", "http/1.1"), (address.Version, address.ApplicationProtocol));
        Assert.Equal((leaf.Fingerprint, leaf.Fingerprint), (address.Profiles!.WithoutName!.Leaf, address.Profiles.RsaOnly!.Leaf));
        Assert.Equal(("nginx", 31_536_000), (Assert.Single(address.Http!.Kinds), address.Http.HstsSeconds));
    }

    [RealFact("nginx")]
    public async Task A_quick_look_is_one_handshake()
    {
        using var scene = new FaultScene();
        await scene.NginxAsync(FaultScene.Leaf(), hsts: false);
        scene.Options = scene.Options with { Survey = scene.Options.Survey with { Quick = true } };

        AddressReport address = Assert.Single((await scene.SurveyAsync()).Addresses);

        Assert.True(address.Proved);
        Assert.Equal((null, null, null), (address.Versions, address.Profiles, address.Http));
        Assert.Empty(address.Findings);
    }
}
