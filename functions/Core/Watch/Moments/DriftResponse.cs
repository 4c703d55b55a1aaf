using System.Globalization;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Moments;

/// <summary>What follows when a target serves another leaf than it shall: its owner is told once, and, where the target says so, the desired one is rolled out again, in a maintenance window if it has any.</summary>
public sealed class DriftResponse(RolloutStart rollouts, AlertRecords alerts, RolloutOptions options, TimeProvider time)
{
    // Two that keep replacing each other's certificate must not do so for ever, and nobody reads the tenth message.
    private const int MostADay = 3;

    /// <summary>Does what a verdict calls for; twice for one verdict it does it once.</summary>
    public async Task RespondAsync(TargetRecord target, Verdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.DriftEnded)
            await alerts.ResolveAsync(AlertKinds.TargetDrift, target.Name, cancellationToken);
        if (verdict is not { DriftBegan: true, Desired: { } desired, Record: { Drift: { } drift, Drifts.Count: var today } } || today > MostADay + 1)
            return;
        var again = target.OnDrift is OnDrift.Rollout && today <= MostADay && DeployTargets.Find(target.Kind) is { Writes: true };
        await alerts.RaiseAsync(AlertOf(target, desired, drift, today, again ? Repair(target, desired) : null), cancellationToken);
        if (again)
            await RollOutAsync(target, desired, cancellationToken);
    }

    private async Task RollOutAsync(TargetRecord target, VersionId desired, CancellationToken cancellationToken)
    {
        var request = new RolloutRequest(desired.Certificate, desired.Sequence, [target.Name], [], "Another certificate was found to be served", InWindow: true);
        if ((await rollouts.CheckAsync(request, cancellationToken)).Count == 0)
            await rollouts.StartAsync(request, "watch", $"drift-{target.Name}", cancellationToken);
    }

    /// <summary>What is done about it.</summary>
    private string Repair(TargetRecord target, VersionId desired)
    {
        try
        {
            var windows = options.WindowsOf(target);
            var now = time.GetUtcNow();
            return MaintenanceWindow.Next(windows, now) <= now
                ? $"{desired.Certificate} is being rolled out to it again"
                : $"{desired.Certificate} is rolled out to it again in its next maintenance window ({string.Join("; ", windows)})";
        }
        catch (Permanent)
        {
            // The step tells of it.
            return $"{desired.Certificate} is being rolled out to it again";
        }
    }

    private static Alert AlertOf(TargetRecord target, VersionId desired, Drift drift, int today, string? repair) => new()
    {
        Kind = AlertKinds.TargetDrift,
        Subject = target.Name,
        Generation = $"{desired.Fingerprint.Hex}.{drift.Leaf.Hex}.{drift.Since.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.{today}",
        Level = today > MostADay ? AlertLevel.Critical : AlertLevel.Warning,
        Owner = target.Owner,
        Endpoints = [.. target.Endpoints.Select(static endpoint => endpoint.ToString())],
        Cause = today > MostADay
            ? $"{target.Name} changed its certificate for the {today}th time within a day; it serves {drift.Leaf} instead of {desired.Fingerprint}."
            : $"{target.Name} serves {drift.Leaf} instead of {desired.Fingerprint} ({desired.Certificate} version {desired.Sequence}).",
        NextStep = repair is not null
            ? $"{repair}; find out who else writes there."
            : $"Find out who else writes there, then roll out {desired.Certificate} to it, or adopt the certificate that it serves.",
        At = drift.Since,
    };
}
