using Certrelay.App.Http;
using Certrelay.Records;

namespace Certrelay.Tests.Http;

public sealed class ConditionTests : IAsyncLifetime
{
    private readonly EdgeFunctions.Journal _journal = new();
    private EdgeServer _server = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        _server = await EdgeFunctionsServer.StartAsync(_journal);
        _token = await _server.TokenAsync(Role.Operator);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("12", "\"12\"")]
    [InlineData("W/\"datetime'2026-01-05T08%3A00%3A00Z'\"", "\"Vy8iZGF0ZXRpbWUnMjAyNi0wMS0wNVQwOCUzQTAwJTNBMDBaJyI\"")]
    public void An_entity_tag_is_strong_whatever_the_store_calls_it(string etag, string tag) => Assert.Equal(tag, ETags.Of(etag));

    [Fact]
    public async Task A_read_of_what_the_caller_has_is_not_modified()
    {
        var first = await _server.GetAsync("/api/notes/a", _token);
        var tag = first.Headers["ETag"];

        foreach (var header in (string[])[tag, $"\"other\", {tag}", $"W/{tag}", "*"])
        {
            var again = await _server.GetAsync("/api/notes/a", _token, ("If-None-Match", header));
            Assert.Equal((304, "", tag), (again.Status, again.Body, again.Headers["ETag"]));
        }

        foreach (var header in (string[])["\"other\"", "nonsense"])
            Assert.Equal(200, (await _server.GetAsync("/api/notes/a", _token, ("If-None-Match", header))).Status);
    }

    [Fact]
    public async Task A_change_names_the_state_that_it_is_made_for()
    {
        var tag = (await _server.GetAsync("/api/notes/a", _token)).Headers["ETag"];

        foreach (var header in (string[])[tag, $"\"other\", {tag}", "*"])
            Assert.Equal(204, (await PutAsync(("If-Match", header))).Status);
        Assert.Equal(3, _journal.Count);
    }

    [Fact]
    public async Task A_change_without_a_state_is_refused()
    {
        var reply = await PutAsync();

        Assert.Equal((428, "precondition.required"), (reply.Status, reply.Problem));
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task A_change_of_another_state_is_refused()
    {
        var tag = (await _server.GetAsync("/api/notes/a", _token)).Headers["ETag"];

        foreach (var header in (string[])["\"old\"", $"W/{tag}"])
        {
            var reply = await PutAsync(("If-Match", header));
            Assert.Equal((412, "precondition.failed"), (reply.Status, reply.Problem));
        }

        Assert.Equal("request.invalid", (await PutAsync(("If-Match", "nonsense"))).Problem);
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task A_conditional_change_that_loses_a_race_is_refused_as_stale()
    {
        _journal.Fault = new RecordConflictException(new RecordKey("T", "p", "r"), "changed");

        Assert.Equal("precondition.failed", (await _server.GetAsync("/api/fail", null, ("If-Match", "\"1\""))).Problem);
    }

    [Fact]
    public async Task Pages_follow_one_another_to_the_end()
    {
        var items = new List<string>();
        var path = "/api/notes?limit=4&owner=me";
        var pages = 0;
        while (true)
        {
            var reply = await _server.GetAsync(path, _token);
            items.AddRange(reply.Json["items"]!.AsArray().Select(item => item!.GetValue<string>()));
            pages++;
            if (reply.Json["next"] is not { } next)
            {
                Assert.False(reply.Headers.ContainsKey("Link"));
                break;
            }

            path = $"/api/notes?limit=4&owner=me&after={next}";
            Assert.Equal($"<{path}>; rel=\"next\"", reply.Headers["Link"]);
        }

        Assert.Equal(Enumerable.Range(100, 10).Select(i => $"note-{i}"), items);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("?limit=0", "?limit: is to be a number from 1 to 500")]
    [InlineData("?limit=501", "?limit: is to be a number from 1 to 500")]
    [InlineData("?limit=x", "?limit: is to be a number from 1 to 500")]
    [InlineData("?after=%2B%2B", "?after: is not the next of a page")]
    [InlineData("?after=AAAA", "?after: is not the next of a page")]
    [InlineData("?limit=1&limit=2", "?limit: occurs twice")]
    [InlineData("?onwer=me&x=1", "?onwer: is unknown", "?x: is unknown")]
    public async Task A_query_that_cannot_be_meant_is_refused(string query, params string[] faults)
    {
        var reply = await _server.GetAsync($"/api/notes{query}", _token);

        Assert.Equal((400, "query.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(faults, reply.Faults);
    }

    private Task<Reply> PutAsync(params (string, string)[] headers) => _server.SendAsync("PUT", "/api/notes/a", _token, """{"text":"x"}""", headers);
}
