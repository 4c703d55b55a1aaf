namespace Certrelay.Watch.Alerts.Channels;

/// <summary>Brings messages to one place. It tries once; only the runner of notices retries.</summary>
public interface INoticeChannel
{
    /// <summary>
    /// Returns when the other side has taken the message. Throws <see cref="Transient"/> when another try may succeed and <see cref="Permanent"/> when none will; their
    /// words hold neither address nor secret nor anything that the other side said.
    /// </summary>
    Task SendAsync(NoticeMessage message, CancellationToken cancellationToken);
}

/// <summary>What channels are made with.</summary>
public sealed record ChannelContext(ChannelHttp Http, Certrelay.Dns.GuardedConnection Connection, TimeProvider Time);

/// <summary>One kind of channel: the settings that it needs, those that it takes besides, and how it is made.</summary>
public sealed record ChannelKind(
    string Name, IReadOnlyList<string> Needs, IReadOnlyList<string> Takes, Func<ChannelSettings, ChannelContext, INoticeChannel> Create);
