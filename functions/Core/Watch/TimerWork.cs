using Certrelay.Records;
using Certrelay.Watch.Validation;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch;

/// <summary>What each timer does, by its name: run by the timer itself, or, when that is late, by a nudge. Twice at once it does no harm.</summary>
public sealed partial class TimerWork(
    Reconcile reconcile, DueNudges nudges, Reindex reindex, StatusCount count, SharedPrimeScan primes, AuditSeals seals, Heartbeats heartbeats, TimeProvider time, ILogger<TimerWork> logger)
{
    private static readonly TimeSpan ScanPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CountPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SealPeriod = TimeSpan.FromHours(1);

    /// <summary>Does the work of a timer and notes that it was done; throws <see cref="ArgumentException"/> for a name that is none.</summary>
    public Task RunAsync(string timer, CancellationToken cancellationToken)
    {
        var (period, work) = Of(timer);
        return heartbeats.RunAsync(timer, period, work, cancellationToken);
    }

    private (TimeSpan Period, Func<CancellationToken, Task> Work) Of(string timer) => timer switch
    {
        "Reconcile" => (Reconcile.Period, reconcile.RunAsync),
        "ScanExpiry" => (ScanPeriod, token => nudges.RunAsync(DueKind.Check, time.GetUtcNow(), token)),
        "ProbeTargets" => (ScanPeriod, token => nudges.RunAsync(DueKind.Probe, time.GetUtcNow(), token)),
        "CountStatus" => (CountPeriod, token => count.RunAsync(token)),
        "SealAudit" => (SealPeriod, SealAsync),
        "Reindex" => (Reindex.Period, token => reindex.RunAsync(token)),
        "CompareKeys" => (SharedPrimeScan.Period, token => primes.RunAsync(token)),
        _ => throw new ArgumentException($"There is no timer '{timer}'.", nameof(timer)),
    };

    private async Task SealAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in await seals.SealAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken))
            Log.Unsealed(logger, fault.Chain, fault.Number, fault.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail was changed: {Chain} entry {Number}: {Fault}")]
        public static partial void Unsealed(ILogger logger, string chain, long number, string fault);
    }
}
