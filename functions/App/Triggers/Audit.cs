using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>One row of the audit trail, with its place in its chain.</summary>
public sealed record AuditView(string Chain, long Number, DateTimeOffset At, AuditEntry Entry, string Previous, string Hash);

/// <summary>The audit trail: reading, export and verification.</summary>
public sealed class Audit(AuditLog log, AuditVerification verification, TimeProvider time)
{
    private static readonly TimeSpan UsualSpan = TimeSpan.FromDays(30);

    [Function("ListAudit"), Requires(Permission.Audit), Paged]
    [Answers(200, typeof(PageOf<AuditView>)), Answers(200, typeof(AuditView), ContentType = "application/x-ndjson")]
    [Query("from", "The first day or moment; 30 days ago when absent."), Query("to", "The last day or moment; now when absent.")]
    [Query("subject", "Only rows about this, such as certificate/prod-shop.")]
    [Query("format", "json in pages, or ndjson in one answer without limit.")]
    [Description("Reads the audit trail by day, then by writer, then by number.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, caller, subject) = (request.Page, request.Caller, request.Text("subject"));
        var (from, to) = Span(request);
        var rows = log.ReadAsync(from, to, subject, PlaceOf(page.After), cancellationToken)
            .Where(row => caller.MaySee(NameIn(row.Value.Entry.Subject)));
        return request.OneOf("format", "json", "ndjson") == "ndjson"
            ? Answer.Lines(rows.Select(View))
            : Answer.Page(await rows.ToPageAsync(page, static row => $"{row.Key.Partition}/{row.Key.Row}", View, cancellationToken));
    }

    [Function("VerifyAudit"), Requires(Permission.Audit), Answers(200, typeof(AuditReport))]
    [Query("from", "The first day; 30 days ago when absent."), Query("to", "The last day; today when absent.")]
    [Description("Walks the chains of the days and reports every fault, against the heads sealed in the vault too.")]
    public async Task<IResult> VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit/verify")] HttpRequest request, CancellationToken cancellationToken)
    {
        request.Caller.DemandEverything();
        var (from, to) = Span(request);
        return Answer.Ok(await verification.VerifyAsync(Day(from), Day(to), cancellationToken));
    }

    private static AuditView View(Stored<AuditRecord> row) =>
        new(row.Key.Partition, row.Value.Number, row.Value.At, row.Value.Entry, row.Value.Previous, row.Value.Hash);

    /// <summary>The name in <c>kind/name</c>; without one the row is for those who may see everything.</summary>
    private static string NameIn(string? subject) => subject?.Split('/') is [_, var name, ..] ? name : "";

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    private static RecordKey? PlaceOf(string? after) => after?.Split('/') switch
    {
        null => null,
        [{ Length: > 0 } chain, { Length: > 0 } row] => new RecordKey(AuditRecord.Table, chain, row),
        _ => throw QueryValues.Invalid(PageRequest.AfterName, "is not the next of a page"),
    };

    private (DateTimeOffset From, DateTimeOffset To) Span(HttpRequest request)
    {
        var to = request.Moment("to", endOfDay: true) ?? time.GetUtcNow();
        return (request.Moment("from") ?? (to - DateTimeOffset.MinValue > UsualSpan ? to - UsualSpan : DateTimeOffset.MinValue), to);
    }
}
