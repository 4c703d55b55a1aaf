using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Rollouts;

/// <summary><c>deploying</c> and <c>pending</c>: brings the certificate to the target, or asks how its job fares.</summary>
internal sealed class DeployMove(VersionKeys keys, TimeProvider time) : IStepMove
{
    public async Task<StepOutcome> MoveAsync(StepContext context, CancellationToken cancellationToken)
    {
        using var bundle = await keys.OpenAsync(context.Version, cancellationToken);
        var result = await context.Deploy.DeployAsync(bundle, context.Step.Job, cancellationToken);
        var now = KeyText.Truncate(time.GetUtcNow());
        switch (result)
        {
            case DeployResult.Pending(var job, var pollAfter):
                return (context.Step with { Job = job }).Goes(StepState.Pending, KeyText.Truncate(now + pollAfter), $"The target works on it: {job.Id}.");
            case DeployResult.Bound(var outcomes) when outcomes.FirstOrDefault(outcome => !outcome.Succeeded) is { } refused:
                throw new Permanent(refused.Code ?? FindingCodes.TargetRefused.Code, $"{refused.Id}: {refused.Message ?? FindingCodes.TargetRefused.Meaning}");
            default:
                var bound = context.Step with { Job = null, Code = null, Message = null };
                return context.Target.Endpoints.Count == 0
                    ? (bound with { Findings = TargetKeys.Unseen(context.Target.Name, context.Version.KeyAlgorithm) }).Settles(StepState.Bound, now, "Bound; no endpoint is declared where it could be seen.")
                    : (bound with { Verification = new Verification(now, now + context.Window, 0, 0, []) })
                        .Goes(StepState.Verifying, now + VerifyMove.FirstRound, "Bound; handshakes follow.");
        }
    }
}
