using System.Text.Json.Nodes;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Tests.Api;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Lists;

public sealed class RegisterTests : IAsyncLifetime
{
    private static readonly object[] Endpoints = [new { host = "a.example.test", port = 443 }, new { host = "b.example.test", port = 8443 }];

    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Usage_tells_targets_endpoints_and_the_hosts_that_share_a_key()
    {
        var key = Uploads.Leaf.Key;
        var renewed = Uploads.Intermediate.Issue(new TestCertificateOptions { Names = ["www.example.test"], Key = key });
        var other = Uploads.Intermediate.Issue(new TestCertificateOptions { Names = ["other.example.test"], Key = key });
        var fresh = Uploads.Intermediate.IssueLeaf("www.example.test");
        foreach (var (leaf, name) in new[] { (Uploads.Leaf, "shop"), (renewed, "shop"), (other, "other"), (fresh, "shop") })
            Assert.Equal(201, (await _server.UploadAsync(leaf.FullChainPem + leaf.KeyPem, $"?name={name}")).Status);
        await _server.TargetAsync("web-a", "shop", Endpoints);
        await _server.TargetAsync("web-b", "shop");
        await _server.TargetAsync("web-c", "other", new[] { new { host = "c.example.test", port = 443 } });
        await _server.DesireAsync("web-a", desired: 2, bound: 1);

        var usage = (await _server.GetAsync("/api/certificates/shop/usage")).Json;

        Assert.Equal(["web-a", "web-b"], Texts(usage["targets"]!, "name"));
        Assert.Equal(("behind", "[1,2]", "b.example.test"), ((string)usage["targets"]![0]!["state"]!, usage["targets"]![0]!["versions"]!.ToJsonString(), (string)usage["targets"]![0]!["endpoints"]![1]!["host"]!));
        Assert.Equal(("new", "[3]"), ((string)usage["targets"]![1]!["state"]!, usage["targets"]![1]!["versions"]!.ToJsonString()));
        var (now, shared) = (usage["keys"]![0]!, usage["keys"]![1]!);
        Assert.Equal(("[3]", "[]", """["web-b"]""", 0), (now["versions"]!.ToJsonString(), now["certificates"]!.ToJsonString(), now["targets"]!.ToJsonString(), (int)now["hosts"]!));
        Assert.Equal(("[1,2]", """["other"]""", """["web-a","web-c"]""", 3), (shared["versions"]!.ToJsonString(), shared["certificates"]!.ToJsonString(), shared["targets"]!.ToJsonString(), (int)shared["hosts"]!));
    }

    [Fact]
    public async Task Usage_counts_what_a_token_may_not_see_and_does_not_name_it()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.TargetAsync("web-a", "shop", Endpoints);
        var scoped = await _server.TokenAsync(Role.Viewer, "shop");

        var usage = (await _server.GetAsync("/api/certificates/shop/usage", scoped)).Json;

        Assert.Empty(usage["targets"]!.AsArray());
        Assert.Equal((0, 2), (usage["keys"]![0]!["targets"]!.AsArray().Count, (int)usage["keys"]![0]!["hosts"]!));
        Assert.Equal("access.scope", (await _server.GetAsync("/api/certificates/other/usage", scoped)).Problem);
        Assert.Equal("resource.unknown", (await _server.GetAsync("/api/certificates/other/usage")).Problem);
    }

    [Fact]
    public async Task The_register_goes_from_domain_to_owners_in_three_formats()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        var registry = _server.Get<CertificateRegistry>();
        await registry.DescribeAsync((await registry.ReadAsync("shop", default))!, new LineageDetails("=cmd()"), default);
        await _server.TargetAsync("web-a", "shop", Endpoints);
        await _server.PutAsync(ListSeed.Target("web-b", "shop"));
        await _server.PutAsync(ListSeed.Certificate("alone", TimeProvider.System.GetUtcNow().AddDays(9), "alone.test"));

        var json = (await _server.GetAsync("/api/register")).Json["items"]!;
        var lines = (await _server.GetAsync("/api/register?format=ndjson")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!.ToJsonString());
        var csv = await _server.GetAsync("/api/register?format=csv");

        Assert.Equal(["alone.test", "www.example.test", "*.example.test"], Texts(json, "domain"));
        Assert.Equal(("""["=cmd()","web team"]""", "a.example.test:443"), (json[1]!["owners"]!.ToJsonString(JsonOwners), (string)json[1]!["targets"]![0]!["endpoints"]![0]!));
        Assert.Equal(json.AsArray().Select(static item => item!.ToJsonString()), lines);
        var rows = csv.Body.Split("\r\n");
        Assert.Equal(("attachment; filename=\"register.csv\"", 7, ""), (csv.Headers["Content-Disposition"], rows.Length, rows[^1]));
        Assert.Equal("domain,certificate,version,not_before,not_after,fingerprint,has_key,certificate_owner,target,kind,endpoints,target_owner", rows[0]);
        Assert.StartsWith("alone.test,alone,1,", rows[1], StringComparison.Ordinal);
        Assert.EndsWith(",false,web team,,,,", rows[1], StringComparison.Ordinal);
        Assert.EndsWith(",true,'=cmd(),web-a,directory,a.example.test:443 b.example.test:8443,", rows[2], StringComparison.Ordinal);
        Assert.Equal("query.invalid", (await _server.GetAsync("/api/register?format=xls")).Problem);
        Assert.Empty((await _server.GetAsync("/api/register", await _server.TokenAsync(Role.Viewer, "none"))).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"so\"", "\"say \"\"so\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-x", "'-x")]
    [InlineData("@a,b", "\"'@a,b\"")]
    [InlineData("\tx", "'\tx")]
    [InlineData(null, "")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string? cell, string written) => Assert.Equal($"{written},b\r\n", CsvText.Row(cell, "b"));

    private static readonly System.Text.Json.JsonSerializerOptions JsonOwners = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<string> Texts(JsonNode items, string name) => items.AsArray().Select(item => (string)item![name]!);
}
