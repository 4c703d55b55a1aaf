using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Watch.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Metrics for whoever scrapes this host.</summary>
public sealed class MetricsFunction(MetricsPage page)
{
    [Function("GetMetrics"), Requires(Permission.Read), Answers(200, typeof(string), ContentType = "text/plain")]
    [Description("Shows expiry, heartbeats, queues, outcomes and request times in the text format of Prometheus.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "metrics")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Text(PrometheusText.Write(await page.ReadAsync(cancellationToken)), PrometheusText.ContentType);
}
