namespace Azure.Storage.Queues.Models;

/// <summary>Line 114.</summary>
public class SendReceipt;

/// <summary>Line 114 ("approximate count"); the property's name: the package's public API listing.</summary>
public class QueueProperties
{
    public int ApproximateMessagesCount => throw new NotSupportedException();
}
