using System.ComponentModel.DataAnnotations;
using Certrelay.App.Http;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Http;

/// <summary>Functions as the resources write them, one for each promise of the edge.</summary>
public sealed class EdgeFunctions(EdgeFunctions.Journal journal)
{
    private const string NoteETag = "W/\"datetime'2026'\"";

    [Function("ReadNote"), Requires(Permission.Read)]
    public IResult Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/notes/{name}")] HttpRequest request, string name)
    {
        request.Caller.Demand(name);
        return Answer.Ok(new Note { Text = $"{name} for {request.Caller.Id}" }, NoteETag);
    }

    [Function("ListNotes"), Requires(Permission.Read), Paged, Query("owner", "Only those of an owner.")]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/notes")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, caller) = (request.Page, request.Caller);
        return Answer.Page(await AsyncEnumerable.Range(100, 10).Select(i => $"note-{i}")
            .Where(name => string.CompareOrdinal(name, page.After) > 0 && caller.MaySee(name))
            .ToPageAsync(page, name => name, name => name, cancellationToken));
    }

    [Function("WriteNote"), Requires(Permission.Upload), IfMatch, Takes(typeof(Note))]
    public IResult Write([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/notes/{name}")] HttpRequest request, string name)
    {
        request.DemandIfMatch(NoteETag);
        journal.Add($"{name}={request.Json<Note>().Text}");
        return Answer.NoContent();
    }

    [Function("DeleteNote"), Requires(Permission.Delete), Audited("note.delete", Subject = "note/{name}", Reason = true), Takes(typeof(Said))]
    public IResult Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/notes/{name}")] HttpRequest request, string name)
    {
        request.Caller.Demand(name);
        journal.Add($"deleted {name}: {request.Reason}");
        return Answer.NoContent();
    }

    [Function("CreateNote"), Requires(Permission.Upload), Idempotent, Audited("note.create"), Takes(typeof(Note))]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/notes")] HttpRequest request, CancellationToken cancellationToken)
    {
        var note = request.Json<Note>();
        journal.Add(note.Text);
        if (journal.Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (journal.Fault is { } fault)
            throw fault;
        request.Concerns($"note/{note.Text}");
        return Answer.Created($"/api/notes/{note.Text}", new Note { Text = $"{note.Text} {journal.Count}" }, NoteETag);
    }

    [Function("EchoBytes"), Requires(Permission.None), Takes("application/x-pem-file"), Takes(typeof(Note))]
    public IResult Echo([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/echo")] HttpRequest request) =>
        Answer.Ok(new Note { Text = $"{request.Bytes.Length} {(request.HasJsonContentType() ? request.JsonOrNull<Note>()?.Text : null)}" });

    [Function("Fail"), Requires(Permission.None)]
    public IResult Fail([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/fail")] HttpRequest request) => throw journal.Fault!;

    [Function("FailToWrite"), Requires(Permission.None)]
    public IResult FailToWrite([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/fail-to-write")] HttpRequest request) => Answer.Ok(new Broken());

    /// <summary>What the functions did, and what they shall do.</summary>
    public sealed class Journal
    {
        private readonly List<string> _lines = [];

        public Exception? Fault { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public int Count => Lines.Count;

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public void Add(string line)
        {
            lock (_lines)
                _lines.Add(line);
        }
    }

    public sealed record Note
    {
        [StringLength(20, MinimumLength = 1)]
        public required string Text { get; init; }

        public int? Priority { get; init; }

        public IReadOnlyList<Part>? Parts { get; init; }

        public IReadOnlyDictionary<string, string>? Tags { get; init; }

        public Role? For { get; init; }

        public DateTimeOffset? At { get; init; }
    }

    public sealed record Part([property: RegularExpression("[a-z]+", ErrorMessage = "is to be of letters")] string Name, [Range(1, 9)] int Size);

    public sealed record Said(string? Reason = null);

    private sealed record Broken
    {
        public string Text => throw new InvalidOperationException("the cause");
    }
}

/// <summary>A server over <see cref="EdgeFunctions"/>.</summary>
internal static class EdgeFunctionsServer
{
    public static Task<EdgeServer> StartAsync(EdgeFunctions.Journal journal, TimeProvider? time = null, EdgeOptions? options = null) => EdgeServer.StartAsync(
        [typeof(EdgeFunctions), typeof(Certrelay.App.Triggers.Page)], time, options,
        services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, journal));
}
