using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A rich-text message through a Feishu or Lark custom robot, signed when the robot has a secret; its text elements read no markup.</summary>
/// <remarks>
/// Feishu, "Custom bot usage guide" (open.feishu.cn): sign = Base64(HMAC-SHA256(key: timestamp "\n" secret, text: empty)), timestamp in seconds, both in the body; at
/// most 20 KB and 100 messages a minute.
/// </remarks>
public sealed class FeishuChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    // What is not ASCII takes up to three times its bytes in JSON.
    private const int LongestText = 6000;

    public static readonly ChannelKind Kind = new(
        "feishu", [nameof(ChannelSettings.Url)], [nameof(ChannelSettings.Secret)], static (settings, context) => new FeishuChannel(settings, context));

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var text = new JsonObject { ["tag"] = "text", ["text"] = message.Text(LongestText) };
        var post = new JsonObject { ["title"] = message.Title, ["content"] = new JsonArray { new JsonArray { text } } };
        var body = new JsonObject { ["msg_type"] = "post", ["content"] = new JsonObject { ["post"] = new JsonObject { ["zh_cn"] = post } } };
        if (settings.Secret is { } secret)
        {
            var timestamp = context.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            body["timestamp"] = timestamp;
            body["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{timestamp}\n{secret}"), (byte[])[]));
        }

        var answer = await context.Http.PostAsync(settings.Url!, body, cancellationToken);
        // Internal fault; more calls than the limit.
        ChatAnswer.Check(answer, "code", 2200, 11232);
    }
}
