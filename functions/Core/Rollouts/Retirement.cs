using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Microsoft.Extensions.Logging;

namespace Certrelay.Rollouts;

/// <summary>Removes from a vendor's store what a verified step has superseded: a record of its own in Due, because a step that is proven must not fail by it.</summary>
public sealed partial class Retirement(IRecordStore store, StepRecords steps, CloudSessions sessions, Due due, IServiceProvider services, TimeProvider time, ILogger<Retirement> logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    // A vendor that is away for longer keeps the upload until the next rollout of the certificate.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Has the target of a step retire its former certificate; what cannot be done now is due again later.</summary>
    public async Task RunAsync(string stepId, CancellationToken cancellationToken)
    {
        if (StepId.Parse(stepId) is not var (rollout, target)
            || await steps.ReadAsync(rollout, target, cancellationToken) is not { Value: { Account: { } account, Previous: { } previous, Settled: { } settled } }
            || await store.ReadAsync<RolloutRecord>(RolloutRecord.Key(rollout), cancellationToken) is not { Value: var run }
            || await store.ReadAsync<TargetRecord>(TargetRecord.Key(target), cancellationToken) is not { Value: var definition }
            || DeployTargets.Find(definition.Kind) is not { Cloud: { } cloud } kind)
        {
            return;
        }

        var now = time.GetUtcNow();
        try
        {
            using var session = await sessions.OpenAsync(account, cloud, plan: null, cancellationToken);
            var opened = kind.Create(definition.Settings, new TargetContext(services) { Cloud = session });
            await opened.RetireAsync(run.Version.Certificate, previous, cancellationToken);
        }
        catch (Transient later) when (now - settled < Longest)
        {
            Log.Later(logger, stepId, later.Message);
            await due.PutAsync(new DueHint(DueKind.Cleanup, KeyText.Truncate(now + (later.RetryAfter ?? Again)), $"up-{stepId}"), cancellationToken);
        }
        catch (Failure fault)
        {
            Log.Left(logger, stepId, fault.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step}: what it superseded is removed later. {Why}")]
        public static partial void Later(ILogger logger, string step, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Step {Step}: what it superseded stays with the vendor. {Why}")]
        public static partial void Left(ILogger logger, string step, string why);
    }
}
