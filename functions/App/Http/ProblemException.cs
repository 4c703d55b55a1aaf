using Certrelay.Certificates;

namespace Certrelay.App.Http;

/// <summary>
/// A fault of the request at a place in its body (<paramref name="At"/> is a JSON pointer, RFC 6901), or of a query parameter (<c>?name</c>).
/// </summary>
/// <param name="Code">A stable code, for those that programs may want to tell from others.</param>
public sealed record RequestFault(string At, string Detail, string? Code = null);

/// <summary>
/// A refusal that the edge answers as problem details. The detail goes to the caller: it names what was asked, never what is secret.
/// </summary>
public sealed class ProblemException(ProblemCode code, string? detail = null) : Exception(detail ?? code.Meaning)
{
    /// <summary>A fault of the body that its annotations cannot tell.</summary>
    public static ProblemException InBody(string at, string detail) =>
        new(ProblemCodes.BodyInvalid, $"{at}: {detail}.") { Faults = [new RequestFault(at, detail)] };

    public ProblemCode Code { get; } = code;

    public string? Detail { get; } = detail;

    public IReadOnlyList<RequestFault>? Faults { get; init; }

    public IReadOnlyList<Finding>? Findings { get; init; }

    /// <summary>Members of this answer alone (RFC 9457 section 3.2).</summary>
    public IDictionary<string, object?>? Members { get; init; }

    /// <summary>When to come again: the header Retry-After.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Methods that the path does take: the header Allow.</summary>
    public string? Allow { get; init; }
}
