using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>The state of a rollout as its steps give it (DESIGN section 5).</summary>
public static class RolloutStates
{
    /// <summary>Derives the state; superseded and cancelled steps stand aside.</summary>
    public static RolloutState Of(IEnumerable<StepState> steps)
    {
        var counted = new HashSet<StepState>(steps);
        if (counted.Any(state => state <= StepState.Restoring))
            return RolloutState.Running;
        counted.Remove(StepState.Superseded);
        counted.Remove(StepState.Cancelled);
        return counted switch
        {
            { Count: 0 } => RolloutState.Cancelled,
            _ when counted.IsSubsetOf([StepState.Verified]) => RolloutState.Verified,
            _ when counted.IsSubsetOf([StepState.Verified, StepState.Bound]) => RolloutState.Bound,
            _ when counted.IsSubsetOf([StepState.RolledBack]) => RolloutState.RolledBack,
            _ when !counted.Overlaps([StepState.Verified, StepState.Bound, StepState.Partial]) => RolloutState.Failed,
            _ => RolloutState.Partial,
        };
    }
}
