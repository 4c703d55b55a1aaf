namespace Certrelay.Records;

/// <summary>The rules of a message that every queue checks before it sends.</summary>
public static class QueueLimits
{
    /// <summary>Throws <see cref="ArgumentException"/> unless the delay is 0 to 7 days and the body within the limit.</summary>
    public static void Check(ReadOnlyMemory<byte> body, TimeSpan delay)
    {
        if (delay < TimeSpan.Zero || delay > IWorkQueue.LongestDelay)
            throw new ArgumentException($"A message waits 0 to 7 days, not {delay}.", nameof(delay));
        if (body.Length > IWorkQueue.LongestBody)
            throw new ArgumentException($"A message has at most {IWorkQueue.LongestBody} bytes.", nameof(body));
    }
}
