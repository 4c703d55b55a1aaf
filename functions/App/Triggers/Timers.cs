using Certrelay.Watch;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>The timers: each goes through what is due and leaves the work to the queues.</summary>
public sealed class Timers(TimerWork work)
{
    [Function("Reconcile")]
    public Task Reconcile([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        work.RunAsync(nameof(Reconcile), cancellationToken);

    [Function("ScanExpiry")]
    public Task ScanExpiry([TimerTrigger("10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        work.RunAsync(nameof(ScanExpiry), cancellationToken);

    [Function("ProbeTargets")]
    public Task ProbeTargets([TimerTrigger("20 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        work.RunAsync(nameof(ProbeTargets), cancellationToken);

    [Function("CountStatus")]
    public Task CountStatus([TimerTrigger("15 */5 * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        work.RunAsync(nameof(CountStatus), cancellationToken);

    [Function("SealAudit")]
    public Task SealAudit([TimerTrigger("30 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => work.RunAsync(nameof(SealAudit), cancellationToken);

    [Function("CompareKeys")]
    public Task CompareKeys([TimerTrigger("50 52 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => work.RunAsync(nameof(CompareKeys), cancellationToken);

    [Function("Reindex")]
    public Task Reindex([TimerTrigger("45 37 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => work.RunAsync(nameof(Reindex), cancellationToken);
}
