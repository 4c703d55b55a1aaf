namespace Certrelay.App.Http;

/// <summary>
/// The call is written into the audit trail: an intent before the function runs, an outcome after it. An action is named <c>area.verb</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute(string action) : Attribute
{
    public string Action { get; } = action;

    /// <summary>
    /// What the call is about, <c>kind/{name}</c> with names from the route; a function that knows better calls <c>request.Concerns</c>.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>
    /// Whether a person must answer for the call: without <c>?reason=</c> or a JSON field <c>reason</c> it is refused (<c>reason.required</c>).
    /// </summary>
    public bool Reason { get; init; }

    /// <summary>
    /// The function itself says when the intent is written (<c>request.BeginAuditAsync</c>): for a call that mostly finds nothing new and then does nothing.
    /// </summary>
    public bool Deferred { get; init; }
}

/// <summary>
/// The call creates something and may be repeated under the same Idempotency-Key for 24 hours; never where the answer holds a secret.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;

/// <summary>A body that the function takes: JSON of a type, or bytes of a content type. Functions without this attribute have no body.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class TakesAttribute : Attribute
{
    public TakesAttribute(Type type) => (Type, ContentType) = (type, "application/json");

    public TakesAttribute(string contentType) => ContentType = contentType;

    public Type? Type { get; }

    public string ContentType { get; }
}

/// <summary>An answer of the function for the API document; refusals are documented by themselves.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswersAttribute(int status, Type? type = null) : Attribute
{
    public int Status { get; } = status;

    public Type? Type { get; } = type;

    public string ContentType { get; init; } = "application/json";

    /// <summary>Whether the answer has an ETag; a GET then takes If-None-Match.</summary>
    public bool ETag { get; init; }
}

/// <summary>A query parameter of the function; any that is not declared is refused (<c>query.invalid</c>).</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>The parameter's type in the API document.</summary>
    public Type Type { get; init; } = typeof(string);

    /// <summary>True for a parameter that may be given several times.</summary>
    public bool Many { get; init; }
}

/// <summary>The function answers in pages: it takes <c>limit</c> and <c>after</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PagedAttribute : Attribute;

/// <summary>
/// The function changes something that has an ETag and takes If-Match; without the header the call is refused (<c>precondition.required</c>).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IfMatchAttribute : Attribute
{
    /// <summary>True where the header may be left out.</summary>
    public bool Optional { get; init; }
}
