using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>A nudge to do the work of a timer that is late: <c>{"v":1,"timer":"…"}</c> on the queue <c>timer</c>.</summary>
public sealed partial record TimerMessage([property: JsonPropertyName("v")] int V, [property: JsonPropertyName("timer")] string Timer)
{
    public const string Queue = "timer";

    /// <summary>The message for a timer in UTF-8.</summary>
    public static byte[] Write(string timer) => JsonSerializer.SerializeToUtf8Bytes(new TimerMessage(1, timer), TimerMessageJson.Default.TimerMessage);

    /// <summary>The timer that a message names; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static string Read(string message) => JsonSerializer.Deserialize(message, TimerMessageJson.Default.TimerMessage) is { V: 1, Timer.Length: > 0 } known
        ? known.Timer
        : throw new JsonException("This is not a timer message of version 1.");

    [JsonSerializable(typeof(TimerMessage))]
    private sealed partial class TimerMessageJson : JsonSerializerContext;
}
