namespace Certrelay;

/// <summary>A failure of something outside, with the stable code that journals, findings and answers show. Only the step runner retries.</summary>
public abstract class Failure(string code, string message, Exception? cause) : Exception(message, cause)
{
    /// <summary>The stable code <c>area.fault</c>.</summary>
    public string Code { get; } = code;
}

/// <summary>A failure that may pass: the runner comes back after <see cref="RetryAfter"/>, or after its own back-off when the other side named no delay.</summary>
public sealed class Transient(string code, string message, TimeSpan? retryAfter = null, Exception? cause = null) : Failure(code, message, cause)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True when nothing failed: a turn is waited for, which costs no attempt.</summary>
    public bool Waits { get; init; }
}

/// <summary>A failure that another try cannot mend.</summary>
public sealed class Permanent(string code, string message, Exception? cause = null) : Failure(code, message, cause);
