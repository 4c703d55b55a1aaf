using Certrelay.Records;
using Certrelay.Rollouts;
using Microsoft.Extensions.Hosting;

namespace Certrelay.App.Triggers;

/// <summary>Waits for rollouts on behalf of callers, without holding a thread; a host that stops answers at once with what is there.</summary>
public sealed class RolloutWait(RolloutSummaries summaries, IHostApplicationLifetime host, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The rollout once it has settled, or as it is when the time is over or the caller has gone; null when there is none.</summary>
    public async Task<RolloutSummary?> SettledAsync(string id, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        var until = time.GetUtcNow() + longest;
        while (true)
        {
            // With its own token, because what was started is to be told of even when nobody waits.
            var summary = await summaries.ReadAsync(id, CancellationToken.None);
            var left = until - time.GetUtcNow();
            if (summary is null || summary.Rollout.State is not RolloutState.Running || left <= TimeSpan.Zero || enough.IsCancellationRequested)
                return summary;
            // A look costs as many rows as there are steps.
            var pause = Pause + TimeSpan.FromMilliseconds(summary.Steps.Count);
            await Task.Delay(left < pause ? left : pause, time, enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
