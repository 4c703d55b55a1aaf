using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Whether this host does its work; the reasons when it does not.</summary>
public sealed record HealthView(bool Healthy, IReadOnlyList<string> Reasons);

/// <summary>What runs here and how much of it.</summary>
public sealed record StatusView
{
    public required string Version { get; init; }

    public required string Edition { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>Whether all rollouts are stopped.</summary>
    public required bool Frozen { get; init; }

    /// <summary>When the counts were taken; absent until the first time.</summary>
    public DateTimeOffset? CountedAt { get; init; }

    public IReadOnlyDictionary<string, long>? Counts { get; init; }

    /// <summary>The channels that gave a message up and have taken none since; absent when there are none.</summary>
    public IReadOnlyList<string>? FailingChannels { get; init; }
}

/// <summary>Health for whoever watches this host, status for whoever uses it.</summary>
public sealed class Health(IRecordStore store, HealthReading health, HttpEdge edge, EdgeOptions options, TimeProvider time)
{
    [Function("GetHealth"), Requires(Permission.None), Answers(200, typeof(HealthView)), Answers(503, typeof(HealthView))]
    [Description("Tells whether the records can be reached and the timers run.")]
    public async Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "healthz")] HttpRequest request, CancellationToken cancellationToken)
    {
        var reasons = await health.ReasonsAsync(cancellationToken);
        var status = reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Answer.Json(status, new HealthView(reasons.Count == 0, reasons));
    }

    [Function("GetStatus"), Requires(Permission.Read), Answers(200, typeof(StatusView))]
    [Description("Shows the version, the edition and the counts that a timer last took.")]
    public async Task<IResult> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/status")] HttpRequest request, CancellationToken cancellationToken)
    {
        var counted = await store.ReadAsync<StatusRecord>(StatusRecord.Key, cancellationToken);
        var failing = await ChannelFaultRecord.AllAsync(store, cancellationToken).Select(static fault => fault.Channel).ToListAsync(cancellationToken);
        return Answer.Ok(new StatusView
        {
            Version = typeof(Health).Assembly.GetName().Version!.ToString(3),
            Edition = options.Edition,
            UptimeSeconds = Math.Round((time.GetUtcNow() - edge.Started).TotalSeconds),
            Frozen = await store.GetAsync(FreezeRecord.Key, cancellationToken) is not null,
            CountedAt = counted?.Value.At,
            Counts = counted?.Value.Counts,
            FailingChannels = failing.Count > 0 ? failing : null,
        });
    }
}
