using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Rollouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What a rollout would do, with nothing written.</summary>
public sealed class Plans(RolloutStart start, RolloutPlanner planner)
{
    [Function("PlanRollout"), Requires(Permission.Deploy), Audited("rollout.plan"), Takes(typeof(RolloutOrder)), Answers(200, typeof(PlanView))]
    [Description("Shows what a rollout would do: what is bound now, every write to come, and what would be refused. Vendors are read; nothing is written.")]
    public async Task<IResult> PlanAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/plan")] HttpRequest request, CancellationToken cancellationToken) =>
        Answer.Ok(PlanView.Of(await planner.PlanAsync(await RolloutOrders.CheckedAsync(request, start, planOnly: true, cancellationToken), cancellationToken)));
}
