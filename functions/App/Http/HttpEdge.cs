using System.Collections.Concurrent;
using System.Reflection;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Certrelay.App.Http;

/// <summary>
/// The one way from a request to a function and back, in both editions: who calls, may they, is the request whole; then the audit rows and the
/// Idempotency-Key around
/// the function; and every fault as problem details (RFC 9457).
/// </summary>
public sealed partial class HttpEdge(
    Authentication authentication, Idempotency idempotency, AuditTrail audit, EdgeOptions options, TimeProvider time, ILogger<HttpEdge> logger)
{
    private static readonly ConcurrentDictionary<MethodInfo, HttpOperation> Operations = [];

    /// <summary>When this process began to serve.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Runs an HTTP function for a request and returns its answer, which the host then executes.</summary>
    public async Task<IResult> InvokeAsync(HttpContext context, MethodInfo function, Func<Task<object?>> run)
    {
        var operation = Operations.GetOrAdd(
            function, static method => HttpOperation.Of(method) ?? throw new InvalidOperationException($"{method} is no HTTP function."));
        var correlation = AnswerHeaders.CorrelationOf(context.Request);
        AnswerHeaders.Set(context, correlation);
        using var scope = Log.Call(logger, correlation, operation.Name);
        var began = time.GetTimestamp();
        EdgeCall? call = null;
        IResult? decided = null;
        try
        {
            var caller = operation.Permission is Permission.None
                ? new Caller("anonymous", [], [], correlation)
                : await authentication.CallerAsync(context.Request, correlation, context.RequestAborted);
            call = new EdgeCall(caller);
            context.Features.Set(call);
            await AdmitAsync(context, operation, call);
            var answer = Idempotency.KeyOf(context.Request, operation) is { } key
                ? await idempotency.OnceAsync(context, call, key, () => AuditedAsync(context, operation, call, run))
                : await AuditedAsync(context, operation, call, run);
            decided = answer;
            return new GuardedAnswer(answer, this, correlation);
        }
#pragma warning disable CA1031 // The edge of the application: every fault becomes an answer, and the log gets the cause.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return decided = Refuse(fault, context, correlation);
        }
        finally
        {
            ProductMeter.RequestDuration.Record(
                time.GetElapsedTime(began).TotalSeconds, new("function", operation.Name), new("status", (decided as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK));
            call?.Dispose();
        }
    }

    private async Task AdmitAsync(HttpContext context, HttpOperation operation, EdgeCall call)
    {
        var request = context.Request;
        if (operation.Permission is not Permission.None)
            call.Caller.Demand(operation.Permission);
        QueryValues.Check(request, operation);
        if (operation.IfMatch is { Optional: false } && request.Headers.IfMatch.Count == 0)
            throw new ProblemException(ProblemCodes.PreconditionRequired);
        if (operation.Takes.Count > 0 && RequestBody.IsAnnounced(request))
        {
            CheckType(request, operation);
            call.Body = await RequestBody.ReadAsync(request, options, time, context.RequestAborted);
        }

        call.Subject = operation.SubjectOf(context);
        if (operation.Audited is { } audited)
            call.Reason = CallReason.Of(request, call.Body.Bytes, audited);
    }

    private static void CheckType(HttpRequest request, HttpOperation operation)
    {
        if (request.Headers.ContentEncoding.Count == 0
            && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            && operation.Takes.Any(takes => type.MediaType.Equals(takes.ContentType, StringComparison.OrdinalIgnoreCase)))
            return;
        var taken = operation.Takes.Select(static takes => takes.ContentType).Distinct(StringComparer.Ordinal);
        throw new ProblemException(ProblemCodes.BodyType, $"Taken: {string.Join(", ", taken)}.");
    }

    private async Task<IResult> AuditedAsync(HttpContext context, HttpOperation operation, EdgeCall call, Func<Task<object?>> run)
    {
        if (operation.Audited is not { } audited)
            return await AnswerAsync(context, call, run);
        var entry = new AuditEntry
        {
            Phase = AuditPhase.Intent,
            Caller = call.Caller.Id,
            Action = audited.Action,
            Subject = call.Subject,
            Reason = call.Reason,
            Correlation = call.Caller.Correlation,
        };
        string? intent = null;
        if (audited.Deferred)
            call.BeginAudit = async cancellationToken => intent ??= await audit.AppendAsync(entry, cancellationToken);
        else
            intent = await audit.AppendAsync(entry, context.RequestAborted);
        var answer = await AnswerAsync(context, call, run);
        if (intent is null)
            return answer;
        var outcome = OutcomeOf(answer);
        try
        {
            // What is done is done: a caller who hung up does not keep it out of the trail.
            entry = entry with { Phase = AuditPhase.Outcome, Subject = call.Subject, Outcome = outcome, Intent = intent };
            await audit.AppendAsync(entry, CancellationToken.None);
        }
        catch (Transient fault)
        {
            Log.OutcomeLost(logger, intent, outcome, fault);
        }

        return answer;
    }

    private async Task<IResult> AnswerAsync(HttpContext context, EdgeCall call, Func<Task<object?>> run)
    {
        try
        {
            return (IResult?)await run() ?? Answer.NoContent();
        }
#pragma warning disable CA1031 // As in InvokeAsync; here the refusal is still to be written into the audit trail.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Refuse(fault, context, call.Caller.Correlation);
        }
    }

    private static string OutcomeOf(IResult answer) => answer is ProblemAnswer problem
        ? $"{problem.StatusCode} {problem.Code.Code}"
        : $"{(answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK}";

    private IResult Refuse(Exception fault, HttpContext context, string correlation)
    {
        if (fault is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            Log.Left(logger);
            return new NobodyAnswer();
        }

        var problem = ProblemAnswer.Of(fault, context);
        if (problem.Code.Status >= StatusCodes.Status500InternalServerError)
            Log.Failed(logger, problem.Code.Code, fault);
        else
            Log.Refused(logger, problem.Code.Code, problem.Message);
        return new ProblemAnswer(problem, correlation);
    }

    /// <summary>
    /// For a caller who hung up: nothing is sent, and the status tells the audit trail and the Idempotency-Key what became of the call.
    /// </summary>
    private sealed class NobodyAnswer : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => StatusCodes.Status499ClientClosedRequest;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return Task.CompletedTask;
        }
    }

    /// <summary>An answer whose writing may fail too, as long as nothing of it was sent.</summary>
    private sealed class GuardedAnswer(IResult answer, HttpEdge edge, string correlation) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            try
            {
                await answer.ExecuteAsync(httpContext);
            }
            catch (Exception fault) when (!httpContext.Response.HasStarted)
            {
                httpContext.Response.Clear();
                AnswerHeaders.Set(httpContext, correlation);
                await edge.Refuse(fault, httpContext, correlation).ExecuteAsync(httpContext);
            }
        }
    }

    private static partial class Log
    {
        public static readonly Func<ILogger, string, string, IDisposable?> Call =
            LoggerMessage.DefineScope<string, string>("{Correlation} {Function}");

        [LoggerMessage(Level = LogLevel.Information, Message = "Refused with {Code}: {Detail}")]
        public static partial void Refused(ILogger logger, string code, string detail);

        [LoggerMessage(Level = LogLevel.Error, Message = "Failed with {Code}")]
        public static partial void Failed(ILogger logger, string code, Exception fault);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The caller hung up")]
        public static partial void Left(ILogger logger);

        [LoggerMessage(Level = LogLevel.Critical, Message = "The outcome of {Intent} ({Outcome}) could not be written into the audit trail")]
        public static partial void OutcomeLost(ILogger logger, string intent, string outcome, Exception fault);
    }
}
