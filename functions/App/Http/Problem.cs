using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>Problem details (RFC 9457) with a stable code, a remedy and the correlation id.</summary>
public sealed record Problem
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public string? Detail { get; init; }

    public required string Code { get; init; }

    public required string Remedy { get; init; }

    public required string Correlation { get; init; }

    public IReadOnlyList<RequestFault>? Faults { get; init; }

    public IReadOnlyList<Finding>? Findings { get; init; }

    [JsonExtensionData]
    public IDictionary<string, object?>? Members { get; init; }
}

/// <summary>The answer of a refusal.</summary>
internal sealed class ProblemAnswer(ProblemException problem, string correlation) : IResult, IStatusCodeHttpResult
{
    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(2);

    public ProblemCode Code => problem.Code;

    public int? StatusCode => problem.Code.Status;

    /// <summary>The refusal that a fault of the call amounts to; what is not the caller's is told in neutral words.</summary>
    public static ProblemException Of(Exception fault, HttpContext context) => fault switch
    {
        ProblemException problem => problem,
        RecordConflictException => new ProblemException(
            context.Request.Headers.IfMatch.Count > 0 ? ProblemCodes.PreconditionFailed : ProblemCodes.RecordConflict),
        Permanent { Code: "record.unreadable" } => new ProblemException(ProblemCodes.RecordUnreadable),
        Transient { Code: "store.unavailable" } transient =>
            new ProblemException(ProblemCodes.StoreUnavailable) { RetryAfter = transient.RetryAfter ?? UsualDelay },
        Transient transient =>
            new ProblemException(ProblemCodes.OutsideUnavailable, CodeOf(transient)) { RetryAfter = transient.RetryAfter ?? UsualDelay },
        Permanent permanent => new ProblemException(ProblemCodes.OutsideRefused, CodeOf(permanent)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ProblemException(ProblemCodes.BodyTooLarge),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new ProblemException(ProblemCodes.BodyTooSlow),
        BadHttpRequestException => new ProblemException(ProblemCodes.RequestInvalid),
        _ => new ProblemException(ProblemCodes.ServerError),
    };

    // The message may name files and addresses of this host; a function that has more to say throws a ProblemException.
    private static string CodeOf(Failure fault) => $"The cause is {fault.Code}; the log has its words.";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (code, response) = (problem.Code, httpContext.Response);
        response.StatusCode = code.Status;
        response.ContentType = "application/problem+json";
        if (code.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"certrelay\"";
        if (problem.RetryAfter is { } delay)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (problem.Allow is { } allow)
            response.Headers.Allow = allow;
        // What is left of such a body is not worth reading.
        if (code.Status is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge)
            response.Headers.Connection = "close";
        var body = new Problem
        {
            Type = code.Type,
            Title = code.Meaning,
            Status = code.Status,
            Detail = problem.Detail,
            Code = code.Code,
            Remedy = code.Remedy,
            Correlation = correlation,
            Faults = problem.Faults,
            Findings = problem.Findings,
            Members = problem.Members,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, EdgeJson.Options);
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}
