using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Tests.Host;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private const string Body = """{"text":"a"}""";

    private readonly EdgeFunctions.Journal _journal = new();
    private readonly ManualTime _time = new();
    private EdgeServer _server = null!;
    private string _token = "";

    public static TheoryData<string, string> Keys() => new()
    {
        { "an empty key", "" },
        { "a key too long", new string('k', 256) },
        { "a key with a space", "a b" },
    };

    public async Task InitializeAsync()
    {
        _server = await EdgeFunctionsServer.StartAsync(_journal, _time);
        _token = await _server.TokenAsync(Role.Operator);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_repeated_call_gets_the_first_answer()
    {
        var first = await PostAsync("k1");
        var again = await PostAsync("k1");

        Assert.Equal((201, "a 1"), (first.Status, (string?)first.Json["text"]));
        Assert.Equal((first.Status, first.Body, first.ContentType), (again.Status, again.Body, again.ContentType));
        Assert.Equal((first.Headers["Location"], first.Headers["ETag"]), (again.Headers["Location"], again.Headers["ETag"]));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Single(_journal.Lines);
    }

    [Fact]
    public async Task Without_a_key_or_with_another_the_call_runs_again()
    {
        await PostAsync(null);
        await PostAsync(null);
        await PostAsync("k1");
        await PostAsync("k2");

        Assert.Equal(4, _journal.Count);
    }

    [Fact]
    public async Task Keys_belong_to_their_callers()
    {
        await PostAsync("k1");
        _token = await _server.TokenAsync(Role.Operator);
        await PostAsync("k1");

        Assert.Equal(2, _journal.Count);
    }

    [Fact]
    public async Task A_key_used_for_another_request_is_refused()
    {
        await PostAsync("k1");

        var body = await PostAsync("k1", """{"text":"b"}""");
        var query = await _server.SendAsync("POST", "/api/notes?reason=x", _token, Body, ("Idempotency-Key", "k1"));

        Assert.Equal((422, "idempotency.mismatch"), (body.Status, body.Problem));
        Assert.Equal("idempotency.mismatch", query.Problem);
        Assert.Single(_journal.Lines);
    }

    [Fact]
    public async Task A_call_that_still_runs_is_not_run_twice()
    {
        _journal.Gate = new TaskCompletionSource();
        var running = PostAsync("k1");
        await Eventually.HoldsAsync(() => _journal.Count == 1, "the call runs");

        var again = await PostAsync("k1");
        _journal.Gate.SetResult();

        Assert.Equal((409, "idempotency.in-progress"), (again.Status, again.Problem));
        Assert.Equal("1", again.Headers["Retry-After"]);
        Assert.Equal(201, (await running).Status);
        Assert.Equal(201, (await PostAsync("k1")).Status);
        Assert.Single(_journal.Lines);
    }

    [Fact]
    public async Task A_claim_whose_process_died_is_taken_over_when_no_call_can_run_that_long()
    {
        _journal.Gate = new TaskCompletionSource();
        var dead = PostAsync("k1");
        await Eventually.HoldsAsync(() => _journal.Count == 1, "the call runs");

        _time.Advance(TimeSpan.FromMinutes(6) - TimeSpan.FromSeconds(1));
        Assert.Equal(409, (await PostAsync("k1")).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        var over = PostAsync("k1");
        await Eventually.HoldsAsync(() => _journal.Count == 2, "the call runs again");
        _journal.Gate.SetResult();

        Assert.Equal(201, (await over).Status);
        Assert.Equal(201, (await dead).Status);
        Assert.Equal("true", (await PostAsync("k1")).Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task A_call_whose_caller_hung_up_runs_again()
    {
        _journal.Gate = new TaskCompletionSource();
        using var impatience = new CancellationTokenSource();
        var left = PostAsync("k1", cancellationToken: impatience.Token);
        await Eventually.HoldsAsync(() => _journal.Count == 1, "the call runs");
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await Eventually.HoldsAsync(() => RowsAsync().Result.Count == 0, "the claim is dropped");

        _journal.Gate = null;

        Assert.Equal((201, "a 2"), await TextAsync());
        var audit = await new AuditLog(_server.Store).ReadAsync(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow(), null, null, default).ToListAsync();
        Assert.Equal(["499", "201"], audit.Select(row => row.Value.Entry.Outcome).OfType<string>());

        async Task<(int, string?)> TextAsync()
        {
            var reply = await PostAsync("k1");
            return (reply.Status, (string?)reply.Json["text"]);
        }
    }

    [Fact]
    public async Task A_refusal_that_will_not_change_is_kept()
    {
        var first = await PostAsync("k1", """{"text":""}""");
        var again = await PostAsync("k1", """{"text":""}""");

        // The body's correlation is that of the call that did run: the log knows the refusal by it.
        Assert.Equal((400, "body.invalid", first.Body), (again.Status, (string?)again.Json["code"], again.Body));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
    }

    [Theory]
    [InlineData("a server error", 500)]
    [InlineData("a store out of reach", 503)]
    [InlineData("a lost race", 409)]
    public async Task An_answer_that_invites_another_try_is_not_kept(string row, int status)
    {
        Assert.NotEmpty(row);
        _journal.Fault = status switch
        {
            503 => new Transient("store.unavailable", "x"),
            409 => new RecordConflictException(new RecordKey("T", "p", "r"), "x"),
            _ => new InvalidOperationException("x"),
        };
        Assert.Equal(status, (await PostAsync("k1")).Status);

        _journal.Fault = null;

        Assert.Equal(201, (await PostAsync("k1")).Status);
        Assert.Equal(2, _journal.Count);
    }

    [Fact]
    public async Task An_answer_is_kept_for_a_day_and_then_removed()
    {
        await PostAsync("k1");
        var row = Assert.Single(await RowsAsync());
        var expires = _time.GetUtcNow().AddHours(24);

        Assert.Equal(expires, await IdempotencyRecord.RemoveExpiredAsync(_server.Store, row.Key.Row, _time, default));
        _time.Advance(TimeSpan.FromHours(24));
        await PostAsync("k1");
        Assert.Equal(2, _journal.Count);
        _time.Advance(TimeSpan.FromHours(24));
        Assert.Null(await IdempotencyRecord.RemoveExpiredAsync(_server.Store, row.Key.Row, _time, default));
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_replay_leaves_no_audit_rows()
    {
        await PostAsync("k1");
        await PostAsync("k1");

        Assert.Equal(2, await new AuditLog(_server.Store).ReadAsync(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow(), null, null, default).CountAsync());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Refuses(string row, string key)
    {
        Assert.NotEmpty(row);

        var reply = await PostAsync(key);

        Assert.Equal((400, "idempotency.key-invalid"), (reply.Status, reply.Problem));
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task A_call_that_is_not_repeatable_says_so() =>
        Assert.Equal("idempotency.not-offered", (await _server.SendAsync("POST", "/api/echo", null, Body, ("Idempotency-Key", "k"))).Problem);

    [Fact]
    public void No_call_of_the_product_keeps_an_answer_with_a_secret() =>
        Assert.DoesNotContain(PermissionTests.Product.Operations, operation => operation.Idempotent && operation.Permission is Permission.Tokens or Permission.Download);

    private async Task<List<StoredRecord>> RowsAsync() =>
        await _server.Store.ScanAsync("Index", null, default).Where(row => row.Key.Partition.StartsWith("idem.", StringComparison.Ordinal)).ToListAsync();

    private Task<Reply> PostAsync(string? key, string body = Body, CancellationToken cancellationToken = default) =>
        _server.SendAsync("POST", "/api/notes", _token, body, cancellationToken, key is null ? [] : [("Idempotency-Key", key)]);
}
