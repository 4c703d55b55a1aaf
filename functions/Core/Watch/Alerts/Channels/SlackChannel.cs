using System.Text.Json.Nodes;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A message through a Slack incoming webhook, as plain text: a star in a wildcard name would begin bold type.</summary>
/// <remarks>Slack, "Sending messages using incoming webhooks" and "Formatting text for app surfaces" (the three escaped characters).</remarks>
public sealed class SlackChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    // Slack recommends at most 4,000 characters.
    private const int LongestText = 3500;

    public static readonly ChannelKind Kind = new("slack", [nameof(ChannelSettings.Url)], [], static (settings, context) => new SlackChannel(settings, context));

    public Task SendAsync(NoticeMessage message, CancellationToken cancellationToken) =>
        context.Http.PostAsync(
            settings.Url!, new JsonObject { ["text"] = Escape($"{message.Title}\n\n{message.Text(LongestText)}"), ["mrkdwn"] = false }, cancellationToken);

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
