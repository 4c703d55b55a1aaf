using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Records;

namespace Certrelay.Watch.Alerts;

/// <summary>That somebody knows of an alert, and why that is enough for now.</summary>
public sealed record Acknowledgement(string By, DateTimeOffset At, string Reason);

/// <summary>An alert that was raised. The row of its id, in the partition of its kind and subject.</summary>
public sealed record AlertRecord : IRecord<AlertRecord>
{
    public int Schema { get; init; } = 1;

    public required Alert Alert { get; init; }

    /// <summary>The notice that tells of it.</summary>
    public required string Notice { get; init; }

    /// <summary>When its cause was gone; null while it is not.</summary>
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>Who has taken it on; null while nobody has.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    public static JsonTypeInfo<AlertRecord> Json => AlertJson.Default.AlertRecord;

    public static RecordKey Key(string id) => new(Tables.Alerts, id[..32], id);
}

/// <summary>One message to one owner about all that came up within a window. Row <c>n</c> of its partition, beside its alerts and deliveries.</summary>
public sealed record NoticeRecord : IRecord<NoticeRecord>
{
    public int Schema { get; init; } = 1;

    public required string Id { get; init; }

    public string? Owner { get; init; }

    public required DateTimeOffset Opened { get; init; }

    /// <summary>When it takes no more alerts and goes out.</summary>
    public required DateTimeOffset Closes { get; init; }

    /// <summary>True once it takes no more.</summary>
    public bool Closed { get; init; }

    /// <summary>How many alerts it tells of.</summary>
    public int Count { get; init; }

    /// <summary>The channels that it goes out through; empty until it is closed.</summary>
    public IReadOnlyList<string> Channels { get; init => field = value ?? []; } = [];

    public static JsonTypeInfo<NoticeRecord> Json => AlertJson.Default.NoticeRecord;

    public static RecordKey Key(string id) => new(Tables.Notices, id, "n");
}

/// <summary>An alert as a notice tells of it; it does not change when the alert resolves, so that a repeated message is the same. Row <c>a.&lt;id&gt;</c>.</summary>
public sealed record NoticeAlertRecord : IRecord<NoticeAlertRecord>
{
    public const string Prefix = "a.";

    public int Schema { get; init; } = 1;

    public required Alert Alert { get; init; }

    public static JsonTypeInfo<NoticeAlertRecord> Json => AlertJson.Default.NoticeAlertRecord;

    public static RecordKey Key(string notice, string id) => new(Tables.Notices, notice, Prefix + id);
}

/// <summary>Where a notice stands with a channel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>Given up.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>A notice on its way through one channel. Row <c>d.&lt;channel&gt;</c>.</summary>
public sealed record DeliveryRecord : IRecord<DeliveryRecord>
{
    public const string Prefix = "d.";

    public int Schema { get; init; } = 1;

    public required string Channel { get; init; }

    public DeliveryState State { get; init; }

    /// <summary>Tries so far; counted before each, so that a crash counts too.</summary>
    public int Attempts { get; init; }

    /// <summary>When the next try is due; while one runs, when another process may take it for dead. Null when nothing is due any more.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>Why the last try failed.</summary>
    public string? Code { get; init; }

    /// <summary>The sentence to <see cref="Code"/>.</summary>
    public string? Message { get; init; }

    public DateTimeOffset? Settled { get; init; }

    public static JsonTypeInfo<DeliveryRecord> Json => AlertJson.Default.DeliveryRecord;

    public static RecordKey Key(string notice, string channel) => new(Tables.Notices, notice, Prefix + channel);
}

/// <summary>A channel that gave a notice up and has delivered none since. Row <c>channel.&lt;name&gt;</c> among the timers.</summary>
public sealed record ChannelFaultRecord : IRecord<ChannelFaultRecord>
{
    private const string Prefix = "channel.";

    public int Schema { get; init; } = 1;

    public required string Channel { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Code { get; init; }

    public static JsonTypeInfo<ChannelFaultRecord> Json => AlertJson.Default.ChannelFaultRecord;

    public static RecordKey Key(string channel) => new(Tables.Timers, "t", Prefix + channel);

    /// <summary>Every channel that is at fault, by name.</summary>
    public static IAsyncEnumerable<ChannelFaultRecord> AllAsync(IRecordStore store, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<ChannelFaultRecord>(Tables.Timers, "t", RowRange.StartingWith(Prefix), cancellationToken).Select(static row => row.Value);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertRecord))]
[JsonSerializable(typeof(NoticeRecord))]
[JsonSerializable(typeof(NoticeAlertRecord))]
[JsonSerializable(typeof(DeliveryRecord))]
[JsonSerializable(typeof(ChannelFaultRecord))]
internal sealed partial class AlertJson : JsonSerializerContext;
