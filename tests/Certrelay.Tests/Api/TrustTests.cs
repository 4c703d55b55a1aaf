using Certrelay.Certificates;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Api;

/// <summary>What the API tells of trust stores and of the chains that a version can be served with.</summary>
public sealed class TrustTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _old = TestCertificates.Root("Old Root");
    private readonly TestCertificate _new = TestCertificates.Root("New Root");
    private TestCertificate _lower = null!;
    private TestCertificate _lowerByOld = null!;
    private ApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _lower = _new.IssueAuthority("Lower");
        _lowerByOld = _old.Issue(TestCertificates.Authority("Lower", _lower.Key));
        await File.WriteAllTextAsync(_folder["new.pem"], _new.Pem);
        Directory.CreateDirectory(_folder["old"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["old"], "root.crt"), _old.Pem);
        await File.WriteAllTextAsync(Path.Combine(_folder["old"], "readme.txt"), "not a certificate");
        _server = await ApiServer.StartAsync(new ManualTime(TestCertificates.Now), change: settings => settings with
        {
            Trust = new TrustOptions { Stores = new Dictionary<string, string> { ["new"] = _folder["new.pem"], ["old-1"] = _folder["old"], ["old-2"] = _folder["old"] } },
        });
        using var leaf = _lower.IssueLeaf("www.example.test");
        Assert.Equal(201, (await _server.UploadAsync(leaf.Pem + _lower.Pem + _lowerByOld.Pem + leaf.KeyPem, "?name=shop")).Status);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_store_has_its_say_and_the_most_decide()
    {
        var certificate = (await _server.GetAsync("/api/certificates/shop")).Json["current"]!;
        var version = (await _server.GetAsync("/api/certificates/shop/versions/1")).Json;

        Assert.Equal(["system False", "new False", "old-1 True", "old-2 True"], certificate["trust"]!.AsArray().Select(verdict => $"{verdict!["store"]} {(bool)verdict["accepted"]!}"));
        Assert.Equal(certificate["trust"]!.ToJsonString(), version["trust"]!.ToJsonString());
        Assert.Null(certificate["chains"]);
        Assert.Equal(
            ["CN=Lower,O=Certrelay Tests: old-1 old-2 True", "CN=Lower,O=Certrelay Tests: new False"],
            version["chains"]!.AsArray().Select(chain => $"{chain!["certificates"]![0]}: {string.Join(' ', chain["stores"]!.AsArray())} {(bool)chain["chosen"]!}"));
        Assert.Equal(_lowerByOld.Pem.Trim(), ((string)version["chainPem"]!).Trim());
    }

    [Fact]
    public async Task Another_chain_is_downloaded_by_its_id()
    {
        var chains = (await _server.GetAsync("/api/certificates/shop/versions/1")).Json["chains"]!.AsArray();
        var (own, other) = ((string)chains[0]!["id"]!, (string)chains[1]!["id"]!);

        var usual = await DownloadAsync("");
        var named = await DownloadAsync($"&chain={own}");
        var second = await DownloadAsync($"&chain={other}");

        Assert.Equal((_lowerByOld.Pem.Trim(), usual.Body, usual.Headers["ETag"]), (usual.Body.Trim(), named.Body, named.Headers["ETag"]));
        Assert.Equal(_lower.Pem.Trim(), second.Body.Trim());
        Assert.NotEqual(usual.Headers["ETag"], second.Headers["ETag"]);
        Assert.Equal(404, (await DownloadAsync("&chain=00000000")).Status);
    }

    [Fact]
    public async Task The_judgement_may_be_asked_for_at_another_time()
    {
        var later = await _server.GetAsync("/api/certificates/shop/versions/1?at=2046-01-01");

        Assert.All(later.Json["trust"]!.AsArray(), verdict => Assert.False((bool)verdict!["accepted"]!));
        Assert.Contains("expired at 2045-01-01", (string)later.Json["trust"]![2]!["why"]!, StringComparison.Ordinal);
        Assert.Equal(400, (await _server.GetAsync("/api/certificates/shop?at=soon")).Status);
    }

    [Theory]
    [InlineData("System", "/etc/hostname", "The name of a store")]
    [InlineData("system", "/etc/hostname", "The name of a store")]
    [InlineData("java", "java.pem", "A store is an absolute path.")]
    [InlineData("java", "/nowhere/java.pem", "Could not find")]
    [InlineData("java", "/etc/hostname", "There is no certificate as PEM.")]
    public void A_store_that_cannot_be_used_is_a_fault_at_the_start(string name, string path, string fault)
    {
        var options = new TrustOptions { Stores = new Dictionary<string, string> { [name] = path } };

        Assert.Contains(options.Validate(new(options)), broken => broken.ErrorMessage!.Contains(fault, StringComparison.Ordinal));
    }

    private Task<Reply> DownloadAsync(string more) => _server.GetAsync($"/api/certificates/shop/download?format=chain&reason=test{more}");
}
