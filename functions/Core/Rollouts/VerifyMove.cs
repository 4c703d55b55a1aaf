using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary><c>verifying</c> and <c>partial</c>: one round of handshakes at every address.</summary>
internal sealed class VerifyMove(TargetProbe probe, RolloutOptions options, TimeProvider time) : IStepMove
{
    /// <summary>The delay of the first round, and of the one after a good one.</summary>
    public static readonly TimeSpan FirstRound = TimeSpan.FromSeconds(1);

    private const int GoodRoundsNeeded = 2;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public async Task<StepOutcome> MoveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var round = VerificationRound.OfVersion(
            await probe.ReadAsync(context.Target, cancellationToken), context.Leaf, context.Version.Chain, context.Step.Baseline);
        var now = KeyText.Truncate(time.GetUtcNow());
        var verification = Next(context.Step.Verification!, round);
        var step = context.Step with { Verification = verification, Findings = round.Notices };
        if (round.Good)
            step = step with { Code = null, Message = null };
        // What somebody has to do by hand says more than what is served until then.
        else if (!context.Kind.IsByHand)
            step = step with { Code = round.Fault!.Code, Message = round.Fault.Message };
        if (verification.GoodRounds >= GoodRoundsNeeded)
            return step.Settles(StepState.Verified, now, $"Seen at every address in {GoodRoundsNeeded} rounds.");
        if (step.State == StepState.Partial)
            return Watch(step, context.Step.Message, round, now);
        if (NextRound(verification, round.Good, now) is { } next)
            return step.Goes(StepState.Verifying, next, round.Good ? "Seen at every address; once more." : $"Not yet: {round.Fault!.Message}");
        if (!round.AnySeen)
            return step.GivesUp(step.Code!, $"Not seen anywhere within the window. {step.Message}", now);
        if (context.Target.OnPartial == OnPartial.Restore)
            return step.GivesUp(step.Code!, $"Not seen everywhere within the window. {step.Message}", now);
        return (step with { Settled = now }).Goes(StepState.Partial, now + options.PartialEvery, $"Seen at some addresses only. {step.Message}");
    }

    /// <summary>One more round counted; the good ones must follow each other.</summary>
    public static Verification Next(Verification verification, VerificationRound round) => verification with
    {
        Rounds = verification.Rounds + 1,
        GoodRounds = round.Good ? verification.GoodRounds + 1 : 0,
        Last = round.Sightings,
    };

    /// <summary>When to look again: after 1, 2, 4 … 60 s, the last time at the window's end; a second after a good round. Null when the window is over.</summary>
    public static DateTimeOffset? NextRound(Verification verification, bool good, DateTimeOffset now)
    {
        if (good)
            return now + FirstRound;
        if (now >= verification.Until)
            return null;
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(verification.Rounds, 6)), LongestPause.TotalSeconds));
        return now + pause < verification.Until ? now + pause : verification.Until;
    }

    private StepOutcome Watch(StepRecord step, string? before, VerificationRound round, DateTimeOffset now)
    {
        if (round.Good)
            return new StepOutcome(step with { Moment = now + FirstRound, Attempts = 0 }, "Seen at every address; once more.");
        var age = now - step.Settled!.Value;
        if (age >= options.PartialWatched)
            return new StepOutcome(step with { Moment = null, Attempts = 0 }, $"Watched for {options.PartialWatched.TotalHours:0} h without success. {step.Message}");
        var pause = age < options.PartialFresh ? options.PartialEvery : Shorter(age / 2, options.PartialFresh);
        return new StepOutcome(step with { Moment = KeyText.Truncate(now + pause), Attempts = 0 }, step.Message == before ? null : $"Still partial. {step.Message}");
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
