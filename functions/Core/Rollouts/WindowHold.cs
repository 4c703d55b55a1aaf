using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>Holds steps that may begin in maintenance windows only. One that has begun to write goes on to its end: half a deployment is worse than a late one.</summary>
internal sealed class WindowHold(IRecordStore store, RolloutOptions options, TimeProvider time)
{
    /// <summary>The code of a step that waits for its window.</summary>
    public const string Code = "rollout.window";

    /// <summary>What becomes of a step outside its windows: the next moment inside one, drawn once; null when it may go on.</summary>
    public async Task<StepOutcome?> OutcomeAsync(StepRecord step, CancellationToken cancellationToken)
    {
        if (step is not { InWindow: true, State: StepState.Waiting or StepState.Reading })
            return null;
        var now = time.GetUtcNow();
        try
        {
            var target = await store.ReadAsync<TargetRecord>(TargetRecord.Key(step.Target), cancellationToken);
            var windows = target is null ? [] : options.WindowsOf(target.Value);
            var moment = MaintenanceWindow.Next(windows, now);
            if (moment <= now)
                return null;
            var message = $"Held until {moment.UtcDateTime:yyyy-MM-dd HH:mm'Z'}, in a maintenance window ({string.Join("; ", windows)}).";
            return new StepOutcome(step with { Moment = moment, Code = Code, Message = message }, message);
        }
        catch (Permanent fault)
        {
            return step.GivesUp(fault.Code, fault.Message, now);
        }
    }
}
