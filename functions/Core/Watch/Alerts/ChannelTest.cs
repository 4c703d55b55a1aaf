using Certrelay.Rollouts;

namespace Certrelay.Watch.Alerts;

/// <summary>Sends a message of its own through a channel, to see that it works; nothing is recorded.</summary>
public sealed class ChannelTest(ChannelSet channels, TimeProvider time)
{
    /// <summary>True when the settings name the channel.</summary>
    public bool Knows(string channel) => channels.LeastOf(channel) is not null;

    /// <summary>Tries once and returns the id that the message bears; throws <see cref="Transient"/> and <see cref="Permanent"/>.</summary>
    public async Task<string> SendAsync(string channel, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var alert = new Alert
        {
            Kind = AlertKinds.Test,
            Subject = channel,
            Generation = RolloutId.New(now),
            Level = AlertLevel.Notice,
            Cause = $"{by} asked for a test message.",
            NextStep = "Nothing: this channel works.",
            At = now,
        };
        await channels.SendAsync(channel, NoticeMessage.Of(alert.Generation, owner: null, now, [alert]), cancellationToken);
        return alert.Generation;
    }
}
