using Certrelay.Records;

namespace Certrelay.Watch.Alerts;

/// <summary>Removes notices with their alerts some time after the last of these was resolved; never one that is open or on its way.</summary>
public sealed class AlertRetention(IRecordStore store, NoticeRecords notices, Due due, TimeProvider time)
{
    private static readonly TimeSpan Again = TimeSpan.FromDays(1);

    /// <summary>Removes what a notice tells of, then the notice; what has to stay is looked at again later. Called too early or twice it changes nothing.</summary>
    public async Task RunAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await notices.ReadAsync(id, cancellationToken) is { Value: var notice } && await EndAsync(notice, now, cancellationToken) is var end && !(end?.Moment <= now))
        {
            if (end is not null)
                await due.PutAsync(end, cancellationToken);
            return;
        }

        foreach (var alert in await notices.AlertsAsync(id, cancellationToken))
        {
            if (await store.ReadAsync<AlertRecord>(AlertRecord.Key(alert.Id), cancellationToken) is { } record && record.Value.Notice == id)
                await store.DeleteAsync(record, cancellationToken);
        }

        // In the order of the keys the notice's own row comes last, so that what a crash leaves behind is found again.
        var rest = await store.QueryAsync(Tables.Notices, id, RowRange.All, cancellationToken).Select(static row => row.Key).ToListAsync(cancellationToken);
        foreach (var batch in rest.Chunk(IRecordStore.LargestBatch))
            await store.WriteAsync([.. batch.Select(static key => new RecordChange.Delete(key, null))], cancellationToken);
    }

    /// <summary>When the notice may go: the time to keep it after its last alert was resolved, a later look while one is open or on its way, null for never.</summary>
    private async Task<DueHint?> EndAsync(NoticeRecord notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var later = notices.CleanupHint(notice, now) is { } hint ? hint with { Moment = KeyText.Truncate(now + Again) } : null;
        if (!notice.Closed || (await notices.DeliveriesAsync(notice.Id, cancellationToken)).Any(static delivery => delivery.Moment is not null))
            return later;
        var last = notice.Closes;
        foreach (var alert in await notices.AlertsAsync(notice.Id, cancellationToken))
        {
            if (await store.ReadAsync<AlertRecord>(AlertRecord.Key(alert.Id), cancellationToken) is not { Value: var record } || record.Notice != notice.Id)
                continue;
            if (record.Resolved is not { } resolved)
                return later;
            last = resolved > last ? resolved : last;
        }

        return notices.CleanupHint(notice, last);
    }
}
