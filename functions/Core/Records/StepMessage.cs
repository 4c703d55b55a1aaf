using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>A nudge to look at a step: <c>{"v":1,"step":"…"}</c> on the queues <c>deploy</c> and <c>verify</c>.</summary>
public sealed partial record StepMessage([property: JsonPropertyName("v")] int V, [property: JsonPropertyName("step")] string Step)
{
    public const string DeployQueue = "deploy";
    public const string VerifyQueue = "verify";

    /// <summary>The message for a step in UTF-8.</summary>
    public static byte[] Write(string step) => JsonSerializer.SerializeToUtf8Bytes(new StepMessage(1, step), StepMessageJson.Default.StepMessage);

    /// <summary>The step that a message names; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static string Read(string message) => JsonSerializer.Deserialize(message, StepMessageJson.Default.StepMessage) is { V: 1, Step.Length: > 0 } known
        ? known.Step
        : throw new JsonException("This is not a step message of version 1.");

    [JsonSerializable(typeof(StepMessage))]
    private sealed partial class StepMessageJson : JsonSerializerContext;
}
