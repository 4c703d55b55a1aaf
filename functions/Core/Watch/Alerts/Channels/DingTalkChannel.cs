using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A text message through a DingTalk group robot, signed when the robot has a secret.</summary>
/// <remarks>
/// DingTalk, "Custom robots" (open.dingtalk.com): sign = Base64(HMAC-SHA256(key: secret, text: timestamp "\n" secret)), timestamp in milliseconds, both in the query;
/// at most 20 messages a minute.
/// </remarks>
public sealed class DingTalkChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    private const int LongestText = 18_000;

    public static readonly ChannelKind Kind = new(
        "dingtalk", [nameof(ChannelSettings.Url)], [nameof(ChannelSettings.Secret)], static (settings, context) => new DingTalkChannel(settings, context));

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var content = new JsonObject { ["content"] = $"{message.Title}\n\n{message.Text(LongestText)}" };
        var answer = await context.Http.PostAsync(Address(), new JsonObject { ["msgtype"] = "text", ["text"] = content }, cancellationToken);
        // System busy; sent too fast, in two numbers.
        ChatAnswer.Check(answer, "errcode", -1, 130101, 410100);
    }

    private string Address()
    {
        if (settings.Secret is not { } secret)
            return settings.Url!;
        var timestamp = context.Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}\n{secret}")));
        return $"{settings.Url}{(settings.Url!.Contains('?', StringComparison.Ordinal) ? '&' : '?')}timestamp={timestamp}&sign={Uri.EscapeDataString(sign)}";
    }
}
