using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>
/// A nudge to look at a notice, or at the delivery of one through a channel: <c>{"v":1,"notice":"…","due":"…"}</c> on the queue <c>notify</c>, with the moment of
/// the hint that is dropped when nothing is left to do.
/// </summary>
public sealed partial record NotifyMessage(
    [property: JsonPropertyName("v")] int V, [property: JsonPropertyName("notice")] string Notice, [property: JsonPropertyName("due")] DateTimeOffset Due)
{
    public const string Queue = "notify";

    /// <summary>The message for a hint in UTF-8.</summary>
    public static byte[] Write(DueHint hint) => JsonSerializer.SerializeToUtf8Bytes(new NotifyMessage(1, hint.Id, hint.Moment), NotifyMessageJson.Default.NotifyMessage);

    /// <summary>The hint that a message names; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static DueHint Read(string message) => JsonSerializer.Deserialize(message, NotifyMessageJson.Default.NotifyMessage) is { V: 1, Notice.Length: > 0 } known
        ? new DueHint(DueKind.Notice, known.Due, known.Notice)
        : throw new JsonException("This is not a message about a notice of version 1.");

    [JsonSerializable(typeof(NotifyMessage))]
    private sealed partial class NotifyMessageJson : JsonSerializerContext;
}
