using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;
using Certrelay.Vault;

namespace Certrelay.Tests.Api;

/// <summary>An SM2 version with two certificates and two keys: uploaded, shown, downloaded, rolled out, removed.</summary>
public sealed class PairFunctionTests : IClassFixture<PairFunctionTests.Issued>, IAsyncLifetime
{
    /// <summary>Pairs, made once.</summary>
    public sealed class Issued : IDisposable
    {
        public Issued()
        {
            foreach (var name in new[] { "enc", "enc-2", "sign-2" })
                Authority.Issue(name, "sm2", name.StartsWith("enc", StringComparison.Ordinal) ? "keyEncipherment,dataEncipherment,keyAgreement" : "digitalSignature", days: name is "enc" ? 30 : 3650);
        }

        public Sm2Authority Authority { get; } = new();

        public void Dispose() => Authority.Dispose();
    }

    private readonly Sm2Authority _authority;
    private ApiServer _server = null!;

    public PairFunctionTests(Issued issued) => _authority = issued.Authority;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_pair_is_taken_as_JSON_and_as_a_form_and_both_keys_are_in_the_vault()
    {
        var first = await UploadAsync();
        var form = await FormAsync(("name", "shop"), ("certificate", _authority.FullChain("sm2")), ("key", _authority["sm2.key"]), ("encryptCertificate", _authority["enc.pem"] + _authority["enc.key"]));

        Assert.Equal((201, "newCertificate"), (first.Status, (string)first.Json["effect"]!));
        Assert.Equal((200, "unchanged"), (form.Status, (string)form.Json["effect"]!));
        Assert.Equal(Fingerprint.Of(_authority.Der("enc.pem")).Hex, (string)first.Json["encryptFingerprint"]!, ignoreCase: true);
        Assert.Equal(2, await _server.Get<IVault>().VersionsAsync("crt-shop", default).CountAsync());
        var version = (await _server.GetAsync("/api/certificates/shop/versions/1")).Json;
        Assert.Equal(("Sm2", true), ((string)version["keyAlgorithm"]!, (bool)version["hasKey"]!));
        Assert.Equal(_authority.Der("enc.pem"), Convert.FromBase64String(string.Concat(((string)version["encryption"]!["leafPem"]!).Split('\n').Where(static line => line.Length > 0 && line[0] != '-'))));
        // The pair serves until the first of the two ends.
        Assert.Equal((string)version["encryption"]!["notAfter"]!, (string)version["notAfter"]!);
        Assert.Equal((string)version["notAfter"]!, (string)(await _server.GetAsync("/api/certificates?name=shop")).Json["items"]![0]!["notAfter"]!);
    }

    [Fact]
    public async Task Faults_of_both_come_at_once_and_nothing_is_stored()
    {
        var before = await _server.StoredAsync();
        var reply = await SendAsync(_authority.FullChain("enc"), _authority["sm2.key"], _authority["sm2.pem"], null);
        var lonely = await _server.SendAsync("POST", "/api/certificates", new JsonObject { ["certificate"] = _authority.FullChain("sm2"), ["encryptKey"] = _authority["enc.key"] }.ToJsonString());
        var form = await FormAsync(("certificate", _authority.FullChain("sm2")), ("encryptKey", _authority["enc.key"]));

        Assert.Equal((422, "request.refused"), (reply.Status, reply.Problem));
        Assert.Equal(["key.browsers", "key.mismatch", "key.missing", "leaf.pair-usage", "leaf.pair-usage"], reply.Json["findings"]!.AsArray().Select(static finding => (string)finding!["code"]!).Order(StringComparer.Ordinal));
        Assert.All([lonely, form], answer => Assert.Equal((400, "body.invalid", "/encryptCertificate"), (answer.Status, answer.Problem, (string)answer.Json["faults"]![0]!["at"]!)));
        Assert.Equal(before, await _server.StoredAsync());
    }

