using System.Collections.Concurrent;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>A hint within one process that a queue has news, which saves a poll. Losing one costs a poll interval, never a message.</summary>
internal sealed class QueueSignals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    /// <summary>A task that ends at the next <see cref="Raise"/> of this queue. Taken before the queue is looked at, it misses nothing.</summary>
    public Task Next(string queue) => _signals.GetOrAdd(queue, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Raise(string queue)
    {
        if (_signals.TryRemove(queue, out var signal))
            signal.SetResult();
    }
}
