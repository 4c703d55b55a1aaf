using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>The transitions that several moves share.</summary>
internal static class StepOutcomes
{
    /// <summary>On to another unsettled state.</summary>
    public static StepOutcome Goes(this StepRecord step, StepState state, DateTimeOffset moment, string what) =>
        new(step with { State = state, Moment = moment, Attempts = 0 }, what);

    /// <summary>Settled for good.</summary>
    public static StepOutcome Settles(this StepRecord step, StepState state, DateTimeOffset now, string what) =>
        new(step with { State = state, Moment = null, Attempts = 0, Settled = now, Job = null }, what);

    /// <summary>Refused before anything was changed.</summary>
    public static StepOutcome IsBlocked(this StepRecord step, IReadOnlyList<Finding> refusals, DateTimeOffset now) =>
        (step with { Code = refusals[0].Code, Message = refusals[0].Message, Findings = refusals }).Settles(StepState.Blocked, now, refusals[0].Message);

    /// <summary>Given up: what may have been written is brought back, else the step has failed.</summary>
    public static StepOutcome GivesUp(this StepRecord step, string code, string message, DateTimeOffset now)
    {
        // What is served at some addresses is left alone: only its watching ends.
        if (step.State == StepState.Partial)
            return new StepOutcome(step with { Moment = null, Attempts = 0, Code = code, Message = message }, $"No longer watched: {message}");
        if (step.State == StepState.Restoring)
            return (step with { Code = code, Message = message }).Settles(StepState.RollbackFailed, now, $"The restore failed: {message}");
        var failed = step with { Code = code, Message = message };
        return step.Written
            ? (failed with { Job = null, Verification = null, Restored = false }).Goes(StepState.Restoring, now, $"{message} What was there before is brought back.")
            : failed.Settles(StepState.Failed, now, message);
    }

    /// <summary>Tried again later in the same state.</summary>
    public static StepOutcome ComesBack(this StepRecord step, Transient failure, DateTimeOffset now)
    {
        var delay = Backoff.After(step.Attempts, failure.RetryAfter);
        if (failure.Waits)
            return new StepOutcome(step with { Moment = KeyText.Truncate(now + delay), Attempts = step.Attempts - 1 }, step.Message == failure.Message ? null : failure.Message);
        return new StepOutcome(
            step with { Moment = KeyText.Truncate(now + delay), Code = failure.Code, Message = failure.Message },
            $"{failure.Message} Try {step.Attempts + 1} follows in {delay.TotalSeconds:0.#} s.");
    }
}
