using Certrelay.Targets.Signing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>The signers against requests of the vendors' official clients: those in the folder that <c>CAPTURES_DIR</c> names, by default the copies beside this file.</summary>
public sealed class CaptureTests
{
    private static readonly string Beside = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", "Targets", "Signing", "captures");

    private static readonly string Folder = Environment.GetEnvironmentVariable("CAPTURES_DIR") is { Length: > 0 } named ? named : Beside;

    public static TheoryData<string> SignedNames => [.. Signatures(Folder)];

    // One of each scheme, with a token, a body and reserved characters among them.
    public static TheoryData<string> OneOfEach =>
    [
        "alibaba-nlb-UpdateListenerAttribute", "alibaba-cdn-DescribeDomainCertificateInfo-sts", "alibaba-fc-UpdateCustomDomain", "alibaba-oss-PutCname-v4",
        "alibaba-oss-PutCname-v1", "tencent-ssl-UploadCertificate", "huawei-scm-ImportCertificate", "huawei-cdn-ListDomains", "aws-acm-GetCertificate",
        "aws-cloudfront-UpdateDistribution",
    ];

    [Fact]
    public void Of_the_78_copies_74_are_signed()
    {
        Assert.Equal(78, Directory.GetFiles(Beside, "*.json").Length);
        Assert.Equal(74, Signatures(Beside).Count());
    }

    [Theory]
    [MemberData(nameof(SignedNames))]
    public void A_captures_own_parts_give_its_signature(string name)
    {
        var capture = Capture.Read(Path.Combine(Folder, name + ".json"));
        using var credentials = capture.Credentials();
        using var request = capture.Request();

        var added = capture.Sign(request, credentials);

        Assert.All(added, header => Assert.Equal(capture.Header(header.Name), header.Value));
        Assert.Contains(added, header => header.Name == "Authorization");
    }

    [Theory]
    [MemberData(nameof(OneOfEach))]
    public void One_changed_byte_changes_the_signature(string name)
    {
        var capture = Capture.Read(Path.Combine(Beside, name + ".json"));
        var body = capture.Body;
        List<CloudRequest> changed = [capture.Request(method: "PATCH"), capture.Request(path: "/x"), capture.Request(query: "comp=x")];
        foreach (var at in body.Length == 0 ? Array.Empty<int>() : [0, body.Length / 2, body.Length - 1])
        {
            byte[] other = [.. body];
            other[at] ^= 1;
            changed.Add(capture.Request(other));
        }

        using var credentials = capture.Credentials();
        foreach (var request in changed)
            Assert.NotEqual(capture.Authorization, Authorization(capture.Sign(request, credentials)));
    }

    [Theory]
    [MemberData(nameof(OneOfEach))]
    public void Another_secret_gives_another_signature(string name)
    {
        var capture = Capture.Read(Path.Combine(Beside, name + ".json"));
        using var other = capture.Credentials("EXAMPLEaccessKeySecretNOTREAL02");
        using var request = capture.Request();

        Assert.NotEqual(capture.Authorization, Authorization(capture.Sign(request, other)));
    }

    private static string Authorization(IReadOnlyList<CloudField> added) => added.Single(header => header.Name == "Authorization").Value;

    private static IEnumerable<string> Signatures(string folder) =>
        from path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
        where Capture.Read(path).Authorization is not null
        select Path.GetFileNameWithoutExtension(path);
}
