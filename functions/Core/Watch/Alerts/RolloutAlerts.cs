using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Microsoft.Extensions.Logging;

namespace Certrelay.Watch.Alerts;

/// <summary>Tells the owner of a target that a rollout did not bring the certificate there, and takes it back once one has.</summary>
public sealed partial class RolloutAlerts(IRecordStore store, AlertRecords alerts, TimeProvider time, ILogger<RolloutAlerts> logger) : ISettledSteps
{
    public async Task SettledAsync(StepRecord settled, CancellationToken cancellationToken)
    {
        try
        {
            if (settled is { State: StepState.Verified or StepState.Bound } or { State: StepState.RolledBack, Code: RolloutCommands.ByHand })
                await alerts.ResolveAsync(AlertKinds.RolloutFailed, settled.Target, cancellationToken);
            else if (EndOf(settled) is var (level, end))
                await alerts.RaiseAsync(await DescribeAsync(settled, level, end, cancellationToken), cancellationToken);
        }
        catch (Permanent unreadable)
        {
            Log.Unreadable(logger, settled.Id, unreadable);
        }
    }

    /// <summary>How urgent an end is and what it means; null when there is nothing to tell.</summary>
    private static (AlertLevel Level, string What)? EndOf(StepRecord step) => step.State switch
    {
        StepState.Blocked => (AlertLevel.Warning, "was refused before anything was changed"),
        StepState.Failed => (AlertLevel.Warning, "failed before anything was changed"),
        StepState.Partial when step.Code == FindingCodes.TargetByHand.Code => (AlertLevel.Warning, "waits for somebody"),
        StepState.Partial => (AlertLevel.Warning, "is seen at some addresses only"),
        StepState.RolledBack => (AlertLevel.Warning, "did not show, and what was there before is back"),
        StepState.RollbackFailed => (AlertLevel.Critical, "failed, and what was there before could not be brought back"),
        _ => null,
    };

    private async Task<Alert> DescribeAsync(StepRecord step, AlertLevel level, string end, CancellationToken cancellationToken)
    {
        var rollout = (await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(step.Rollout), cancellationToken))?.Value;
        var target = (await store.ReadAsync<TargetRecord>(TargetRecord.Key(step.Target), cancellationToken))?.Value;
        var certificate = rollout?.Version.Certificate;
        var owner = target?.Owner ?? (certificate is null ? null : (await store.ReadAsync<LineageRecord>(LineageRecord.Key(certificate), cancellationToken))?.Value.Owner);
        return new Alert
        {
            Kind = AlertKinds.RolloutFailed,
            Subject = step.Target,
            // A step may end several times: partial and later otherwise, or again after a retry. Each end is told once.
            Generation = $"{step.Rollout}.{step.State}.{(step.Settled is { } settled ? KeyText.Time(settled) : "")}",
            Level = level,
            Owner = owner,
            Endpoints = [.. target?.Endpoints.Select(static endpoint => endpoint.ToString()) ?? []],
            Cause = $"The rollout of {certificate ?? "a certificate"}{(rollout is null ? "" : $" version {rollout.Version.Sequence}")} to {step.Target} {end}. {step.Message}".TrimEnd(),
            NextStep = $"Read the journal with GET /api/rollouts/{step.Rollout}/steps/{step.Target}, mend the cause, then POST /api/rollouts/{step.Rollout}/retry.",
            At = step.Settled ?? time.GetUtcNow(),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Nobody could be told how step {Step} ended")]
        public static partial void Unreadable(ILogger logger, string step, Exception fault);
    }
}
