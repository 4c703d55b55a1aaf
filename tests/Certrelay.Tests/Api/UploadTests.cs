using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Api;

public sealed class UploadTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync(new ManualTime(Uploads.Now));

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    /// <summary>The rows of the inspection's own matrix: its codes must come over HTTP as they are.</summary>
    public static TheoryData<string, Func<string>, string> Bad()
    {
        var rows = new TheoryData<string, Func<string>, string>();
        foreach (var row in BadUploadTests.Texts.Concat(BadUploadTests.Keys).Concat(BadUploadTests.Leaves).Concat(BadUploadTests.Chains))
        {
            var codes = (string)row[2];
            if (codes.Split(' ').Any(code => !code.Contains('=')))
                rows.Add((string)row[0], (Func<string>)row[1], codes);
        }

        return rows;
    }

    [Fact]
    public async Task Every_bad_upload_is_refused_with_exactly_its_codes_and_leaves_nothing()
    {
        var before = await _server.StoredAsync();
        // Where nothing but an intermediate is missing that can be had, the upload is taken.
        var rows = Bad().Where(static row => row[2] is not "chain.incomplete").ToList();
        Assert.True(rows.Count >= 30);
        foreach (var row in rows)
        {
            var reply = await _server.UploadAsync(((Func<string>)row[1])(), "?name=bad");

            IEnumerable<string> codes = reply.Status == 422
                ? reply.Json["findings"]!.AsArray().Select(finding => $"{finding!["code"]}{((string)finding["severity"]! == "error" ? "" : $"={finding["severity"]}")}").Distinct().Order(StringComparer.Ordinal)
                : [reply.Problem];
            Assert.Equal($"{row[0]}: {((string)row[2] == "pem.nothing-found" && reply.Status == 400 ? "body.missing" : row[2])}", $"{row[0]}: {string.Join(' ', codes)}");
            Assert.DoesNotContain("PRIVATE KEY-----", reply.Body, StringComparison.Ordinal);
        }

        Assert.Equal(before, await _server.StoredAsync());
    }

    [Fact]
    public async Task A_missing_intermediate_that_can_be_had_refuses_nothing()
    {
        using var leaf = Uploads.Intermediate.Issue(new TestCertificateOptions { Names = ["alone.example.test"], IssuerUrl = "http://ca.example.test/i.cer" });

        var reply = await _server.UploadAsync(leaf.Pem + leaf.KeyPem);

        Assert.Equal((201, "chain.awaited", "warning"), (reply.Status, (string)reply.Json["findings"]![0]!["code"]!, (string)reply.Json["findings"]![0]!["severity"]!));
    }

    [Fact]
    public async Task A_good_upload_is_stored_once_whatever_form_it_has()
    {
        var first = await _server.UploadAsync(Uploads.Good);
        var again = await _server.UploadAsync(Uploads.Good);
        var json = await _server.SendAsync("POST", "/api/certificates", Json(Uploads.Leaf.FullChainPem, Uploads.Leaf.KeyPem));
        var form = await _server.SendAsync("POST", "/api/certificates", Form(("certificate", Uploads.Leaf.Pem), ("chain", Uploads.Intermediate.Pem), ("key", Uploads.Leaf.KeyPem)));

        var name = (string)first.Json["name"]!;
        Assert.Equal((201, $"/api/certificates/{name}/versions/1", "newCertificate"), (first.Status, first.Headers["Location"], (string)first.Json["effect"]!));
        Assert.All([again, json, form], reply => Assert.Equal((200, "unchanged", 1), (reply.Status, (string)reply.Json["effect"]!, (int)reply.Json["version"]!)));
        Assert.All([first, again, json, form], reply => Assert.DoesNotContain("PRIVATE", reply.Body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("*.example.test", "wildcard-example-test")]
    [InlineData("xn--bcher-kva.example.test", "xn-bcher-kva-example-test")]
    [InlineData("a_b.example.test", "a-b-example-test")]
    [InlineData("192.0.2.7", "192-0-2-7")]
    [InlineData("a234567890123456789012345678901234567890.b2345678901234567890.c.example.test", "a234567890123456789012345678901234567890-b2345678901234567890-c")]
    public async Task Without_a_name_the_first_of_the_certificate_is_taken(string subject, string name)
    {
        var leaf = Uploads.Intermediate.IssueLeaf(subject);

        Assert.Equal(name, (string)(await _server.UploadAsync(leaf.FullChainPem + leaf.KeyPem)).Json["name"]!);
    }

    [Fact]
    public async Task A_renewed_certificate_becomes_the_next_version()
    {
        var (one, two) = (Uploads.Intermediate.IssueLeaf("a.example.test"), Uploads.Intermediate.IssueLeaf("a.example.test"));
        await _server.UploadAsync(one.FullChainPem + one.KeyPem);
        var reply = await _server.UploadAsync(two.FullChainPem + two.KeyPem);

        Assert.Equal((201, "newVersion", 2), (reply.Status, (string)reply.Json["effect"]!, (int)reply.Json["version"]!));
    }

    [Fact]
    public async Task The_same_leaf_under_another_name_is_refused_and_told_to_those_who_may_see_it()
    {
        await _server.UploadAsync(Uploads.Good, "?name=one");
        var before = await _server.StoredAsync();

        var reply = await _server.UploadAsync(Uploads.Good, "?name=two");
        var scoped = await _server.UploadAsync(Uploads.Good, "?name=two", await _server.TokenAsync(Role.Operator, "two"));

        Assert.Equal((422, "record.duplicate", "one"), (reply.Status, (string)reply.Json["findings"]![0]!["code"]!, (string)reply.Json["findings"]![0]!["scope"]!));
        Assert.Equal((422, "another"), (scoped.Status, (string)scoped.Json["findings"]![0]!["scope"]!));
        Assert.Equal(before, await _server.StoredAsync());
    }

    [Fact]
    public async Task A_dry_run_answers_and_stores_nothing()
    {
        var before = await _server.StoredAsync();

        var good = await _server.UploadAsync(Uploads.Good, "?dryRun=true&name=a");
        var bad = await _server.UploadAsync(Uploads.Leaf.FullChainPem, "?dryRun=true");

        Assert.Equal((200, true, "newCertificate"), (good.Status, (bool)good.Json["accepted"]!, (string)good.Json["effect"]!));
        Assert.Equal((200, false, "refused", "key.missing"), (bad.Status, (bool)bad.Json["accepted"]!, (string)bad.Json["effect"]!, (string)bad.Json["findings"]![0]!["code"]!));
        Assert.Equal(before, await _server.StoredAsync());
    }

    [Fact]
    public async Task Uploads_of_one_leaf_at_once_make_one_version()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _server.UploadAsync(Uploads.Good, "?name=same")));
        var others = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => _server.UploadAsync(RsaUpload, $"?name=other-{i}")));

        Assert.Equal(1, replies.Count(reply => reply.Status == 201));
        Assert.Equal(5, replies.Count(reply => reply.Status == 200));
        Assert.Equal(1, others.Count(reply => reply.Status == 201));
        Assert.Equal(5, others.Count(reply => reply.Status == 422));
        Assert.Equal(2, (await _server.GetAsync("/api/certificates")).Json["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_laboratory_certificate_is_taken_when_that_is_allowed()
    {
        var lab = SpecialUploads.Lab("-newkey rsa:2048");

        Assert.Equal(422, (await _server.UploadAsync(lab)).Status);
        var reply = await _server.UploadAsync(lab, "?allowSelfSigned=true&name=lab");
        Assert.Equal((201, "warning"), (reply.Status, (string)reply.Json["findings"]![0]!["severity"]!));
    }

    public static TheoryData<string, Func<HttpContent?>, string, int, string> Malformed() => new()
    {
        { "no body", () => null, "", 400, "body.missing" },
        { "bad JSON", () => Text("{", "application/json"), "", 400, "body.malformed" },
        { "an unknown field", () => Text("""{"certificate":"x","pem":1}""", "application/json"), "", 400, "body.invalid" },
        { "a number for PEM", () => Text("""{"certificate":1}""", "application/json"), "", 400, "body.invalid" },
        { "a bad name in the body", () => Text("""{"certificate":"x","name":"A"}""", "application/json"), "", 400, "body.invalid" },
        { "a bad name in the query", () => ApiServer.PemContent("x"), "?name=A", 400, "query.invalid" },
        { "two names", () => Text("""{"certificate":"x","name":"a"}""", "application/json"), "?name=b", 400, "query.invalid" },
        { "no flag", () => ApiServer.PemContent("x"), "?dryRun=1", 400, "query.invalid" },
        { "an unknown parameter", () => ApiServer.PemContent("x"), "?dryrun=true", 400, "query.invalid" },
        { "another content type", () => Text("x", "application/x-www-form-urlencoded"), "", 415, "body.type" },
        { "a form without a certificate", () => Form(("key", "x")), "", 400, "body.invalid" },
        { "a form with an unknown field", () => Form(("certificate", "x"), ("pem", "x")), "", 400, "body.invalid" },
        { "a form with a field twice", () => Form(("certificate", "x"), ("certificate", "y")), "", 400, "body.invalid" },
        { "a form with too many parts", () => Form([.. Enumerable.Range(0, 17).Select(i => ($"f{i}", "x"))]), "", 400, "body.malformed" },
        { "a form without its end", () => Text("--b\r\nContent-Disposition: form-data; name=key\r\n\r\nx", "multipart/form-data; boundary=b"), "", 400, "body.malformed" },
        { "a form without a boundary", () => Text("x", "multipart/form-data"), "", 400, "body.malformed" },
        { "a form whose part has no name", () => Text("--b\r\nX: y\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"), "", 400, "body.malformed" },
        { "a form whose part has no headers", () => Text("--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"), "", 400, "body.malformed" },
        { "an empty form", () => Text("--b--", "multipart/form-data; boundary=b"), "", 400, "body.invalid" },
        { "more than the limit", () => ApiServer.PemContent(new string('x', 1024 * 1024 + 1)), "", 413, "body.too-large" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_upload_is_refused(string row, Func<HttpContent?> body, string query, int status, string code)
    {
        Assert.NotEmpty(row);

        var reply = await _server.SendAsync("POST", $"/api/certificates{query}", body());

        Assert.Equal((status, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task An_upload_needs_a_token_the_permission_and_a_name_in_its_scope()
    {
        Assert.Equal("access.unauthenticated", (await _server.UploadAsync(Uploads.Good, "", "crt_x_y")).Problem);
        Assert.Equal("access.denied", (await _server.UploadAsync(Uploads.Good, "", await _server.TokenAsync(Role.Viewer))).Problem);
        var scoped = await _server.TokenAsync(Role.Operator, "prod-*");
        Assert.Equal("access.scope", (await _server.UploadAsync(Uploads.Good, "", scoped)).Problem);
        Assert.Equal(201, (await _server.UploadAsync(Uploads.Good, "?name=prod-a", scoped)).Status);
    }

    [Fact]
    public async Task An_Idempotency_Key_repeats_the_answer_and_holds_to_its_request()
    {
        async Task<Reply> Send(string query, string pem) => await _server.SendAsync("POST", $"/api/certificates{query}", ApiServer.PemContent(pem), null, ("Idempotency-Key", "k1"));

        var first = await Send("?name=a", Uploads.Good);
        var again = await Send("?name=a", Uploads.Good);
        var other = await Send("?name=b", Uploads.Good);

        Assert.Equal((201, 201, "true", first.Body), (first.Status, again.Status, again.Headers["Idempotency-Replayed"], again.Body));
        Assert.Equal((422, "idempotency.mismatch"), (other.Status, other.Problem));
    }

    internal static MultipartFormDataContent Form(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return form;
    }

    private static string RsaUpload => Uploads.RsaLeaf.FullChainPem + Uploads.RsaLeaf.KeyPem;

    private static string Json(string certificate, string key) => new JsonObject { ["certificate"] = certificate, ["key"] = key }.ToJsonString();

    private static StringContent Text(string text, string type)
    {
        var content = new StringContent(text, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
