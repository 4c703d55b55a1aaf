namespace Certrelay.Records;

/// <summary>
/// Durable nudges: a message carries ids only, may arrive twice or never, and changes nothing by itself. Receiving is the host's work.
/// Throws <see cref="Transient"/> (<c>store.unavailable</c>) when the queue cannot be reached.
/// </summary>
public interface IWorkQueue
{
    /// <summary>The longest delay: what Azure Storage queues allow. A later moment lives in Due alone.</summary>
    static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    /// <summary>The longest body in bytes: 64 KB after Base64.</summary>
    const int LongestBody = 48 * 1024;

    /// <summary>Adds a message that becomes visible after <paramref name="delay"/> and returns once it is durable; throws <see cref="ArgumentException"/> beyond the two limits.</summary>
    Task SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>About how many messages a queue holds, visible or not.</summary>
    Task<int> CountAsync(string queue, CancellationToken cancellationToken);
}
