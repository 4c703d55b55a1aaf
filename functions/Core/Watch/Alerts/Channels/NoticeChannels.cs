using System.Collections.Frozen;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>Every kind of channel. A new one is a file of its own and a line here.</summary>
public static class NoticeChannels
{
    public static IReadOnlyList<ChannelKind> All { get; } =
    [
        CloudEventsChannel.Kind,
        SlackChannel.Kind,
        TeamsChannel.Kind,
        DingTalkChannel.Kind,
        WeComChannel.Kind,
        FeishuChannel.Kind,
        EmailChannel.Kind,
        TemplateChannel.Kind,
    ];

    private static readonly FrozenDictionary<string, ChannelKind> ByName = All.ToFrozenDictionary(static kind => kind.Name, StringComparer.Ordinal);

    /// <summary>The kind of that name; null when there is none.</summary>
    public static ChannelKind? Find(string name) => ByName.GetValueOrDefault(name);
}
