using System.Text.Json.Nodes;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A text message through a WeCom (企业微信) group robot.</summary>
/// <remarks>WeCom, "Group robots" (developer.work.weixin.qq.com/document/path/91770): a text has at most 2,048 bytes; at most 20 messages a minute.</remarks>
public sealed class WeComChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    private const int LongestMessage = 2048;

    public static readonly ChannelKind Kind = new("wecom", [nameof(ChannelSettings.Url)], [], static (settings, context) => new WeComChannel(settings, context));

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var title = message.ShortTitle;
        var content = new JsonObject { ["content"] = $"{title}\n\n{message.Text(LongestMessage - System.Text.Encoding.UTF8.GetByteCount(title) - 2)}" };
        var answer = await context.Http.PostAsync(settings.Url!, new JsonObject { ["msgtype"] = "text", ["text"] = content }, cancellationToken);
        // System busy; more calls than the limit.
        ChatAnswer.Check(answer, "errcode", -1, 45009);
    }
}
