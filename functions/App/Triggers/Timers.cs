using Certrelay.Watch;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>The timers: each goes through what is due and leaves the work to the queues.</summary>
public sealed class Timers(Reconcile reconcile)
{
    [Function("Reconcile")]
    public Task Reconcile([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        reconcile.RunAsync(cancellationToken);
}
