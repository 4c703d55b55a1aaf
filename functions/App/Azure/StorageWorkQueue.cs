using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Certrelay.Records;

namespace Certrelay.App.Azure;

/// <summary>Nudges in Azure Storage queues, which are made when they are first used. They keep until they are done; receiving is the Functions host's work.</summary>
public sealed class StorageWorkQueue(Func<string, QueueClient> open) : IWorkQueue
{
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(-1);

    private readonly ConcurrentDictionary<string, Task<QueueClient>> _queues = new(StringComparer.Ordinal);

    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueLimits.Check(body, delay);
        // The service counts in whole seconds; a nudge that comes too early would find nothing due.
        TimeSpan? hidden = delay > TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Ceiling(delay.TotalSeconds)) : null;
        await StorageFault.RunAsync(
            async () =>
            {
                var client = await QueueAsync(queue, cancellationToken);
                return await client.SendMessageAsync(new BinaryData(body), hidden, Never, cancellationToken);
            },
            cancellationToken);
    }

    public Task<int> CountAsync(string queue, CancellationToken cancellationToken) =>
        StorageFault.RunAsync(
            async () =>
            {
                var client = await QueueAsync(queue, cancellationToken);
                return (await client.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
            },
            cancellationToken);

    private async Task<QueueClient> QueueAsync(string name, CancellationToken cancellationToken)
    {
        // Not with the caller's token: others wait for the same queue.
        var making = _queues.GetOrAdd(name, MakeAsync);
        try
        {
            return await making.WaitAsync(cancellationToken);
        }
        catch when (making.IsFaulted)
        {
            _queues.TryRemove(new(name, making));
            throw;
        }
    }

    private async Task<QueueClient> MakeAsync(string name)
    {
        var queue = open(name);
        await queue.CreateIfNotExistsAsync(metadata: null, CancellationToken.None);
        return queue;
    }
}
