using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Api;

public sealed class DownloadTests : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync(new ManualTime(Uploads.Now));
        await _server.UploadAsync(Uploads.Good + Uploads.Root.Pem, "?name=shop");
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_form_is_a_file_of_its_own_name_and_type()
    {
        foreach (var format in ExportFormat.All.Where(static format => !format.IsOfPair))
        {
            var reply = await GetAsync($"format={format.Name}&reason=test");

            Assert.Equal((200, format.MediaType), (reply.Status, reply.ContentType));
            Assert.StartsWith("attachment; filename=\"shop", reply.Headers["Content-Disposition"], StringComparison.Ordinal);
            Assert.Equal(format.IsProtected, reply.Headers.ContainsKey("Certrelay-Passphrase"));
            Assert.Equal("no-store", reply.Headers["Cache-Control"]);
        }
    }

    [Fact]
    public async Task What_the_caller_has_is_answered_304_and_is_no_news_to_the_audit_trail()
    {
        var first = await GetAsync("format=pfx&reason=poll");
        var before = await AuditAsync();
        var again = await GetAsync("format=pfx&reason=poll", ("If-None-Match", first.Headers["ETag"]));
        var other = await GetAsync("format=pem&reason=poll", ("If-None-Match", first.Headers["ETag"]));

        Assert.Equal((304, "", first.Headers["ETag"]), (again.Status, again.Body, again.Headers["ETag"]));
        Assert.Equal(200, other.Status);
        var rows = (await AuditAsync()).Skip(before.Count).ToList();
        Assert.Equal(["Intent", "Outcome"], rows.Select(row => row.Phase.ToString()));
        Assert.All(rows, row => Assert.Equal(("certificate.download", "certificate/shop", "poll"), (row.Action, row.Subject, row.Reason)));

        using var renewed = Uploads.Intermediate.IssueLeaf("www.example.test");
        await _server.UploadAsync(renewed.FullChainPem + renewed.KeyPem, "?name=shop");
        var news = await GetAsync("format=pfx&reason=poll", ("If-None-Match", first.Headers["ETag"]));
        var former = await GetAsync("format=pfx&version=1&reason=poll", ("If-None-Match", first.Headers["ETag"]));
        Assert.Equal((200, 304), (news.Status, former.Status));
    }

    [Fact]
    public async Task A_given_passphrase_protects_the_store_and_is_not_repeated()
    {
        var given = await GetAsync("format=jks&reason=test", ("Certrelay-Passphrase", "correct horse 42"));
        var unfit = await GetAsync("format=jks&reason=test", ("Certrelay-Passphrase", "short"));

        Assert.Equal((200, false), (given.Status, given.Headers.ContainsKey("Certrelay-Passphrase")));
        Assert.Equal((400, "passphrase.invalid"), (unfit.Status, unfit.Problem));
    }

    [Fact]
    public async Task A_key_that_may_not_be_exported_stays_and_the_mark_is_never_taken_back()
    {
        var etag = (await _server.GetAsync("/api/certificates/shop")).Headers["ETag"];
        var marked = await _server.SendAsync("PATCH", "/api/certificates/shop", """{"exportable":false}""", null, ("If-Match", etag));
        var back = await _server.SendAsync("PATCH", "/api/certificates/shop", """{"exportable":true}""", null, ("If-Match", "*"));

        Assert.Equal((200, false), (marked.Status, (bool)marked.Json["exportable"]!));
        Assert.Equal((409, "certificate.not-exportable"), (back.Status, back.Problem));
        foreach (var format in ExportFormat.All)
        {
            var reply = await GetAsync($"format={format.Name}&reason=test");
            Assert.Equal(format.HoldsKey ? (409, "certificate.not-exportable") : (200, ""), (reply.Status, reply.Status == 200 ? "" : reply.Problem));
        }

        Assert.Contains(await AuditAsync(), row => row.Outcome == "409 certificate.not-exportable");
    }

    [Theory]
    [InlineData("no form", "reason=x", 400, "query.invalid")]
    [InlineData("an unknown form", "format=exe&reason=x", 400, "query.invalid")]
    [InlineData("no reason", "format=pem", 400, "reason.required")]
    [InlineData("an unknown version", "format=pem&version=9&reason=x", 404, "resource.unknown")]
    [InlineData("a version that is no number", "format=pem&version=x&reason=x", 400, "query.invalid")]
    public async Task A_bad_call_is_refused(string row, string query, int status, string code)
    {
        Assert.NotEmpty(row);
        var reply = await GetAsync(query);

        Assert.Equal((status, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_downloaded()
    {
        await _server.Get<CertificateUploads>().StoreAsync("watched", WatchedCertificate.Inspect(Pem.Bytes(Uploads.RsaLeaf.Pem), Uploads.Now), new LineageDetails(), default);
        async Task<string> Problem(string format) => (await _server.GetAsync($"/api/certificates/watched/download?format={format}&reason=x")).Problem;

        Assert.Equal("download.not-possible", await Problem("pem"));
        Assert.Equal("download.not-possible", await Problem("chain"));
        Assert.Equal("download.not-possible", await Problem("root"));
        Assert.Equal("resource.unknown", (await _server.GetAsync("/api/certificates/none/download?format=pem&reason=x")).Problem);
    }

    [Fact]
    public async Task A_download_needs_the_permission_and_a_name_in_its_scope()
    {
        async Task<(int, string)> As(Role role, params string[] scope)
        {
            var reply = await _server.GetAsync("/api/certificates/shop/download?format=cert&reason=x", await _server.TokenAsync(role, scope));
            return (reply.Status, reply.Status == 200 ? "" : reply.Problem);
        }

        Assert.Equal((403, "access.denied"), await As(Role.Viewer));
        Assert.Equal((403, "access.denied"), await As(Role.Deployer));
        Assert.Equal((403, "access.scope"), await As(Role.Exporter, "mail-*"));
        Assert.Equal((200, ""), await As(Role.Exporter, "shop"));
    }

    private Task<Reply> GetAsync(string query, params (string Name, string Value)[] headers) =>
        _server.GetAsync($"/api/certificates/shop/download?{query}", null, headers);

    private async Task<List<AuditEntry>> AuditAsync()
    {
        var rows = new List<AuditEntry>();
        await foreach (var row in _server.Get<IRecordStore>().ScanAsync(AuditRecord.Table, null, default))
        {
            if (row.Key.Partition != "heads" && char.IsAsciiDigit(row.Key.Row[0]))
                rows.Add(row.As<AuditRecord>().Value.Entry);
        }

        return rows;
    }
}
