using Certrelay.Records;
using Certrelay.Watch;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What the host gave up is recorded and told, for each queue: a trigger names one queue only.</summary>
public sealed class PoisonQueues(Stuck stuck)
{
    [Function("DeployPoison")]
    public Task Deploy([QueueTrigger(QueueNames.Deploy + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Deploy, message, cancellationToken);

    [Function("VerifyPoison")]
    public Task Verify([QueueTrigger(QueueNames.Verify + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Verify, message, cancellationToken);

    [Function("CheckPoison")]
    public Task Check([QueueTrigger(QueueNames.Check + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Check, message, cancellationToken);

    [Function("ValidatePoison")]
    public Task Validate([QueueTrigger(QueueNames.Validate + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Validate, message, cancellationToken);

    [Function("ProbePoison")]
    public Task Probe([QueueTrigger(QueueNames.Probe + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Probe, message, cancellationToken);

    [Function("NotifyPoison")]
    public Task Notify([QueueTrigger(QueueNames.Notify + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Notify, message, cancellationToken);

    [Function("CleanupPoison")]
    public Task Cleanup([QueueTrigger(QueueNames.Cleanup + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Cleanup, message, cancellationToken);

    [Function("LateTimerPoison")]
    public Task LateTimer([QueueTrigger(QueueNames.Timer + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.Timer, message, cancellationToken);

    [Function("VaultEventPoison")]
    public Task VaultEvent([QueueTrigger(QueueNames.VaultEvents + QueueNames.Poison)] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(QueueNames.VaultEvents, message, cancellationToken);
}
