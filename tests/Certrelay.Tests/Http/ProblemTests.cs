using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Certrelay.Tests.Http;

public sealed class ProblemTests : IAsyncLifetime
{
    private readonly EdgeFunctions.Journal _journal = new();
    private EdgeServer _server = null!;

    public static TheoryData<string, Exception, int, string> Faults() => new()
    {
        { "a refusal of the function", new ProblemException(ProblemCodes.ResourceUnknown, "There is no x."), 404, "resource.unknown" },
        { "a lost race", new RecordConflictException(new RecordKey("T", "p", "r"), "changed"), 409, "record.conflict" },
        { "a damaged record", new Permanent("record.unreadable", "T/p/r"), 500, "record.unreadable" },
        { "a store out of reach", new Transient("store.unavailable", "disk"), 503, "store.unavailable" },
        { "something outside out of reach", new Transient("vault.unavailable", "The vault is down."), 503, "outside.unavailable" },
        { "a refusal from outside", new Permanent("vault.refused", "The vault says no."), 502, "outside.refused" },
        { "a body over the server's limit", new BadHttpRequestException("x", 413), 413, "body.too-large" },
        { "a body below the server's rate", new BadHttpRequestException("x", 408), 408, "body.too-slow" },
        { "bad HTTP", new BadHttpRequestException("x"), 400, "request.invalid" },
        { "anything else", new InvalidOperationException("the cause"), 500, "server.error" },
        { "a cancellation that the caller did not ask for", new OperationCanceledException(), 500, "server.error" },
    };

    public async Task InitializeAsync() => _server = await EdgeFunctionsServer.StartAsync(_journal);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Becomes_problem_details(string row, Exception fault, int status, string code)
    {
        Assert.NotEmpty(row);
        _journal.Fault = fault;

        var reply = await _server.GetAsync("/api/fail");

        Assert.Equal((status, code), (reply.Status, reply.Problem));
        var known = ProblemCodes.All.Single(one => one.Code == code);
        Assert.Equal(($"urn:certrelay:problem:{code}", known.Meaning, known.Remedy), ((string?)reply.Json["type"], (string?)reply.Json["title"], (string?)reply.Json["remedy"]));
        Assert.Equal(status == 503, reply.Headers.ContainsKey("Retry-After"));
    }

    [Fact]
    public async Task An_unknown_fault_is_told_in_neutral_words_and_its_cause_logged()
    {
        _journal.Fault = new InvalidOperationException("the cause");

        var reply = await _server.GetAsync("/api/fail");

        Assert.DoesNotContain("the cause", reply.Body, StringComparison.Ordinal);
        Assert.Contains(_server.Log, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("the cause", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_stores_own_words_stay_inside()
    {
        _journal.Fault = new Transient("store.unavailable", "The database answered: /data/records.db is full", TimeSpan.FromSeconds(7.2));

        var reply = await _server.GetAsync("/api/fail");

        Assert.DoesNotContain("records.db", reply.Body, StringComparison.Ordinal);
        Assert.Equal("8", reply.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Of_a_failure_outside_only_the_code_is_told()
    {
        _journal.Fault = new Permanent("vault.denied", "The system denied the vault the file /data/vault/check.");

        Assert.Equal("The cause is vault.denied; the log has its words.", (string?)(await _server.GetAsync("/api/fail")).Json["detail"]);
        Assert.Contains(_server.Log, line => line.Contains("/data/vault/check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Findings_faults_and_own_members_stand_beside_the_code()
    {
        _journal.Fault = new ProblemException(ProblemCodes.RequestRefused, "Two errors.")
        {
            Findings = [FindingCodes.KeyMismatch.At("key")],
            Faults = [new RequestFault("/a", "is wrong")],
            Members = new Dictionary<string, object?> { ["existing"] = "prod-shop" },
        };

        var reply = await _server.GetAsync("/api/fail");

        Assert.Equal((422, "request.refused"), (reply.Status, reply.Problem));
        Assert.Equal("key.mismatch", (string?)reply.Json["findings"]![0]!["code"]);
        Assert.Equal("error", (string?)reply.Json["findings"]![0]!["severity"]);
        Assert.Equal(["/a: is wrong"], reply.Faults);
        Assert.Equal("prod-shop", (string?)reply.Json["existing"]);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_is_a_server_error()
    {
        var reply = await _server.GetAsync("/api/fail-to-write");

        Assert.Equal((500, "server.error"), (reply.Status, reply.Problem));
        Assert.Equal("nosniff", reply.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task An_unknown_path_is_a_problem_with_any_method()
    {
        foreach (var method in (string[])["GET", "POST", "DELETE", "PATCH", "OPTIONS"])
        {
            var reply = await _server.SendAsync(method, "/api/nothing/here");
            Assert.Equal((404, "route.unknown"), (reply.Status, reply.Problem));
        }
    }

    [Theory]
    [InlineData("PATCH", "/api/notes/a", "DELETE, GET, PUT")]
    [InlineData("DELETE", "/api/notes", "GET, POST")]
    [InlineData("POST", "/", "GET, HEAD")]
    public async Task A_wrong_method_names_the_right_ones(string method, string path, string allowed)
    {
        var reply = await _server.SendAsync(method, path);

        Assert.Equal((405, "route.method", allowed), (reply.Status, reply.Problem, reply.Headers["Allow"]));
    }

    [Fact]
    public void Codes_are_unique_and_whole()
    {
        Assert.Equal(ProblemCodes.All.Count, ProblemCodes.All.Select(code => code.Code).Distinct().Count());
        Assert.All(ProblemCodes.All, code => Assert.Matches(@"^[a-z]+\.[a-z]+(-[a-z]+)*$", code.Code));
        Assert.All(ProblemCodes.All, code => Assert.InRange(code.Status, 400, 599));
    }

    [Fact]
    public void The_page_on_problems_is_up_to_date() => GeneratedPage.Check("problems.md", ProblemCodes.ToMarkdown());
}
