using System.Security.Cryptography;
using System.Text;
using Certrelay.Records;
using Certrelay.Rollouts;

namespace Certrelay.Watch.Alerts;

/// <summary>
/// The rows of notices, and the order in which they are written: the hint in Due before the truth, old hints dropped last of all. A notice is open until its window is
/// over; each alert joins in one batch with the notice's own row, so that none joins one that is on its way.
/// </summary>
public sealed class NoticeRecords(IRecordStore store, Due due, IWorkQueue queue, AlertOptions options, KeepOptions keep, TimeProvider time)
{
    /// <summary>The most alerts of one notice; the next opens another.</summary>
    public const int Largest = 2000;

    /// <summary>The id of the owner's open notice, which is opened when there is none.</summary>
    public async Task<string> OpenAsync(string? owner, CancellationToken cancellationToken)
    {
        var key = PointerKey(owner);
        while (true)
        {
            var pointer = await store.ReadAsync<IndexRecord>(key, cancellationToken);
            if (pointer is not null && await ReadAsync(pointer.Value.Name, cancellationToken) is { Value: { Closed: false, Count: < Largest } })
                return pointer.Value.Name;
            var notice = await BeginAsync(owner, cancellationToken);
            var row = new IndexRecord { Name = notice.Id, At = notice.Opened };
            try
            {
                _ = pointer is null ? await store.InsertAsync(key, row, cancellationToken) : await store.ReplaceAsync(pointer, row, cancellationToken);
                return notice.Id;
            }
            catch (RecordConflictException)
            {
                // Somebody else opened one at the same moment. Ours stays empty and is removed when it closes.
            }
        }
    }

    /// <summary>Adds an alert to a notice; false when that is closed or gone without it.</summary>
    public async Task<bool> TryJoinAsync(string id, Alert alert, CancellationToken cancellationToken)
    {
        var key = NoticeAlertRecord.Key(id, alert.Id);
        while (true)
        {
            var notice = await ReadAsync(id, cancellationToken);
            if (await store.GetAsync(key, cancellationToken) is not null)
                return true;
            if (notice is null or { Value.Closed: true })
                return false;
            try
            {
                var joined = notice.Value with { Count = notice.Value.Count + 1 };
                await store.WriteAsync(
                    [
                        new RecordChange.Replace(notice.Key, joined.ToBody(), notice.ETag),
                        new RecordChange.Insert(key, new NoticeAlertRecord { Alert = alert }.ToBody()),
                    ],
                    cancellationToken);
                return true;
            }
            catch (RecordConflictException)
            {
                // Another alert joined, or the notice was closed: look again.
            }
        }
    }

    /// <summary>The notice; null when there is none.</summary>
    public Task<Stored<NoticeRecord>?> ReadAsync(string id, CancellationToken cancellationToken) =>
        store.ReadAsync<NoticeRecord>(NoticeRecord.Key(id), cancellationToken);

    /// <summary>What a notice tells of, in the order of the ids.</summary>
    public async Task<IReadOnlyList<Alert>> AlertsAsync(string id, CancellationToken cancellationToken) =>
        await store.ReadRangeAsync<NoticeAlertRecord>(Tables.Notices, id, RowRange.StartingWith(NoticeAlertRecord.Prefix), cancellationToken)
            .Select(static row => row.Value.Alert).ToListAsync(cancellationToken);

    /// <summary>Where a notice stands with each of its channels.</summary>
    public async Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(string id, CancellationToken cancellationToken) =>
        await store.ReadRangeAsync<DeliveryRecord>(Tables.Notices, id, RowRange.StartingWith(DeliveryRecord.Prefix), cancellationToken)
            .Select(static row => row.Value).ToListAsync(cancellationToken);

