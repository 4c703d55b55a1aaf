using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Watch.Alerts;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch;

/// <summary>A finding of the product about its own work. Row <c>&lt;code&gt;.&lt;scope&gt;</c> of the subject's partition.</summary>
public sealed partial record FindingRecord : IRecord<FindingRecord>
{
    public int Schema { get; init; } = 1;

    public required Finding Finding { get; init; }

    public required DateTimeOffset At { get; init; }

    public static JsonTypeInfo<FindingRecord> Json => FindingJson.Default.FindingRecord;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(FindingRecord))]
    private sealed partial class FindingJson : JsonSerializerContext;
}

/// <summary>Records that a message could not be worked off, after the host gave it up.</summary>
public sealed partial class Stuck(IRecordStore store, AlertRecords alerts, TimeProvider time, ILogger<Stuck> logger)
{
    /// <summary>
    /// Writes the finding <c>record.stuck</c> under the queue's name and raises an alert. What the message points at is still due and comes up again by itself.
    /// </summary>
    public async Task RecordAsync(string queue, string message, CancellationToken cancellationToken)
    {
        Log.GivenUp(logger, queue, message);
        var scope = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)))[..16];
        var record = new FindingRecord { Finding = FindingCodes.RecordStuck.At(queue, $"A message of the queue {queue} was given up: {message}"), At = time.GetUtcNow() };
        await store.WriteAsync([new RecordChange.Put(new RecordKey(Tables.Findings, $"queue.{queue}", $"{record.Finding.Code}.{scope}"), record.ToBody())], cancellationToken);
        // A notice about a notice that could not be sent would only be the next one.
        if (queue != QueueNames.Notify)
            await alerts.RaiseAsync(Describe(queue, scope, record), cancellationToken);
    }

    private static Alert Describe(string queue, string scope, FindingRecord record) => new()
    {
        Kind = AlertKinds.MessagePoison,
        Subject = queue,
        Generation = scope,
        Level = AlertLevel.Warning,
        Cause = record.Finding.Message,
        NextStep = queue == QueueNames.VaultEvents
            ? "Look in the log for why its runs failed; then send it again with POST /api/vault-events, or upload what the vault has."
            : "Look in the log for why its runs failed; the record that it names is still due and is taken up again.",
        At = record.At,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A message of {Queue} was given up: {Message}")]
        public static partial void GivenUp(ILogger logger, string queue, string message);
    }
}
