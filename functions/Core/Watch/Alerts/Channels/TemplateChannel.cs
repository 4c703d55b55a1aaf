using System.Net.Http.Headers;
using System.Text;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A request made from a template: for SMS gateways and whatever else takes HTTP.</summary>
public sealed class TemplateChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    public const string Name = "template";

    private const int LongestText = 4000;

    public static readonly ChannelKind Kind = new(
        Name,
        [nameof(ChannelSettings.Url)],
        [nameof(ChannelSettings.Method), nameof(ChannelSettings.Headers), nameof(ChannelSettings.ContentType), nameof(ChannelSettings.Body), nameof(ChannelSettings.Expect)],
        static (settings, context) => new TemplateChannel(settings, context));

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var values = Template.ValuesOf(message, LongestText);
        using var request = new HttpRequestMessage(new HttpMethod(settings.Method ?? "POST"), Template.Fill(settings.Url!, values, Uri.EscapeDataString));
        if (settings.Body is { } body)
        {
            var type = MediaTypeHeaderValue.Parse(settings.ContentType ?? "application/json; charset=utf-8");
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Template.Fill(body, values, Template.EscapeFor(type.MediaType!))));
            request.Content.Headers.ContentType = type;
        }

        foreach (var (name, value) in settings.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await context.Http.SendAsync(request, cancellationToken);
        if (settings.Expect is { } expected && !Encoding.UTF8.GetString(answer).Contains(expected, StringComparison.Ordinal))
            throw new Transient("channel.answer", "The answer does not hold the text that the setting Expect names.");
    }
}