    /// <summary>Closes a notice whose window is over, with a delivery for each channel; one without an alert goes. Throws <see cref="RecordConflictException"/>.</summary>
    public async Task CloseAsync(Stored<NoticeRecord> notice, IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        if (notice.Value.Count == 0)
        {
            await store.DeleteAsync(notice, cancellationToken);
            return;
        }

        var now = KeyText.Truncate(time.GetUtcNow());
        var closed = notice.Value with { Closed = true, Channels = channels };
        if (CleanupHint(closed, now) is { } end)
            await due.PutAsync(end, cancellationToken);
        foreach (var channel in channels)
            await due.PutAsync(Hint(notice.Value.Id, channel, now), cancellationToken);
        await store.WriteAsync(
            [
                new RecordChange.Replace(notice.Key, closed.ToBody(), notice.ETag),
                .. channels.Select(channel => new RecordChange.Insert(
                    DeliveryRecord.Key(notice.Value.Id, channel), new DeliveryRecord { Channel = channel, Moment = now }.ToBody())),
            ],
            cancellationToken);
    }

    /// <summary>Writes a delivery anew, its hint first; throws <see cref="RecordConflictException"/> when somebody else has.</summary>
    public async Task<Stored<DeliveryRecord>> SaveAsync(string notice, Stored<DeliveryRecord> old, DeliveryRecord value, CancellationToken cancellationToken)
    {
        if (value.Moment is { } moment)
            await due.PutAsync(Hint(notice, value.Channel, moment), cancellationToken);
        return await store.ReplaceAsync(old, value, cancellationToken);
    }

    /// <summary>Sends a nudge that arrives at the hint's moment, or at once when that has passed.</summary>
    public async Task NudgeAsync(DueHint hint, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var delay = at - time.GetUtcNow();
        if (delay < IWorkQueue.LongestDelay)
            await queue.SendAsync(QueueNames.Notify, Nudge.Write(hint), delay > TimeSpan.Zero ? delay : TimeSpan.Zero, cancellationToken);
    }

    /// <summary>The hint at a notice, or at its delivery through a channel.</summary>
    public static DueHint Hint(string notice, string? channel, DateTimeOffset moment) =>
        new(DueKind.Notice, moment, channel is null ? notice : $"{notice}.{channel}");

    /// <summary>When a notice may go with its alerts, the last of which was resolved at a moment; null for never.</summary>
    public DueHint? CleanupHint(NoticeRecord notice, DateTimeOffset resolved) =>
        resolved + keep.Resolved is { } end ? new DueHint(DueKind.Cleanup, KeyText.Truncate(end), $"told-{notice.Id}") : null;

    /// <summary>Writes again what is due of a notice.</summary>
    public async Task HintAsync(NoticeRecord notice, CancellationToken cancellationToken)
    {
        if (!notice.Closed)
        {
            await due.PutAsync(Hint(notice.Id, channel: null, notice.Closes), cancellationToken);
            return;
        }

        foreach (var delivery in await DeliveriesAsync(notice.Id, cancellationToken))
        {
            if (delivery.Moment is { } moment)
                await due.PutAsync(Hint(notice.Id, delivery.Channel, moment), cancellationToken);
        }

        if (CleanupHint(notice, notice.Closes) is { } end)
            await due.PutAsync(end, cancellationToken);
    }

    private async Task<NoticeRecord> BeginAsync(string? owner, CancellationToken cancellationToken)
    {
        var now = KeyText.Truncate(time.GetUtcNow());
        var notice = new NoticeRecord { Id = RolloutId.New(now), Owner = owner, Opened = now, Closes = now + options.Group };
        var hint = Hint(notice.Id, channel: null, notice.Closes);
        // Here the row comes before the hint: with no window a handler would drop the hint of a notice that is not there yet, and an empty notice is no loss.
        await store.InsertAsync(NoticeRecord.Key(notice.Id), notice, cancellationToken);
        await due.PutAsync(hint, cancellationToken);
        await NudgeAsync(hint, notice.Closes, cancellationToken);
        return notice;
    }

    private static RecordKey PointerKey(string? owner)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner ?? "")));
        return new RecordKey(Tables.Index, $"notice.{hash[..2]}", hash);
    }
}
