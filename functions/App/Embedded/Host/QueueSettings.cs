using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.App.Embedded.Host;

/// <summary>The settings <c>extensions.queues</c> of <c>host.json</c> with the meaning and the defaults of the Azure Functions host (host.json reference, "queues").</summary>
public sealed partial record QueueSettings
{
    /// <summary>Messages taken at once.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>More are taken when no more than this many of one queue are running.</summary>
    public int? NewBatchThreshold { get; init; }

    /// <summary>Failed runs after which a message goes to <c>&lt;queue&gt;-poison</c>.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>The delay before a message whose run failed is tried again.</summary>
    public TimeSpan VisibilityTimeout { get; init; }

    /// <summary>The longest time between two looks at an idle queue.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a running message stays hidden before it is renewed or comes back; renewed every third of it. Not part of host.json: the Functions host has its own.</summary>
    [JsonIgnore]
    public TimeSpan Hidden { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads <c>host.json</c>; the defaults when the file or the section is absent; throws <see cref="JsonException"/> when it is not well formed.</summary>
    public static QueueSettings Read(string hostJson)
    {
        if (!File.Exists(hostJson))
            return new QueueSettings();
        using var document = JsonDocument.Parse(File.ReadAllBytes(hostJson));
        return document.RootElement.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("queues", out var queues)
            ? queues.Deserialize(Json.Default.QueueSettings) ?? new QueueSettings()
            : new QueueSettings();
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(QueueSettings))]
    private sealed partial class Json : JsonSerializerContext;
}
