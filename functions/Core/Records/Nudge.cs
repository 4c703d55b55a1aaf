using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>
/// A message: <c>{"v":1,"id":"…"}</c> names a record, whose truth decides what happens. One that came from a hint carries its moment too, <c>"due":"…"</c>, so that the
/// handler drops that very hint.
/// </summary>
public sealed partial record Nudge(
    [property: JsonPropertyName("v")] int V, [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("due")] DateTimeOffset? Due = null)
{
    /// <summary>The message about a record, in UTF-8.</summary>
    public static byte[] Write(string id) => JsonSerializer.SerializeToUtf8Bytes(new Nudge(1, id), NudgeJson.Default.Nudge);

    /// <summary>The message for a hint, in UTF-8.</summary>
    public static byte[] Write(DueHint hint) => JsonSerializer.SerializeToUtf8Bytes(new Nudge(1, hint.Id, hint.Moment), NudgeJson.Default.Nudge);

    /// <summary>The id that a message names; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static string Read(string message) => Parse(message).Id;

    /// <summary>The hint that a message came from; throws <see cref="JsonException"/> for anything but version 1 and when it came from none.</summary>
    public static DueHint Read(string message, DueKind kind) => Parse(message) is { Due: { } moment } nudge
        ? new DueHint(kind, moment, nudge.Id)
        : throw new JsonException("This message names no moment.");

    private static Nudge Parse(string message) => JsonSerializer.Deserialize(message, NudgeJson.Default.Nudge) is { V: 1, Id.Length: > 0 } known
        ? known
        : throw new JsonException("This is not a message of version 1.");

    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Nudge))]
    private sealed partial class NudgeJson : JsonSerializerContext;
}
