using System.Runtime.CompilerServices;
using Certrelay.Outgoing;

namespace Certrelay.Watch.Probing;

/// <summary>Surveys many endpoints side by side.</summary>
public sealed class EndpointSurveys(EndpointSurvey survey)
{
    /// <summary>
    /// The reports in the order of the endpoints, each as soon as those before it are there; at most <paramref name="atOnce"/> endpoints are under way.
    /// <paramref name="finished"/> is called for each one when it is done, from any thread. Only cancellation is thrown.
    /// </summary>
    public async IAsyncEnumerable<EndpointReport> SurveyAsync(
        IReadOnlyList<Endpoint> endpoints, OutgoingClass outgoing, ReportOptions options, int atOnce, Action? finished,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = new TaskCompletionSource<EndpointReport>[endpoints.Count];
        for (var i = 0; i < reports.Length; i++)
            reports[i] = new TaskCompletionSource<EndpointReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop.Token };
        var running = Parallel.ForAsync(0, endpoints.Count, bounds, async (index, token) =>
        {
            var report = await survey.SurveyAsync(endpoints[index], outgoing, options, token);
            finished?.Invoke();
            reports[index].SetResult(report);
        });
        try
        {
            for (var i = 0; i < reports.Length; i++)
            {
                var report = reports[i].Task;
                // When the run ends early, what was not reached never comes.
                if (await Task.WhenAny(report, running) == running && !report.IsCompleted)
                    await running;
                yield return await report;
                reports[i] = null!;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
