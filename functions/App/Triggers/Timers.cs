using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Moments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Triggers;

/// <summary>The timers: each goes through what is due and leaves the work to the queues.</summary>
public sealed partial class Timers(
    Reconcile reconcile, DueScan scan, Reindex reindex, StatusCount count, AuditSeals seals, Heartbeats heartbeats, TimeProvider time, ILogger<Timers> logger)
{
    private static readonly TimeSpan CountPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SealPeriod = TimeSpan.FromHours(1);

    [Function("Reconcile")]
    public Task Reconcile([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(nameof(Reconcile), Watch.Reconcile.Period, reconcile.RunAsync, cancellationToken);

    [Function("ScanExpiry")]
    public Task ScanExpiry([TimerTrigger("10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(
            nameof(ScanExpiry), DueScan.Period, token => scan.RunAsync(DueKind.Check, CheckMessage.Queue, CheckMessage.Write, token), cancellationToken);

    [Function("ProbeTargets")]
    public Task ProbeTargets([TimerTrigger("20 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(
            nameof(ProbeTargets), DueScan.Period, token => scan.RunAsync(DueKind.Probe, ProbeMessage.Queue, ProbeMessage.Write, token), cancellationToken);

    [Function("CountStatus")]
    public Task CountStatus([TimerTrigger("15 */5 * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(nameof(CountStatus), CountPeriod, token => count.RunAsync(token), cancellationToken);

    [Function("SealAudit")]
    public Task SealAudit([TimerTrigger("30 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(nameof(SealAudit), SealPeriod, SealAsync, cancellationToken);

    [Function("Reindex")]
    public Task Reindex([TimerTrigger("45 37 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        heartbeats.RunAsync(nameof(Reindex), Watch.Reindex.Period, token => reindex.RunAsync(token), cancellationToken);

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
