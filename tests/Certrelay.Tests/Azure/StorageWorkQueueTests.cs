using Azure.Storage.Queues;
using Certrelay.App.Azure;
using Certrelay.Records;
using Certrelay.Tests.Records;

namespace Certrelay.Tests.Azure;

public sealed class StorageWorkQueueTests : WorkQueueContract
{
    private readonly Func<string, QueueClient> _queues = StorageAccounts.NewQueues();

    public StorageWorkQueueTests() => Queue = new StorageWorkQueue(_queues);

    protected override IWorkQueue Queue { get; }

    protected override async Task<IReadOnlyList<byte[]>> ReceiveAsync(string queue, int most)
    {
        var client = _queues(queue);
        await client.CreateIfNotExistsAsync(metadata: null, CancellationToken.None);
        var messages = await client.ReceiveMessagesAsync(most, TimeSpan.FromMinutes(1), CancellationToken.None);
        return [.. messages.Value.Select(static message => message.Body.ToArray())];
    }

    // The service's own clock.
    protected override Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
