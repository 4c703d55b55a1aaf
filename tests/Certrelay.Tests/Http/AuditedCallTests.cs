using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class AuditedCallTests : IAsyncLifetime
{
    private readonly EdgeFunctions.Journal _journal = new();
    private readonly ManualTime _time = new();
    private EdgeServer _server = null!;
    private string _admin = "";

    public static TheoryData<string, string, string?, string?> Reasons() => new()
    {
        { "none", "", null, "reason.required" },
        { "an empty one", "?reason=%20", null, "reason.required" },
        { "one in a field of another type", "", """{"reason":5}""", "reason.required" },
        { "one deeper in the body", "", """{"a":{"reason":"x"}}""", "reason.required" },
        { "one of two lines", "?reason=a%0Ab", null, "reason.invalid" },
        { "one too long", "?reason=" + new string('a', 501), null, "reason.invalid" },
        { "one in the query", "?reason=old%20one", null, null },
        { "one in the body", "", """{"x":[{"reason":"no"}],"reason":"old one"}""", null },
    };

    public async Task InitializeAsync()
    {
        _server = await EdgeFunctionsServer.StartAsync(_journal, _time);
        _admin = await _server.TokenAsync(Role.Admin);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_call_that_a_person_answers_for_has_a_reason(string row, string query, string? body, string? problem)
    {
        Assert.NotEmpty(row);

        var reply = await _server.SendAsync("DELETE", $"/api/notes/a{query}", _admin, body);

        if (problem is null)
            Assert.Equal(["deleted a: old one"], _journal.Lines);
        else
            Assert.Equal((400, problem), (reply.Status, reply.Problem));
        Assert.Equal(problem is null ? 2 : 0, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task An_intent_stands_before_the_change_and_an_outcome_after_it()
    {
        var reply = await _server.SendAsync("DELETE", "/api/notes/a?reason=gone", _admin);

        var rows = await RowsAsync();
        Assert.Equal(2, rows.Count);
        var expected = new AuditEntry
        {
            Phase = AuditPhase.Intent,
            Caller = _admin.Split('_')[1],
            Action = "note.delete",
            Subject = "note/a",
            Reason = "gone",
            Correlation = reply.Headers[Reply.CorrelationHeader],
        };
        Assert.Equal(expected, rows[0].Value.Entry);
        Assert.Equal(expected with { Phase = AuditPhase.Outcome, Outcome = "204", Intent = $"{rows[0].Key.Partition}.1" }, rows[1].Value.Entry);
        Assert.Equal(_time.GetUtcNow(), rows[0].Value.At);
    }

    [Fact]
    public async Task A_function_names_what_only_it_knows()
    {
        await _server.SendAsync("POST", "/api/notes", _admin, """{"text":"new"}""");

        Assert.Equal([null, "note/new"], (await RowsAsync()).Select(row => row.Value.Entry.Subject));
    }

    [Fact]
    public async Task A_refusal_or_fault_of_the_function_is_an_outcome()
    {
        _journal.Fault = new InvalidOperationException("x");
        await _server.SendAsync("POST", "/api/notes", _admin, """{"text":"a"}""");
        var scoped = await _server.TokenAsync([Role.Admin], "b");
        await _server.SendAsync("DELETE", "/api/notes/a?reason=x", scoped);

        Assert.Equal(["500 server.error", "403 access.scope"], (await RowsAsync()).Select(row => row.Value.Entry.Outcome).OfType<string>());
    }

    [Fact]
    public async Task A_call_whose_intent_cannot_be_written_does_not_run()
    {
        await _server.Store.WriteAsync([new RecordChange.Put(AuditChain.LastKey, "damaged"u8.ToArray())], default);

        var refused = await _server.SendAsync("DELETE", "/api/notes/a?reason=x", _admin);

        Assert.Equal((500, "record.unreadable"), (refused.Status, refused.Problem));
        Assert.Empty(_journal.Lines);
    }

    private async Task<List<Stored<AuditRecord>>> RowsAsync() =>
        await new AuditLog(_server.Store).ReadAsync(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow(), null, null, default).ToListAsync();
}
