using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Moments;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>The nudges: each names a record, whose truth decides what happens.</summary>
public sealed class Queues(StepRunner runner, CertificateCheck check, TargetWatch watch, NoticeRunner notices, TimerWork timers, Cleanup cleanup, Stuck stuck)
{
    [Function("Deploy")]
    public Task Deploy([QueueTrigger(StepMessage.DeployQueue)] string message, CancellationToken cancellationToken) =>
        runner.MoveAsync(StepMessage.Read(message), cancellationToken);

    [Function("Verify")]
    public Task Verify([QueueTrigger(StepMessage.VerifyQueue)] string message, CancellationToken cancellationToken) =>
        runner.MoveAsync(StepMessage.Read(message), cancellationToken);

    [Function("Notify")]
    public Task Notify([QueueTrigger(NotifyMessage.Queue)] string message, CancellationToken cancellationToken) =>
        notices.MoveAsync(NotifyMessage.Read(message), cancellationToken);

    [Function("Check")]
    public Task Check([QueueTrigger(CheckMessage.Queue)] string message, CancellationToken cancellationToken) =>
        check.RunAsync(CheckMessage.Read(message), cancellationToken);

    [Function("Probe")]
    public Task Probe([QueueTrigger(ProbeMessage.Queue)] string message, CancellationToken cancellationToken) =>
        watch.RunAsync(ProbeMessage.Read(message), cancellationToken);

    [Function("CheckPoison")]
    public Task CheckPoison([QueueTrigger(CheckMessage.Queue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(CheckMessage.Queue, message, cancellationToken);

    [Function("ProbePoison")]
    public Task ProbePoison([QueueTrigger(ProbeMessage.Queue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(ProbeMessage.Queue, message, cancellationToken);

    [Function("LateTimer")]
    public Task LateTimer([QueueTrigger(TimerMessage.Queue)] string message, CancellationToken cancellationToken) =>
        timers.RunAsync(TimerMessage.Read(message), cancellationToken);

    [Function("Cleanup")]
    public Task Cleanup([QueueTrigger(CleanupMessage.Queue)] string message, CancellationToken cancellationToken) =>
        cleanup.RunAsync(CleanupMessage.Read(message), cancellationToken);

    [Function("DeployPoison")]
    public Task DeployPoison([QueueTrigger(StepMessage.DeployQueue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(StepMessage.DeployQueue, message, cancellationToken);

    [Function("VerifyPoison")]
    public Task VerifyPoison([QueueTrigger(StepMessage.VerifyQueue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(StepMessage.VerifyQueue, message, cancellationToken);

    [Function("NotifyPoison")]
    public Task NotifyPoison([QueueTrigger(NotifyMessage.Queue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(NotifyMessage.Queue, message, cancellationToken);

    [Function("CleanupPoison")]
    public Task CleanupPoison([QueueTrigger(CleanupMessage.Queue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(CleanupMessage.Queue, message, cancellationToken);

    [Function("LateTimerPoison")]
    public Task LateTimerPoison([QueueTrigger(TimerMessage.Queue + "-poison")] string message, CancellationToken cancellationToken) =>
        stuck.RecordAsync(TimerMessage.Queue, message, cancellationToken);
}
