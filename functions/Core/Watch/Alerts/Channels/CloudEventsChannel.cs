using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>
/// A CloudEvent in structured mode, signed. Sent again, it has the same <c>id</c> and the same body, so that a receiver can drop repeats.
/// </summary>
/// <remarks>CloudEvents 1.0.2, JSON event format 1.0.2, HTTP binding section 3.2; headers and signature by Standard Webhooks 1.0.0.</remarks>
public sealed partial class CloudEventsChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    public const string Name = "webhook";

    /// <summary>The type of every event.</summary>
    public const string EventType = "dev.certrelay.alert";

    public static readonly ChannelKind Kind = new(
        Name, [nameof(ChannelSettings.Url), nameof(ChannelSettings.Secret)], [], static (settings, context) => new CloudEventsChannel(settings, context));

    // Names in other scripts stay readable; the body is never embedded in HTML.
    private static readonly EventJson Json = new(new JsonSerializerOptions(EventJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var body = Body(message);
        var timestamp = context.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json", "utf-8");
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Sign(message.Id, timestamp, body)}");
        await context.Http.SendAsync(request, cancellationToken);
    }

    private static byte[] Body(NoticeMessage message) => JsonSerializer.SerializeToUtf8Bytes(
        new CloudEvent(
            "1.0", message.Id, "/certrelay", EventType, message.At, message.Owner, "application/json",
            new EventData(message.Level, message.Owner, message.Alerts.Count, [.. message.Alerts.Select(static alert => new EventAlert(alert.Id, alert))])),
        Json.CloudEvent);

    private string Sign(string id, string timestamp, byte[] body) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Secret!), (byte[])[.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body]));

    private sealed record CloudEvent(
        string Specversion, string Id, string Source, string Type, DateTimeOffset Time, string? Subject, string Datacontenttype, EventData Data);

    private sealed record EventData(AlertLevel Level, string? Owner, int Count, IReadOnlyList<EventAlert> Alerts);

    private sealed record EventAlert(
        string Id, string Kind, string Subject, AlertLevel Level, int Ordinal, string? Owner, IReadOnlyList<string> Endpoints, string Cause,
        string NextStep, DateTimeOffset At)
    {
        public EventAlert(string id, Alert alert)
            : this(id, alert.Kind, alert.Subject, alert.Level, alert.Ordinal, alert.Owner, alert.Endpoints, alert.Cause, alert.NextStep, alert.At)
        {
        }
    }

    // The names of the event's own attributes are all of lower-case letters (CloudEvents 1.0.2 section 3.1).
    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(CloudEvent))]
    private sealed partial class EventJson : JsonSerializerContext;
}
