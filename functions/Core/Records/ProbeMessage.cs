using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>A nudge to probe a target: <c>{"v":1,"target":"…","due":"…"}</c> on the queue <c>probe</c>, with the moment of the hint that is dropped when it is done.</summary>
public sealed partial record ProbeMessage(
    [property: JsonPropertyName("v")] int V, [property: JsonPropertyName("target")] string Target, [property: JsonPropertyName("due")] DateTimeOffset Due)
{
    public const string Queue = "probe";

    /// <summary>The hint that the message came from.</summary>
    [JsonIgnore]
    public DueHint Hint => new(DueKind.Probe, Due, Target);

    /// <summary>The message for a hint in UTF-8.</summary>
    public static byte[] Write(DueHint hint) => JsonSerializer.SerializeToUtf8Bytes(new ProbeMessage(1, hint.Id, hint.Moment), ProbeMessageJson.Default.ProbeMessage);

    /// <summary>Reads a message; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static ProbeMessage Read(string message) => JsonSerializer.Deserialize(message, ProbeMessageJson.Default.ProbeMessage) is { V: 1, Target.Length: > 0 } known
        ? known
        : throw new JsonException("This is not a probe message of version 1.");

    [JsonSerializable(typeof(ProbeMessage))]
    private sealed partial class ProbeMessageJson : JsonSerializerContext;
}
