using System.Globalization;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Moments;

/// <summary>
/// What is due at a moment of a version: its owner is told of the level that its life has come to, or that a renewed certificate is not served everywhere yet. A
/// certificate with a planned end is not renewed, so nobody is reminded. It is held against the policy of now too.
/// </summary>
public sealed class CertificateCheck(
    IRecordStore store, CertificateRegistry certificates, CertificateIndex index, Due due, AlertRecords alerts, TimeProvider time)
{
    /// <summary>Does what is due and saves what comes next; called too early, twice, or for a superseded version it changes nothing.</summary>
    public async Task RunAsync(DueHint hint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (CheckRecord.VersionOf(hint.Id) is var (certificate, sequence)
            && await store.ReadAsync<CheckRecord>(CheckRecord.Key(certificate), cancellationToken) is { } check
            && check.Value.Sequence == sequence
            && check.Value.Next?.At <= now
            && await certificates.ReadAsync(certificate, cancellationToken) is { } lineage
            && await certificates.ReadVersionAsync(certificate, sequence, cancellationToken) is { } version)
        {
            await AdvanceAsync(check, lineage.Value, version, now, cancellationToken);
            await JudgeAsync(lineage, cancellationToken);
        }

        await due.RemoveAsync(hint, cancellationToken);
    }

    /// <summary>The policy may have changed since the certificate was uploaded or described.</summary>
    private async Task JudgeAsync(Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        try
        {
            await certificates.JudgeAsync(lineage, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // Whoever changed it has judged it.
        }
    }

    private async Task AdvanceAsync(Stored<CheckRecord> check, LineageRecord lineage, VersionRecord version, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var past = check.Value.Moments.TakeWhile(moment => moment.At <= now).ToList();
        // After a long stop only the last level counts.
        var level = past.LastOrDefault(static moment => moment.Level is not null)?.Level;
        var targets = await index.UsersAsync(lineage.Name, cancellationToken);
        if (version.Sequence > 1 && check.Value.Reached is null)
            await ResolveSupersededAsync(version, cancellationToken);
        if (level is not null && lineage.PlannedEnd is null)
            await alerts.RaiseAsync(Expiring(lineage, version, level.Value, targets, now), cancellationToken);
        if (past.Exists(static moment => moment.Level is null))
            await CheckLiveAsync(lineage, version, targets, now, cancellationToken);

        var next = check.Value with { Moments = [.. check.Value.Moments.Skip(past.Count)], Reached = level ?? check.Value.Reached };
        if (next.Hint is { } hint)
            await due.PutAsync(hint, cancellationToken);
        try
        {
            await store.ReplaceAsync(check, next, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // A new version came, or another was faster: what they wrote counts.
        }
    }

    /// <summary>What was told of earlier versions is over with this one; whether it is served is told apart.</summary>
    private async Task ResolveSupersededAsync(VersionRecord current, CancellationToken cancellationToken)
    {
        var earlier = await certificates.VersionsAsync(current.Certificate, cancellationToken).Where(version => version.Sequence < current.Sequence)
            .Select(static version => version.Fingerprint.Hex).ToHashSetAsync(cancellationToken: cancellationToken);
        foreach (var kind in new[] { AlertKinds.CertificateExpiring, AlertKinds.CertificateExpired, AlertKinds.CertificateRevoked, AlertKinds.CertificateKeyBroken })
            await alerts.ResolveAsync(kind, current.Certificate, earlier.Contains, cancellationToken);
    }

    private async Task CheckLiveAsync(
        LineageRecord lineage, VersionRecord version, IReadOnlyList<TargetRecord> targets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var behind = new List<TargetRecord>();
        foreach (var target in targets)
        {
            if (!await IsLiveAsync(target, version, cancellationToken))
                behind.Add(target);
        }

        // The first version of a certificate renews nothing.
        if (behind.Count > 0 && version.Sequence > 1)
            await alerts.RaiseAsync(NotLive(lineage, version, behind, now), cancellationToken);
        else
            await alerts.ResolveAsync(AlertKinds.CertificateNotLive, lineage.Name, cancellationToken);
    }

    /// <summary>What the product brought there itself, or, for a target that others look after, what its last probe showed.</summary>
    private async Task<bool> IsLiveAsync(TargetRecord target, VersionRecord version, CancellationToken cancellationToken)
    {
        if (DeployTargets.Find(target.Kind) is { Writes: true })
        {
            var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target.Name), cancellationToken);
            return state?.Value.Binding?.Fingerprint == version.Fingerprint;
        }

        var probe = await store.ReadAsync<ProbeRecord>(ProbeRecord.Key(target.Name), cancellationToken);
        return probe?.Value.At is null || probe.Value.Leaves.All(leaf => leaf.Fingerprint == version.Fingerprint);
    }

    private static Alert Expiring(LineageRecord lineage, VersionRecord version, ExpiryLevel level, IReadOnlyList<TargetRecord> targets, DateTimeOffset now)
    {
        var expired = level is ExpiryLevel.Expired;
        var names = version.Names.Count <= 3 ? string.Join(", ", version.Names) : $"{string.Join(", ", version.Names.Take(3))} and {version.Names.Count - 3} more";
        var end = version.NotAfter.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        return new Alert
        {
            Kind = expired ? AlertKinds.CertificateExpired : AlertKinds.CertificateExpiring,
            Subject = lineage.Name,
            Generation = version.Fingerprint.Hex,
            Level = level.Urgency(),
            Ordinal = (int)level,
            Owner = lineage.Owner,
            Endpoints = Endpoints(targets),
            Cause = expired ? $"{lineage.Name} for {names} expired on {end}." : $"{lineage.Name} for {names} expires on {end}, in {Remaining(version.NotAfter - now)}.",
            NextStep = version.Key is null
                ? "Have whoever runs the servers renew it, then discover them again and accept the renewed certificate."
                : $"Upload the renewed certificate as {lineage.Name} and roll it out.",
            At = now,
        };
    }

    private static Alert NotLive(LineageRecord lineage, VersionRecord version, IReadOnlyList<TargetRecord> behind, DateTimeOffset now) => new()
    {
        Kind = AlertKinds.CertificateNotLive,
        Subject = lineage.Name,
        Generation = version.Fingerprint.Hex,
        Level = AlertLevel.Warning,
        Owner = lineage.Owner,
        Endpoints = Endpoints(behind),
        Cause = $"Version {version.Sequence} of {lineage.Name} is not served by {string.Join(", ", behind.Select(static target => target.Name))}.",
        NextStep = version.Key is null
            ? "Have whoever runs the servers of these targets bring it there."
            : $"Roll out {lineage.Name} to these targets, or see why their last rollout failed.",
        At = now,
    };

    private static List<string> Endpoints(IEnumerable<TargetRecord> targets) =>
        [.. targets.SelectMany(static target => target.Endpoints).Select(static endpoint => endpoint.ToString()).Distinct(StringComparer.Ordinal)];

    private static string Remaining(TimeSpan left) => left.TotalDays >= 2 ? $"{(int)left.TotalDays} days" : $"{Math.Max(0, (int)left.TotalHours)} hours";
}
