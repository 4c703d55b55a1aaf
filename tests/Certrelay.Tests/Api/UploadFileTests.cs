using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.UploadFiles;

namespace Certrelay.Tests.Api;

public sealed class UploadFileTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync(new ManualTime(Uploads.Now));

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_keystore_is_taken_as_a_field_as_JSON_and_as_the_body_itself()
    {
        var form = await FormAsync(("file", Pkcs12()), ("passphrase", Pem.Bytes(Secret)));
        var json = await _server.SendAsync("POST", "/api/certificates", new JsonObject { ["certificate"] = Convert.ToBase64String(Pkcs12()), ["passphrase"] = Secret }.ToJsonString());
        var several = await FormAsync(("file", Uploads.Leaf.Der), ("file", Uploads.Intermediate.Der), ("file", Uploads.Leaf.Key.Pkcs8));
        var body = await BodyAsync(Pkcs12("-nomac -certpbe NONE -keypbe NONE"), "application/x-pkcs12");
        var archive = await BodyAsync(Zip(("all.pem", Pem.Bytes(Uploads.Good))), "application/zip");

        Assert.Equal((201, "newCertificate"), (form.Status, (string)form.Json["effect"]!));
        Assert.All([json, several, body, archive], reply => Assert.Equal((200, "unchanged"), (reply.Status, (string)reply.Json["effect"]!)));
        Assert.All([form, json, several, body, archive], reply => Assert.DoesNotContain(Secret, reply.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_keystore_that_stays_closed_leaves_nothing()
    {
        var before = await _server.StoredAsync();
        var without = await FormAsync(("file", Pkcs12()));
        var empty = await FormAsync(("file", Pkcs12()), ("passphrase", []));
        var wrong = await FormAsync(("certificate", Pkcs12()), ("passphrase", "wrong"u8.ToArray()));
        var nothing = await FormAsync(("passphrase", "wrong"u8.ToArray()));

        Assert.All([without, empty], reply => Assert.Equal((422, "file.encrypted"), (reply.Status, CodeOf(reply))));
        Assert.Equal((422, "file.passphrase"), (wrong.Status, CodeOf(wrong)));
        Assert.Equal((400, "body.invalid"), (nothing.Status, nothing.Problem));
        Assert.Equal(before, await _server.StoredAsync());
    }

    private static string CodeOf(Reply reply) => (string)Assert.Single(reply.Json["findings"]!.AsArray())!["code"]!;

    private async Task<Reply> BodyAsync(byte[] file, string type)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await _server.SendAsync("POST", "/api/certificates", content);
    }

    private async Task<Reply> FormAsync(params (string Name, byte[] Content)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in fields)
            form.Add(new ByteArrayContent(content), name, name);
        return await _server.SendAsync("POST", "/api/certificates", form);
    }
}
