using Certrelay.Records;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch.Alerts;

/// <summary>
/// One move of a notice: closed when its window is over, then sent through each channel by itself. A try is written down before it is made, and its outcome after: a
/// crash in between sends the same message again. Called too early, twice or for nothing, it changes nothing. It alone decides about another try.
/// </summary>
public sealed partial class NoticeRunner(
    IRecordStore store, NoticeRecords notices, Due due, AlertOptions options, ChannelSet channels, TimeProvider time, ILogger<NoticeRunner> logger)
{
    // Beyond the longest try and the difference of two clocks.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(2);

    /// <summary>Makes the move that a hint points at when it is due. Faults of a channel end in the delivery; only the store's own are thrown.</summary>
    public async Task MoveAsync(DueHint hint, CancellationToken cancellationToken)
    {
        try
        {
            await (hint.Id.Split('.') is [var notice, var channel]
                ? DeliverAsync(hint, notice, channel, cancellationToken)
                : CloseAsync(hint, cancellationToken));
        }
        catch (RecordConflictException)
        {
            // Somebody else made the same move: theirs stands, and the hint leads to it.
            Log.Overtaken(logger, hint.Id);
        }
        catch (Permanent unreadable)
        {
            Log.Unreadable(logger, hint.Id, unreadable);
            await due.RemoveAsync(hint, cancellationToken);
        }
    }

    private async Task CloseAsync(DueHint hint, CancellationToken cancellationToken)
    {
        var notice = await notices.ReadAsync(hint.Id, cancellationToken);
        if (notice is { Value.Closed: false } && notice.Value.Closes > time.GetUtcNow())
        {
            await DropStaleAsync(hint, notice.Value.Closes, cancellationToken);
            return;
        }

        try
        {
            if (notice is { Value.Closed: false })
                await notices.CloseAsync(notice, await ChannelsAsync(notice.Value, cancellationToken), cancellationToken);
        }
        catch (RecordConflictException)
        {
            // One more alert joined at this very moment: it goes along.
            await notices.NudgeAsync(hint, time.GetUtcNow() + SoonAgain, cancellationToken);
            return;
        }

        // Also for a notice that was closed before: the process that closed it may have died before it nudged.
        foreach (var delivery in await notices.DeliveriesAsync(hint.Id, cancellationToken))
        {
            if (delivery.Moment is { } moment)
                await notices.NudgeAsync(NoticeRecords.Hint(hint.Id, delivery.Channel, moment), moment, cancellationToken);
        }

        await due.RemoveAsync(hint, cancellationToken);
        if (notice is not null)
            await due.RemoveAsync(NoticeRecords.Hint(hint.Id, channel: null, notice.Value.Closes), cancellationToken);
    }

    private async Task<IReadOnlyList<string>> ChannelsAsync(NoticeRecord notice, CancellationToken cancellationToken)
    {
        var alerts = await notices.AlertsAsync(notice.Id, cancellationToken);
        return [.. options.ChannelsOf(notice.Owner).Where(channel => alerts.Any(alert => alert.Level >= channels.LeastOf(channel)))];
    }

    private async Task DeliverAsync(DueHint hint, string id, string channel, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var delivery = await store.ReadAsync<DeliveryRecord>(DeliveryRecord.Key(id, channel), cancellationToken);
        if (delivery is null)
        {
            // Its hint comes first: while the notice is open its row may still follow.
            if (await notices.ReadAsync(id, cancellationToken) is not { Value.Closed: false })
                await due.RemoveAsync(hint, cancellationToken);
            return;
        }

        if (delivery.Value.Moment is not { } moment || moment > now)
        {
            await DropStaleAsync(hint, delivery.Value.Moment, cancellationToken);
            return;
        }

        using var place = channels.TryEnter(channel);
        if (place is null)
        {
            await notices.NudgeAsync(hint, now + SoonAgain, cancellationToken);
            return;
        }

        var until = KeyText.Truncate(now + options.Longest + Allowance);
        var begun = await notices.SaveAsync(id, delivery, delivery.Value with { Attempts = delivery.Value.Attempts + 1, Moment = until }, cancellationToken);
        var ended = await notices.SaveAsync(id, begun, await TryAsync(id, begun.Value, cancellationToken), cancellationToken);
        await NoteAsync(ended.Value, cancellationToken);
        foreach (var past in new[] { hint, NoticeRecords.Hint(id, channel, moment), NoticeRecords.Hint(id, channel, until) })
            await DropStaleAsync(past, ended.Value.Moment, cancellationToken);
        if (ended.Value.Moment is { } next)
            await notices.NudgeAsync(NoticeRecords.Hint(id, channel, next), next, cancellationToken);
    }

    private async Task<DeliveryRecord> TryAsync(string id, DeliveryRecord delivery, CancellationToken cancellationToken)
    {
        try
        {
            // More than are allowed were begun: the process died in the midst of each.
            if (delivery.Attempts > DeliveryBackoff.Attempts)
                throw new Permanent(delivery.Code ?? "channel.exhausted", delivery.Message ?? "No try came to its end.");
            await SendAsync(id, delivery.Channel, cancellationToken);
            Log.Sent(logger, id, delivery.Channel, delivery.Attempts);
            return delivery with { State = DeliveryState.Sent, Moment = null, Code = null, Message = null, Settled = time.GetUtcNow() };
        }
        catch (Transient fault) when (fault.Code != "store.unavailable" && delivery.Attempts < DeliveryBackoff.Attempts)
        {
            var delay = DeliveryBackoff.After(delivery.Attempts, fault.RetryAfter);
            Log.Later(logger, id, delivery.Channel, delay.TotalSeconds, fault.Code, fault.Message);
            return delivery with { Moment = KeyText.Truncate(time.GetUtcNow() + delay), Code = fault.Code, Message = fault.Message };
        }
        catch (Failure fault) when (fault.Code != "store.unavailable")
        {
            Log.GivenUp(logger, id, delivery.Channel, delivery.Attempts, fault.Code, fault.Message);
            return delivery with { State = DeliveryState.Failed, Moment = null, Code = fault.Code, Message = fault.Message, Settled = time.GetUtcNow() };
        }
    }

    private async Task SendAsync(string id, string channel, CancellationToken cancellationToken)
    {
        var notice = (await notices.ReadAsync(id, cancellationToken))?.Value ?? throw new Permanent("record.missing", $"The notice {id} does not exist.");
        var alerts = (await notices.AlertsAsync(id, cancellationToken)).Where(alert => !(alert.Level < channels.LeastOf(channel)));
        await channels.SendAsync(channel, NoticeMessage.Of(id, notice.Owner, notice.Closes, alerts), cancellationToken);
    }

    /// <summary>Notes for the status that a channel has given up, or delivers again.</summary>
    private async Task NoteAsync(DeliveryRecord delivery, CancellationToken cancellationToken)
    {
        var key = ChannelFaultRecord.Key(delivery.Channel);
        // One that the settings no longer have could never deliver again.
        if (delivery.State == DeliveryState.Failed && channels.LeastOf(delivery.Channel) is not null)
        {
            var fault = new ChannelFaultRecord { Channel = delivery.Channel, At = delivery.Settled!.Value, Code = delivery.Code! };
            await store.WriteAsync([new RecordChange.Put(key, fault.ToBody())], cancellationToken);
        }
        else if (delivery.State == DeliveryState.Sent && await store.GetAsync(key, cancellationToken) is not null)
        {
            await store.WriteAsync([new RecordChange.Delete(key, null)], cancellationToken);
        }
    }

    /// <summary>Drops a hint unless it is the one at the moment that the truth names.</summary>
    private async Task DropStaleAsync(DueHint hint, DateTimeOffset? moment, CancellationToken cancellationToken)
    {
        if (hint.Moment != moment)
            await due.RemoveAsync(hint, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Notice {Id} was moved by somebody else")]
        public static partial void Overtaken(ILogger logger, string id);

        [LoggerMessage(Level = LogLevel.Error, Message = "The record of notice {Id} cannot be read")]
        public static partial void Unreadable(ILogger logger, string id, Exception fault);

        [LoggerMessage(Level = LogLevel.Information, Message = "Notice {Id} was taken by {Channel} at try {Attempts}")]
        public static partial void Sent(ILogger logger, string id, string channel, int attempts);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {Id} goes to {Channel} again in {Seconds} s: {Code} {Reason}")]
        public static partial void Later(ILogger logger, string id, string channel, double seconds, string code, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Notice {Id} is given up for {Channel} after {Attempts} tries: {Code} {Reason}")]
        public static partial void GivenUp(ILogger logger, string id, string channel, int attempts, string code, string reason);
    }
}
