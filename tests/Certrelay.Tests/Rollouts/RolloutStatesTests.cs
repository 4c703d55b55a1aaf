using Certrelay.Records;
using Certrelay.Rollouts;
using static Certrelay.Records.StepState;

namespace Certrelay.Tests.Rollouts;

public sealed class RolloutStatesTests
{
    [Theory]
    [InlineData("one unsettled step keeps it running", RolloutState.Running, Verified, Verifying)]
    [InlineData("a failure does not settle it while another runs", RolloutState.Running, Failed, Waiting)]
    [InlineData("a restore runs", RolloutState.Running, Restoring)]
    [InlineData("all verified", RolloutState.Verified, Verified, Verified)]
    [InlineData("superseded steps stand aside", RolloutState.Verified, Verified, Superseded)]
    [InlineData("cancelled steps stand aside", RolloutState.RolledBack, RolledBack, Cancelled)]
    [InlineData("verified and bound", RolloutState.Bound, Verified, Bound)]
    [InlineData("all bound", RolloutState.Bound, Bound)]
    [InlineData("all rolled back", RolloutState.RolledBack, RolledBack, RolledBack)]
    [InlineData("none reached its aim", RolloutState.Failed, RolledBack, Failed)]
    [InlineData("blocked", RolloutState.Failed, Blocked)]
    [InlineData("a failed restore", RolloutState.Failed, RollbackFailed, RolledBack)]
    [InlineData("some did and some did not", RolloutState.Partial, Verified, RolledBack)]
    [InlineData("bound and blocked", RolloutState.Partial, StepState.Bound, Blocked)]
    [InlineData("a partial step", RolloutState.Partial, StepState.Partial)]
    [InlineData("a partial step among verified ones", RolloutState.Partial, StepState.Partial, Verified)]
    [InlineData("no step left", RolloutState.Cancelled, Superseded, Cancelled)]
    public void The_state_of_a_rollout_follows_from_its_steps(string why, RolloutState expected, params StepState[] steps)
    {
        Assert.Equal(expected, RolloutStates.Of(steps));
        Assert.NotEmpty(why);
    }
}
