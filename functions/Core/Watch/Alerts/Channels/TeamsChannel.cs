using System.Text.Json.Nodes;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>An Adaptive Card through a Teams workflow ("Post to a channel when a webhook request is received"), in text runs, which read no Markdown.</summary>
/// <remarks>Microsoft Learn, "Create and send messages" (Teams webhooks); adaptivecards.io schema 1.4, RichTextBlock and TextRun. A message has at most 28 KB.</remarks>
public sealed class TeamsChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    // Each line costs some 70 bytes of markup besides.
    private const int LongestText = 9000;

    public static readonly ChannelKind Kind = new("teams", [nameof(ChannelSettings.Url)], [], static (settings, context) => new TeamsChannel(settings, context));

    public Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var body = new JsonArray { Line(message.Title, "Bolder") };
        foreach (var line in message.Text(LongestText).Split('\n').Where(static line => line.Length > 0))
            body.Add(Line(line, "Default"));
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
        };
        var attachment = new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card };
        return context.Http.PostAsync(settings.Url!, new JsonObject { ["type"] = "message", ["attachments"] = new JsonArray { attachment } }, cancellationToken);
    }

    private static JsonObject Line(string text, string weight) => new()
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray { new JsonObject { ["type"] = "TextRun", ["text"] = text, ["weight"] = weight } },
    };
}
