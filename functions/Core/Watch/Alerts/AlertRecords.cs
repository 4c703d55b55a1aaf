using System.Runtime.CompilerServices;
using Certrelay.Records;
using Certrelay.Rollouts;

namespace Certrelay.Watch.Alerts;

/// <summary>Alerts: raised once a level however often their cause is seen, resolved when it is gone, listed.</summary>
public sealed class AlertRecords(IRecordStore store, NoticeRecords notices, TimeProvider time)
{
    /// <summary>
    /// Raises an alert unless it was raised before, and has its owner told at the end of the grouping window; true when it is new. One that comes up again at a level that
    /// somebody has acknowledged is left out. Throws <see cref="Transient"/> (<c>store.unavailable</c>): called again, it writes what was left out.
    /// </summary>
    public async Task<bool> RaiseAsync(Alert alert, CancellationToken cancellationToken)
    {
        var key = AlertRecord.Key(alert.Id);
        var saved = await store.ReadAsync<AlertRecord>(key, cancellationToken);
        var isNew = saved is null;
        if (saved is null && await IsAcknowledgedAsync(alert, cancellationToken))
            return false;
        if (saved is null)
        {
            // The row decides which notice tells of it, before any notice does.
            var first = new AlertRecord { Alert = alert, Notice = await notices.OpenAsync(alert.Owner, cancellationToken) };
            saved = await store.TryInsertAsync(key, first, cancellationToken) ?? await store.ReadAsync<AlertRecord>(key, cancellationToken);
        }

        while (saved is not null && !await notices.TryJoinAsync(saved.Value.Notice, saved.Value.Alert, cancellationToken))
        {
            // It was closed in between.
            var next = saved.Value with { Notice = await notices.OpenAsync(alert.Owner, cancellationToken) };
            saved = await TryReplaceAsync(saved, next, cancellationToken) ?? await store.ReadAsync<AlertRecord>(key, cancellationToken);
        }

        return isNew;
    }

    /// <summary>Notes that the cause of all alerts of a kind about a subject is gone, and returns how many were open. A new occurrence raises again.</summary>
    public Task<int> ResolveAsync(string kind, string subject, CancellationToken cancellationToken) => ResolveAsync(kind, subject, static _ => true, cancellationToken);

    /// <summary>As the other overload, for the occurrences of which this is true.</summary>
    public async Task<int> ResolveAsync(string kind, string subject, Predicate<string> isGone, CancellationToken cancellationToken)
    {
        var resolved = 0;
        await foreach (var alert in OpenAsync(kind, subject, cancellationToken).Where(alert => isGone(alert.Value.Alert.Generation)))
        {
            if (await TryReplaceAsync(alert, alert.Value with { Resolved = time.GetUtcNow() }, cancellationToken) is not null)
                resolved++;
        }

        return resolved;
    }

    /// <summary>Resolves every alert about a subject that is gone.</summary>
    /// <param name="kinds">Those about its sort: <see cref="AlertKinds.OfCertificate"/> or <see cref="AlertKinds.OfTarget"/>.</param>
    public async Task EndAsync(IReadOnlyList<string> kinds, string subject, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds)
            await ResolveAsync(kind, subject, cancellationToken);
    }

    /// <summary>Notes who has taken an alert on and why, the first of them; null when there is no such alert. One that ends when it is known is resolved by it.</summary>
    public async Task<ListedAlert?> AcknowledgeAsync(string id, string by, string reason, CancellationToken cancellationToken)
    {
        while (Alert.IsId(id) && await store.ReadAsync<AlertRecord>(AlertRecord.Key(id), cancellationToken) is { Value.Acknowledged: null } alert)
        {
            var now = time.GetUtcNow();
            var known = alert.Value with
            {
                Acknowledged = new Acknowledgement(by, now, reason),
                Resolved = alert.Value.Resolved ?? (AlertKinds.EndsWhenKnown(alert.Value.Alert.Kind) ? now : null),
            };
            if (await TryReplaceAsync(alert, known, cancellationToken) is not null)
                break;
        }

        return await ReadAsync(id, cancellationToken);
    }

    /// <summary>The alert of an id with how it was delivered; null when there is none.</summary>
    public async Task<ListedAlert?> ReadAsync(string id, CancellationToken cancellationToken) =>
        Alert.IsId(id) && await store.ReadAsync<AlertRecord>(AlertRecord.Key(id), cancellationToken) is { } alert
            ? new ListedAlert(alert.Value, await notices.DeliveriesAsync(alert.Value.Notice, cancellationToken))
            : null;

    /// <summary>The alerts with how they were delivered, those of the newest notice first, beginning behind one.</summary>
    public async IAsyncEnumerable<ListedAlert> ListAsync(AlertPlace? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (after is not null)
        {
            await foreach (var alert in InAsync(after.Notice, after.Alert, cancellationToken))
                yield return alert;
        }

        await foreach (var notice in store.PartitionsAsync(Tables.Notices, after?.Notice, cancellationToken))
        {
            await foreach (var alert in InAsync(notice, after: null, cancellationToken))
                yield return alert;
        }
    }

    private async IAsyncEnumerable<ListedAlert> InAsync(string notice, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var deliveries = await notices.DeliveriesAsync(notice, cancellationToken);
        var all = RowRange.StartingWith(NoticeAlertRecord.Prefix);
        var range = after is null ? all : all with { From = NoticeAlertRecord.Prefix + after + " " };
        await foreach (var row in store.QueryAsync(Tables.Notices, notice, range, cancellationToken))
        {
            var id = row.Key.Row[NoticeAlertRecord.Prefix.Length..];
            // One that was moved to a later notice at the moment this one closed is told of there.
            if (await store.ReadAsync<AlertRecord>(AlertRecord.Key(id), cancellationToken) is { } alert && alert.Value.Notice == notice)
                yield return new ListedAlert(alert.Value, deliveries);
        }
    }

    private IAsyncEnumerable<Stored<AlertRecord>> OpenAsync(string kind, string subject, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<AlertRecord>(Tables.Alerts, Alert.Partition(kind, subject), RowRange.All, cancellationToken).Where(static alert => alert.Value.Resolved is null);

    private async Task<bool> IsAcknowledgedAsync(Alert alert, CancellationToken cancellationToken) => AlertKinds.IsRecurring(alert.Kind)
        && await OpenAsync(alert.Kind, alert.Subject, cancellationToken).AnyAsync(
            known => known.Value.Acknowledged is not null && known.Value.Alert.Level >= alert.Level && known.Value.Alert.Ordinal >= alert.Ordinal, cancellationToken);

    private async Task<Stored<AlertRecord>?> TryReplaceAsync(Stored<AlertRecord> old, AlertRecord value, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReplaceAsync(old, value, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // Raised or resolved by another at the same moment: theirs stands.
            return null;
        }
    }
}

/// <summary>An alert and where its notice stands with each channel.</summary>
public sealed record ListedAlert(AlertRecord Record, IReadOnlyList<DeliveryRecord> Deliveries);

/// <summary>A place in the listing.</summary>
public sealed record AlertPlace(string Notice, string Alert)
{
    public static AlertPlace Of(ListedAlert alert) => new(alert.Record.Notice, alert.Record.Alert.Id);

    /// <summary>The place of <see cref="ToString"/>; null for any other text.</summary>
    public static AlertPlace? Parse(string text) =>
        text.Split('.') is [var notice, var alert] && RolloutId.IsValid(notice) && Watch.Alerts.Alert.IsId(alert) ? new AlertPlace(notice, alert) : null;

    public override string ToString() => $"{Notice}.{Alert}";
}
