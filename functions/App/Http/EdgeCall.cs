using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>What the edge knows of the call that runs: kept with the request, so that functions need no services for it.</summary>
internal sealed class EdgeCall(Caller caller) : IDisposable
{
    public Caller Caller { get; } = caller;

    public RequestBody Body { get; set; } = RequestBody.None;

    public string? Reason { get; set; }

    /// <summary>What the call is about in the audit trail, <c>kind/name</c>.</summary>
    public string? Subject { get; set; }

    /// <summary>Writes the intent of a call whose audit is deferred; does nothing for any other.</summary>
    public Func<CancellationToken, Task> BeginAudit { get; set; } = static _ => Task.CompletedTask;

    public static EdgeCall Of(HttpContext context) =>
        context.Features.Get<EdgeCall>() ?? throw new InvalidOperationException("The request did not come through the edge.");

    public void Dispose() => Body.Dispose();
}

/// <summary>What a function asks of its request beside the framework's own members.</summary>
public static class HttpRequestExtensions
{
    extension(HttpRequest request)
    {
        /// <summary>Who makes the call.</summary>
        public Caller Caller => EdgeCall.Of(request.HttpContext).Caller;

        /// <summary>
        /// The reason that the caller gave, checked; null when none was given and none is demanded (<see cref="AuditedAttribute.Reason"/>).
        /// </summary>
        public string? Reason => EdgeCall.Of(request.HttpContext).Reason;

        /// <summary>
        /// Names what the call is about (<c>kind/name</c>) where the route does not tell, such as a name from the body or a new id.
        /// </summary>
        public void Concerns(string subject) => EdgeCall.Of(request.HttpContext).Subject = subject;

        /// <summary>
        /// Writes the intent into the audit trail, before the first thing that must be answered for (<see cref="AuditedAttribute.Deferred"/>).
        /// </summary>
        public Task BeginAuditAsync(CancellationToken cancellationToken) => EdgeCall.Of(request.HttpContext).BeginAudit(cancellationToken);

        /// <summary>The body as it came, within the limit; zeroed when the call ends.</summary>
        public ReadOnlyMemory<byte> Bytes => EdgeCall.Of(request.HttpContext).Body.Bytes;

        /// <summary>
        /// The body as JSON; throws <see cref="ProblemException"/> with every fault at once: unknown, missing and mistyped properties, or broken
        /// annotations.
        /// </summary>
        public T Json<T>() => StrictJson.Read<T>(request.Bytes);

        /// <summary>As <see cref="Json{T}"/>; null when the request has no body.</summary>
        public T? JsonOrNull<T>()
            where T : class => request.Bytes.IsEmpty ? null : StrictJson.Read<T>(request.Bytes);
    }
}
