using System.Collections.Concurrent;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Watch.Alerts;

/// <summary>The channels of the settings, and how many messages each has on its way from this process.</summary>
public sealed class ChannelSet(AlertOptions options, ChannelContext context)
{
    // Half of the workers of a queue: a channel that hangs leaves the others room.
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _running = new(StringComparer.Ordinal);

    /// <summary>The least level that goes through a channel; null when the settings have no such channel any more.</summary>
    public AlertLevel? LeastOf(string channel) => options.Channels.GetValueOrDefault(channel)?.Least;

    /// <summary>A place at a channel, to be given back; null when it has as many messages on their way as it may.</summary>
    public IDisposable? TryEnter(string channel)
    {
        var places = _running.GetOrAdd(channel, static _ => new SemaphoreSlim(AtOnce));
        return places.Wait(0, CancellationToken.None) ? new Place(places) : null;
    }

    /// <summary>
    /// Tries once to send, no longer than the settings allow. Throws <see cref="Transient"/> and <see cref="Permanent"/>, <c>channel.unknown</c> among them.
    /// </summary>
    public async Task SendAsync(string channel, NoticeMessage message, CancellationToken cancellationToken)
    {
        if (options.Channels.GetValueOrDefault(channel) is not { } settings || NoticeChannels.Find(settings.Kind) is not { } kind)
            throw new Permanent("channel.unknown", $"The settings have no channel {channel}.");
        using var deadline = new CancellationTokenSource(options.Longest, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await kind.Create(settings, context).SendAsync(message, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Transient("channel.timeout", $"The other side did not take the message in {options.SendSeconds} s.");
        }
#pragma warning disable CA1031 // A fault of one channel is counted like any failure. Its words may hold the address: they go nowhere.
        catch (Exception fault) when (fault is not (Failure or OperationCanceledException))
#pragma warning restore CA1031
        {
            throw new Transient("channel.fault", $"An unexpected fault ({fault.GetType().Name}).");
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
