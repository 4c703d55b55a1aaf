using System.Text.Json.Nodes;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;
using Certrelay.Records;

namespace Certrelay.Tests.Api;

public sealed class SigningRequestTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync(new ManualTime(Uploads.Now));

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("p-256", "P-256")]
    [InlineData("p-384", "P-384")]
    [InlineData("rsa-2048", "RSA 2048")]
    [InlineData("rsa-4096", "RSA 4096")]
    public async Task The_certificate_for_a_request_comes_alone_and_finds_its_key(string kind, string name)
    {
        var made = await OrderAsync($$"""{"names":["www.example.test","*.shop.example.test","192.0.2.7"],"key":"{{kind}}"}""");
        Assert.Equal((201, name), (made.Status, (string)made.Json["key"]!));
        using var folder = new OpenSslFolder();
        var issued = Issue(folder, (string)made.Json["csr"]!);
        Assert.Contains("DNS:www.example.test, DNS:*.shop.example.test, IP Address:192.0.2.7", folder.Run("req -in request.pem -verify -noout -text"), StringComparison.Ordinal);

        var uploaded = await _server.UploadAsync(issued + Uploads.RsaIntermediate.Pem, "?name=shop");
        var key = (await _server.GetAsync("/api/certificates/shop/download?format=key&reason=test")).Body;

        Assert.Equal((201, "newCertificate"), (uploaded.Status, (string)uploaded.Json["effect"]!));
        folder.Write("key.pem", key);
        Assert.Equal(folder.Run("req -in request.pem -noout -pubkey"), folder.Run("pkey -in key.pem -pubout"));
        Assert.Empty((await _server.GetAsync("/api/certificates/shop/csr")).Json["items"]!.AsArray());
        Assert.DoesNotContain("PRIVATE", made.Body + uploaded.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_key_finds_none_and_the_request_stays_open()
    {
        await OrderAsync("""{"names":["www.example.test"]}""");
        var stranger = await _server.UploadAsync(Uploads.Leaf.FullChainPem, "?name=shop");

        Assert.Equal((422, "key.missing"), (stranger.Status, (string)stranger.Json["findings"]![0]!["code"]!));
        Assert.Single((await _server.GetAsync("/api/certificates/shop/csr")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_key_is_certified_again_by_a_request_or_by_the_authority_alone()
    {
        await _server.UploadAsync(Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.KeyPem, "?name=shop");
        using var folder = new OpenSslFolder();
        var made = await OrderAsync("""{"reuseKey":true}""");
        var issued = Issue(folder, (string)made.Json["csr"]!);
        var second = await _server.UploadAsync(issued + Uploads.RsaIntermediate.Pem, "?name=shop");
        var again = Uploads.RsaIntermediate.Issue(new() { Names = ["rsa.example.test"], Key = Uploads.RsaLeaf.Key });
        var third = await _server.UploadAsync(again.FullChainPem, "?name=shop");

        Assert.Equal(["rsa.example.test"], made.Json["names"]!.AsArray().Select(one => (string)one!));
        Assert.Equal((201, 2, 201, 3), (second.Status, (int)second.Json["version"]!, third.Status, (int)third.Json["version"]!));
        var key = await _server.GetAsync("/api/certificates/shop/download?format=key&version=3&reason=test");
        Assert.Equal(Uploads.RsaLeaf.KeyPem.Trim(), key.Body.Trim());
        Assert.Empty((await _server.GetAsync("/api/certificates/shop/csr")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_name_that_a_target_needs_is_missed_in_request_and_upload()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.SendAsync("POST", "/api/targets", """{"name":"web","kind":"directory","settings":{"root":"sites"},"certificate":"shop","endpoints":[{"host":"api.example.test","port":443}]}""");
        var made = await OrderAsync("""{"names":["www.example.test"]}""");
        using var narrow = Uploads.Intermediate.IssueLeaf("www.example.test");
        var upload = await _server.UploadAsync(narrow.FullChainPem + narrow.KeyPem, "?name=shop");
        using var wide = Uploads.Intermediate.IssueLeaf("www.example.test", "api.example.test");
        var mended = await _server.UploadAsync(wide.FullChainPem + wide.KeyPem, "?name=shop");

        Assert.Equal(["name.dropped web"], made.Json["findings"]!.AsArray().Select(Told));
        Assert.Equal((201, "name.dropped web"), (upload.Status, Told(Assert.Single(upload.Json["findings"]!.AsArray()))));
        Assert.Empty(mended.Json["findings"]!.AsArray());
    }

    [Theory]
    [InlineData("no names for a new certificate", "{}", "/names: is missing, and there is no version whose names could be taken")]
    [InlineData("no key to use again", """{"names":["a.example.test"],"reuseKey":true}""", "/reuseKey: is true, and there is no version with a key")]
    [InlineData("every fault at once", """{"names":["a b","ok.example.test","-"],"key":"rsa-1024"}""", "/names/0: is to be a host name, a wildcard such as *.example.com, or an address|/names/2: is to be a host name, a wildcard such as *.example.com, or an address|/key: is to be p-256, p-384, rsa-2048, rsa-3072 or rsa-4096")]
    [InlineData("an empty list", """{"names":[]}""", "/names: is to hold 1 to 100 names")]
    [InlineData("a kind beside a key that is there", """{"names":["a.example.test"],"key":"p-256","reuseKey":true}""", "/key: is to be left out where the key of the current version is used")]
    public async Task A_bad_order_is_refused(string row, string body, string faults)
    {
        Assert.NotEmpty(row);
        var reply = await OrderAsync(body);

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(faults, string.Join('|', reply.Faults));
    }

    [Fact]
    public async Task Requests_are_dropped_with_their_keys_and_eight_are_open_at_most()
    {
        var orders = new List<Reply>();
        for (var i = 0; i < 9; i++)
            orders.Add(await OrderAsync("""{"names":["www.example.test"]}"""));

        Assert.All(orders.Take(8), reply => Assert.Equal(201, reply.Status));
        Assert.Equal((409, "requests.too-many"), (orders[8].Status, orders[8].Problem));
        foreach (var order in orders.Take(8))
            Assert.Equal(204, (await _server.SendAsync("DELETE", $"/api/certificates/shop/csr/{order.Json["spki"]}")).Status);
        Assert.Equal("resource.unknown", (await _server.SendAsync("DELETE", $"/api/certificates/shop/csr/{orders[0].Json["spki"]}")).Problem);
        Assert.DoesNotContain("/shop/", await _server.StoredAsync(), StringComparison.Ordinal);
        Assert.Empty(await _server.Get<CertificateRequests>().ListAsync("shop", default));
    }

    [Fact]
    public async Task Requests_go_with_their_certificate()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await OrderAsync("{}");
        await _server.SendAsync("DELETE", "/api/certificates/shop?reason=test");

        Assert.Empty(await _server.Get<CertificateRequests>().ListAsync("shop", default));
    }

    private Task<Reply> OrderAsync(string body) => _server.SendAsync("POST", "/api/certificates/shop/csr", body);

    private static string Told(JsonNode? finding) => $"{finding!["code"]} {finding["scope"]}";

    /// <summary>As an authority does: with the names that the request asks for.</summary>
    private static string Issue(OpenSslFolder folder, string request)
    {
        folder.Write("request.pem", request);
        folder.Write("issuer.pem", Uploads.RsaIntermediate.Pem);
        folder.Write("issuer.key", Uploads.RsaIntermediate.KeyPem);
        return folder.Run("x509 -req -in request.pem -CA issuer.pem -CAkey issuer.key -days 3650 -set_serial 77 -sha256 -copy_extensions copyall");
    }
}
