using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>
/// A nudge to look at a version: <c>{"v":1,"certificate":"…","version":3,"due":"…"}</c> on the queue <c>check</c>, with the moment of the hint that is dropped when it
/// is done.
/// </summary>
public sealed partial record CheckMessage(
    [property: JsonPropertyName("v")] int V,
    [property: JsonPropertyName("certificate")] string Certificate,
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("due")] DateTimeOffset Due)
{
    public const string Queue = "check";

    /// <summary>The hint that the message came from.</summary>
    [JsonIgnore]
    public DueHint Hint => new(DueKind.Check, Due, CheckRecord.IdOf(Certificate, Version));

    /// <summary>The message for a hint in UTF-8; null when its id is none of a version.</summary>
    public static byte[]? Write(DueHint hint) => hint.Id.Split('.') is [var certificate, var sequence] && int.TryParse(sequence, out var version)
        ? JsonSerializer.SerializeToUtf8Bytes(new CheckMessage(1, certificate, version, hint.Moment), CheckMessageJson.Default.CheckMessage)
        : null;

    /// <summary>Reads a message; throws <see cref="JsonException"/> for anything but version 1, so that it goes to poison.</summary>
    public static CheckMessage Read(string message) =>
        JsonSerializer.Deserialize(message, CheckMessageJson.Default.CheckMessage) is { V: 1, Certificate.Length: > 0, Version: > 0 } known
            ? known
            : throw new JsonException("This is not a check message of version 1.");

    [JsonSerializable(typeof(CheckMessage))]
    private sealed partial class CheckMessageJson : JsonSerializerContext;
}