    [Fact]
    public async Task The_second_certificate_may_come_later_and_no_other_takes_its_place()
    {
        var alone = await SendAsync(_authority.FullChain("sm2"), _authority["sm2.key"], null, null);
        var pair = await UploadAsync();
        var other = await SendAsync(_authority.FullChain("sm2"), _authority["sm2.key"], _authority["enc-2.pem"], _authority["enc-2.key"]);

        Assert.Equal((201, "keyAdded"), (alone.Status, (string)pair.Json["effect"]!));
        Assert.Equal((422, "record.pair"), (other.Status, (string)other.Json["findings"]!.AsArray()[^1]!["code"]!));
        var version = (await _server.Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default))!;
        Assert.Equal(Fingerprint.Of(_authority.Der("enc.pem")), version.Encryption!.Fingerprint);
        using var bundle = await _server.Get<VersionKeys>().OpenAsync(version, default);
        Assert.Equal(_authority["enc.key"].Trim(), System.Text.Encoding.ASCII.GetString(bundle.Encryption!.PrivateKeyPem()).Trim());
    }

    [Fact]
    public async Task A_version_of_before_there_were_pairs_is_read_and_a_pair_is_read_by_what_knows_none()
    {
        await UploadAsync();
        var row = (await _server.Get<IRecordStore>().GetAsync(VersionRecord.RowKey("shop", 1), default))!;
        var body = JsonNode.Parse(row.Body.Span)!.AsObject();

        Assert.Equal(1, (int)body["schema"]!);
        Assert.True(body.Remove("encryption"));
        var former = (row with { Body = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()) }).As<VersionRecord>().Value;
        Assert.Null(former.Encryption);
        Assert.Single(former.Keys());
        Assert.Equal(2, row.As<VersionRecord>().Value.Keys().Count());
    }

    [Fact]
    public async Task Deletion_takes_both_keys_with_it()
    {
        await UploadAsync();
        Assert.Equal(2, await KeysAsync());

        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/certificates/shop?reason=test")).Status);
        Assert.Equal(0, await KeysAsync());
    }

    [Fact]
    public async Task Forms_that_cannot_hold_it_are_refused_by_name()
    {
        var root = _authority["sm2-root.pem"];
        await SendAsync(_authority.FullChain("sm2") + root, _authority["sm2.key"], _authority["enc.pem"], _authority["enc.key"]);
        await SendAsync(_authority.FullChain("sign-2") + root, _authority["sign-2.key"], null, null, "single");
        await SendAsync(_authority.FullChain("ed25519", "ed25519") + _authority["ed25519-root.pem"], _authority["ed25519.key"], null, null, "edwards");

        Assert.Equal("pem cert chain key tengine root p7b", await FormsAsync("shop"));
        Assert.Equal("pem cert chain key pfx root p7b", await FormsAsync("single"));
        Assert.Equal("pem cert chain key nginx apache haproxy tomcat pfx pfx-legacy jks truststore root p7b k8s", await FormsAsync("edwards"));
        var refusal = await _server.GetAsync("/api/certificates/shop/download?format=nginx&reason=test");
        Assert.Equal("download.not-possible", refusal.Problem);
        Assert.Equal("The form nginx cannot hold SM2: the programs that read it do not know it. pem, cert, chain, key, tengine, root, p7b can.", (string)refusal.Json["detail"]!);
    }

    [Fact]
    public async Task A_rollout_to_a_kind_without_SM2_is_refused_by_name_and_one_to_files_brings_both()
    {
        await UploadAsync();
        await TargetAsync("web", "nginx", """{"root":"sites","folder":"web","test":"fails","reload":"fails"}""");
        await TargetAsync("gm", "directory", """{"root":"sites","folder":"gm","layout":{"encryptCertificate":"enc.pem","encryptKey":"enc.key"}}""");
        await TargetAsync("plain", "directory", """{"root":"sites","folder":"plain"}""");
        await TargetAsync("seen", "directory", """{"root":"sites","folder":"seen"}""", new JsonArray(new JsonObject { ["host"] = Sm2Authority.Host, ["port"] = 1, ["addresses"] = new JsonArray("127.0.0.1") }));

        var plan = await _server.SendAsync("POST", "/api/plan", """{"certificate":"shop","reason":"test"}""");
        var refused = await _server.SendAsync("POST", "/api/rollouts", """{"certificate":"shop","reason":"test"}""");
        var done = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"shop","targets":["gm"],"reason":"test"}""");
        var single = await _server.SendAsync("POST", "/api/rollouts?wait=30s", """{"certificate":"shop","targets":["plain"],"reason":"test"}""");

        var web = plan.Json["targets"]!.AsArray().Single(static target => (string)target!["target"]! == "web")!;
        Assert.Equal("target.key-type", (string)Assert.Single(web["refusals"]!.AsArray())!["code"]!);
        var faults = refused.Json["faults"]!.AsArray().OrderByDescending(static one => (string)one!["detail"]!, StringComparer.Ordinal).ToList();
        Assert.Equal((422, 2), (refused.Status, faults.Count));
        Assert.All(faults, static one => Assert.Equal(("target.key-type", "/targets"), ((string)one!["code"]!, (string)one["at"]!)));
        var fault = faults[0]!;
        Assert.StartsWith("'seen' declares endpoints", (string)faults[1]!["detail"]!, StringComparison.Ordinal);
        Assert.Equal("'web' is of the kind nginx, which takes Rsa, P256, P384, P521, Ed25519 keys; this version's is Sm2, which these kinds take: alibaba-cdn, alibaba-dcdn, alibaba-ddos, alibaba-waf, directory", (string)fault["detail"]!);
        Assert.Equal("bound", (string)done.Json["state"]!);
        Assert.Equal(_authority.FullChain("sm2"), await File.ReadAllTextAsync(Path.Combine(_server.Sites, "gm", "fullchain.pem")));
        Assert.Equal(_authority["enc.pem"], await File.ReadAllTextAsync(Path.Combine(_server.Sites, "gm", "enc.pem")));
        Assert.Equal(_authority["enc.key"], await File.ReadAllTextAsync(Path.Combine(_server.Sites, "gm", "enc.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_server.Sites, "gm", "enc.key")));
        Assert.Equal(("rolled-back", "target.key-type"), ((string)single.Json["state"]!, (string)single.Json["steps"]![0]!["code"]!));
        Assert.Empty(Directory.GetFiles(Path.Combine(_server.Sites, "plain")));
    }

    private Task<Reply> UploadAsync() => SendAsync(_authority.FullChain("sm2"), _authority["sm2.key"], _authority["enc.pem"], _authority["enc.key"]);

    private async Task<Reply> SendAsync(string certificate, string key, string? second, string? secondKey, string name = "shop")
    {
        var body = new JsonObject { ["name"] = name, ["certificate"] = certificate, ["key"] = key };
        if (second is not null)
            body["encryptCertificate"] = second;
        if (secondKey is not null)
            body["encryptKey"] = secondKey;
        return await _server.SendAsync("POST", "/api/certificates", body.ToJsonString());
    }

    private async Task<Reply> FormAsync(params (string Name, string Content)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in fields)
            form.Add(new ByteArrayContent(Pem.Bytes(content)), name);
        return await _server.SendAsync("POST", "/api/certificates", form);
    }

    private async Task TargetAsync(string name, string kind, string settings, JsonArray? endpoints = null)
    {
        Directory.CreateDirectory(Path.Combine(_server.Sites, name));
        var body = new JsonObject { ["name"] = name, ["kind"] = kind, ["certificate"] = "shop", ["settings"] = JsonNode.Parse(settings), ["endpoints"] = endpoints ?? [] };
        var reply = await _server.SendAsync("POST", "/api/targets", body.ToJsonString());
        Assert.True(reply.Status == 201, reply.Body);
    }

    private async Task<string> FormsAsync(string name)
    {
        var forms = new List<string>();
        foreach (var format in ExportFormat.All)
        {
            var reply = await _server.GetAsync($"/api/certificates/{name}/download?format={format.Name}&reason=test");
            if (reply.Status == 200)
                forms.Add(format.Name);
            else
                Assert.Contains($"The form {format.Name} ", (string)reply.Json["detail"]!, StringComparison.Ordinal);
        }

        return string.Join(' ', forms);
    }

    private async Task<int> KeysAsync() => await _server.Get<IVault>().VersionsAsync("crt-shop", default).CountAsync(static version => version.Enabled);
}
