// Azure.Storage.Queues 12.22.0: just the members that functions/App uses. Numbers are lines of azure-sdk.md.
#pragma warning disable CA1711, MA0048
using Azure.Core;
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues;

/// <summary>Line 113.</summary>
public enum QueueMessageEncoding
{
    None = 0,
    Base64 = 1,
}

/// <summary>Line 113.</summary>
public class QueueClientOptions : ClientOptions
{
    public QueueMessageEncoding MessageEncoding { get; set; }
}

/// <summary>Lines 113 and 114.</summary>
public class QueueClient
{
    public QueueClient(string connectionString, string queueName, QueueClientOptions options) => throw new NotSupportedException();

    public QueueClient(Uri queueUri, TokenCredential credential, QueueClientOptions? options = null) => throw new NotSupportedException();

    public virtual Task<Response> CreateIfNotExistsAsync(IDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<SendReceipt>> SendMessageAsync(
        BinaryData message, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<Response<QueueProperties>> GetPropertiesAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
