using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Moments;
using Certrelay.Watch.Revocation;
using Certrelay.Watch.Validation;
using Certrelay.Watch.VaultEvents;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>The nudges: each names a record, whose truth decides what happens.</summary>
public sealed class Queues(StepRunner runner, CertificateCheck check, TargetWatch watch, NoticeRunner notices, TimerWork timers, Cleanup cleanup, VaultVersions versions,
    RevocationWatch revocations, ChainValidation chains)
{
    [Function("Deploy")]
    public Task Deploy([QueueTrigger(QueueNames.Deploy)] string message, CancellationToken cancellationToken) =>
        runner.MoveAsync(Nudge.Read(message), cancellationToken);

    [Function("Verify")]
    public Task Verify([QueueTrigger(QueueNames.Verify)] string message, CancellationToken cancellationToken) =>
        runner.MoveAsync(Nudge.Read(message), cancellationToken);

    [Function("Check")]
    public Task Check([QueueTrigger(QueueNames.Check)] string message, CancellationToken cancellationToken)
    {
        var hint = Nudge.Read(message, DueKind.Check);
        return RevocationRecord.VersionOf(hint.Id) is null ? check.RunAsync(hint, cancellationToken) : revocations.RunAsync(hint, cancellationToken);
    }

    [Function("Validate")]
    public Task Validate([QueueTrigger(QueueNames.Validate)] string message, CancellationToken cancellationToken) =>
        chains.RunAsync(Nudge.Read(message, DueKind.Check), cancellationToken);

    [Function("Probe")]
    public Task Probe([QueueTrigger(QueueNames.Probe)] string message, CancellationToken cancellationToken) =>
        watch.RunAsync(Nudge.Read(message, DueKind.Probe), cancellationToken);

    [Function("Notify")]
    public Task Notify([QueueTrigger(QueueNames.Notify)] string message, CancellationToken cancellationToken) =>
        notices.MoveAsync(Nudge.Read(message, DueKind.Notice), cancellationToken);

    [Function("Cleanup")]
    public Task Cleanup([QueueTrigger(QueueNames.Cleanup)] string message, CancellationToken cancellationToken) =>
        cleanup.RunAsync(Nudge.Read(message, DueKind.Cleanup), cancellationToken);

    [Function("LateTimer")]
    public Task LateTimer([QueueTrigger(QueueNames.Timer)] string message, CancellationToken cancellationToken) =>
        timers.RunAsync(Nudge.Read(message), cancellationToken);

    [Function("VaultEvent")]
    public Task VaultEvent([QueueTrigger(QueueNames.VaultEvents)] string message, CancellationToken cancellationToken) => versions.RunAsync(message, cancellationToken);
}
