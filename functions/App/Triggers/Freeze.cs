using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Why all rollouts shall stop.</summary>
public sealed record FreezeRequest(string? Reason = null);

/// <summary>Whether rollouts are stopped, since when, by whom and why.</summary>
public sealed record FreezeView(bool Frozen, DateTimeOffset? Since = null, string? By = null, string? Reason = null);

/// <summary>The switch that keeps waiting steps waiting, everywhere.</summary>
public sealed class Freeze(Certrelay.Rollouts.Freeze freeze)
{
    [Function("GetFreeze"), Requires(Permission.Read), Answers(200, typeof(FreezeView))]
    [Description("Tells whether rollouts are stopped.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/freeze")] HttpRequest request, CancellationToken cancellationToken) =>
        Answer.Ok(View(await freeze.ReadAsync(cancellationToken)));

    [Function("SetFreeze"), Requires(Permission.Freeze), Audited("freeze.on", Subject = "freeze/all", Reason = true), Takes(typeof(FreezeRequest))]
    [Answers(200, typeof(FreezeView))]
    [Description("Stops all rollouts: no waiting step begins; one that has begun goes on to its end.")]
    public async Task<IResult> SetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/freeze")] HttpRequest request, CancellationToken cancellationToken)
    {
        request.Caller.DemandEverything();
        request.JsonOrNull<FreezeRequest>();
        return Answer.Ok(View(await freeze.OnAsync(request.Caller.Id, request.Reason!, cancellationToken)));
    }

    [Function("ReleaseFreeze"), Requires(Permission.Freeze), Audited("freeze.off", Subject = "freeze/all", Reason = true), Answers(204)]
    [Description("Lets rollouts go on; waiting steps begin within half a minute.")]
    public async Task<IResult> ReleaseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/freeze")] HttpRequest request, CancellationToken cancellationToken)
    {
        request.Caller.DemandEverything();
        await freeze.OffAsync(cancellationToken);
        return Answer.NoContent();
    }

    private static FreezeView View(FreezeRecord? record) =>
        record is null ? new FreezeView(Frozen: false) : new FreezeView(Frozen: true, record.Since, record.By, record.Reason);
}
