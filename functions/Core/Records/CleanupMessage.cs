using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>A nudge to remove what is no longer needed: <c>{"v":1,"id":"rb-…","due":"…"}</c> on the queue <c>cleanup</c>, with the moment of the hint that is dropped when it is done.</summary>
public sealed partial record CleanupMessage(
    [property: JsonPropertyName("v")] int V, [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("due")] DateTimeOffset Due)
{
    public const string Queue = "cleanup";

    /// <summary>The message for a hint in UTF-8.</summary>
    public static byte[] Write(DueHint hint) => JsonSerializer.SerializeToUtf8Bytes(new CleanupMessage(1, hint.Id, hint.Moment), CleanupMessageJson.Default.CleanupMessage);

    /// <summary>The hint that a message names; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static DueHint Read(string message) => JsonSerializer.Deserialize(message, CleanupMessageJson.Default.CleanupMessage) is { V: 1, Id.Length: > 0 } known
        ? new DueHint(DueKind.Cleanup, known.Due, known.Id)
        : throw new JsonException("This is not a clean-up message of version 1.");

    [JsonSerializable(typeof(CleanupMessage))]
    private sealed partial class CleanupMessageJson : JsonSerializerContext;
}
