using System.Text.RegularExpressions;
using Certrelay.App.Http;
using Certrelay.Certificates;

namespace Certrelay.Tests.Http;

public sealed partial class PageTests : IAsyncLifetime
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private EdgeServer _server = null!;

    public async Task InitializeAsync() => _server = await EdgeServer.StartAsync([typeof(Certrelay.App.Triggers.Health), typeof(Certrelay.App.Triggers.Page)]);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Each_file_is_open_to_everyone_and_says_what_a_browser_may_do_with_it()
    {
        Assert.Contains(PageFile.All, static file => file.Path == "app.js");
        foreach (var file in PageFile.All)
        {
            var reply = await _server.GetAsync($"/{file.Path}");

            Assert.Equal((200, $"\"{file.ETag}\"", "no-cache"), (reply.Status, reply.Headers["ETag"], reply.Headers["Cache-Control"]));
            Assert.Equal(file.ContentType.Split(';')[0], reply.ContentType);
            AssertGuarded(reply);
        }
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_so_with_the_same_headers()
    {
        foreach (var file in PageFile.All)
        {
            var known = await _server.GetAsync($"/{file.Path}", token: null, ("If-None-Match", $"\"{file.ETag}\""));
            var other = await _server.GetAsync($"/{file.Path}", token: null, ("If-None-Match", "\"0\""));

            Assert.Equal((304, "", $"\"{file.ETag}\""), (known.Status, known.Body, known.Headers["ETag"]));
            Assert.Equal(200, other.Status);
            AssertGuarded(known);
        }
    }

    [Fact]
    public void The_page_offers_every_form_of_a_download()
    {
        var script = System.Text.Encoding.UTF8.GetString(PageFile.All.Single(static file => file.Path == "parts/download.js").Bytes);

        Assert.All(ExportFormat.All, format => Assert.Matches($@"\['{format.Name}', '[^']+', {(format.HoldsKey ? "true" : "false")}\]", script));
    }

    [Fact]
    public async Task HEAD_tells_the_length_alone()
    {
        var reply = await _server.SendAsync("HEAD", "/app.js");

        Assert.Equal((200, ""), (reply.Status, reply.Body));
        AssertGuarded(reply);
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/wwwroot/app.js")]
    [InlineData("/views")]
    [InlineData("/APP.JS")]
    [InlineData("/..%2fapp.js")]
    [InlineData("/favicon.ico")]
    public async Task No_other_path_is_a_file(string path)
    {
        var reply = await _server.GetAsync(path);

        Assert.Equal((404, "route.unknown"), (reply.Status, reply.Problem));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", reply.Headers["Content-Security-Policy"]);
    }

    [Theory]
    [InlineData("POST", "/app.js", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    public async Task A_file_is_only_read(string method, string path, string allowed)
    {
        var reply = await _server.SendAsync(method, path);

        Assert.Equal((405, "route.method", allowed), (reply.Status, reply.Problem, reply.Headers["Allow"]));
    }

    [Fact]
    public void What_the_files_name_is_there_and_nothing_comes_from_elsewhere()
    {
        foreach (var file in PageFile.All)
        {
            var text = System.Text.Encoding.UTF8.GetString(file.Bytes);
            var named = Reference().Matches(text).Select(static match => match.Groups["path"].Value).Where(static path => path is not ['#', ..] and not "api/openapi.json");
            Assert.All(named, path => Assert.NotNull(PageFile.Find(new Uri(new Uri($"http://x/{file.Path}"), path).AbsolutePath[1..])));
            Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/)", text);
        }
    }

    [Fact]
    public void No_file_makes_markup_of_text()
    {
        foreach (var file in PageFile.All)
        {
            var text = System.Text.Encoding.UTF8.GetString(file.Bytes);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|localStorage|\\.cookie", text);
            Assert.DoesNotMatch("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=\"", text);
        }
    }

    private static void AssertGuarded(Reply reply) => Assert.Equal(
        (Policy, "nosniff", "no-referrer", "same-origin"),
        (reply.Headers["Content-Security-Policy"], reply.Headers["X-Content-Type-Options"], reply.Headers["Referrer-Policy"], reply.Headers["Cross-Origin-Resource-Policy"]));

    [GeneratedRegex("""(?:from |import |import\(|src=|href=)["'](?<path>[^"']+)["']""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
