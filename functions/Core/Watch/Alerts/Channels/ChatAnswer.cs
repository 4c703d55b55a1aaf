using System.Globalization;
using System.Text.Json;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>Reads the answers of chat services that say 200 and put what went wrong into a number in the body.</summary>
internal static class ChatAnswer
{
    // All three allow some messages a minute.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns when the number in <paramref name="field"/> is 0. Throws <see cref="Transient"/> (<c>channel.busy</c>) for those of <paramref name="busy"/> and
    /// <see cref="Permanent"/> (<c>channel.refused</c>) for any other.
    /// </summary>
    public static void Check(ReadOnlySpan<byte> answer, string field, params ReadOnlySpan<long> busy)
    {
        if (CodeIn(answer, field) is not { } code)
            throw new Transient("channel.answer", "The answer is not one of this service's; something else may stand at the address for the moment.");
        var number = code.ToString(CultureInfo.InvariantCulture);
        if (busy.Contains(code))
            throw new Transient("channel.busy", $"The service asks to come again later ({field} {number}).", Pause);
        if (code != 0)
            throw new Permanent("channel.refused", $"The service refused the message ({field} {number}).");
    }

    private static long? CodeIn(ReadOnlySpan<byte> answer, string field)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(field, out var code) && code.TryGetInt64(out var number)
                ? number
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
