using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Rollouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Rollouts: start, follow, command.</summary>
public sealed class Rollouts(RolloutStart start, RolloutPlanner planner, RolloutSummaries summaries, RolloutCommands commands, StepRecords steps, RolloutWait wait)
{
    [Function("StartRollout"), Requires(Permission.Deploy), Audited("rollout.start", Reason = true), Idempotent, Takes(typeof(RolloutOrder))]
    [Query(Waiting.Name, Waiting.Description), Query("plan", "true: shows what would be done and begins nothing, as POST /api/plan.")]
    [Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Answers(202, typeof(RolloutView)), Answers(200, typeof(RolloutView))]
    [Description("Brings a version to its targets: 202 while steps run, 200 when they have settled within the wait.")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rollouts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (longest, planOnly) = (request.Wait, request.Flag("plan") ?? false);
        var wanted = await RolloutOrders.CheckedAsync(request, start, planOnly, cancellationToken);
        var plan = planOnly || wanted.Plan is not null ? await planner.PlanAsync(wanted, cancellationToken) : null;
        if (planOnly)
        {
            request.Concerns("plan");
            return Answer.Ok(PlanView.Of(plan!));
        }

        if (plan is not null && plan.Ground != wanted.Plan)
            throw new ProblemException(ProblemCodes.PlanChanged) { Members = new Dictionary<string, object?>(StringComparer.Ordinal) { ["plan"] = PlanView.Of(plan) } };

        // What has begun is begun whole, and its answer tells so, although the caller may hang up.
        var id = await start.StartAsync(wanted, request.Caller.Id, request.Caller.Correlation, CancellationToken.None, plan);
        request.Concerns($"rollout/{id}");
        var summary = await wait.SettledAsync(id, longest, cancellationToken) ?? throw Unknown(id);
        var view = RolloutView.Of(summary);
        return longest > TimeSpan.Zero && view.State is not RolloutState.Running ? Answer.Ok(view) : Answer.Accepted($"/api/rollouts/{id}", view);
    }

    [Function("ListRollouts"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<RolloutView>))]
    [Query("certificate", "Only those of this certificate."), Query("target", "Only those with this target.")]
    [Description("Lists the rollouts, the newest first.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/rollouts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, caller, certificate, target) = (request.Page, request.Caller, request.Text("certificate"), request.Text("target"));
        return Answer.Page(await summaries.ListAsync(page.After, cancellationToken)
            .Where(rollout => NamesIn(rollout).All(caller.MaySee)
                && (certificate is null || rollout.Version.Certificate == certificate)
                && (target is null || rollout.Targets.Any(named => named.Target == target)))
            .ToPageAsync(page, static rollout => rollout.Id, RolloutView.Of, cancellationToken));
    }

    [Function("GetRollout"), Requires(Permission.Read), Answers(200, typeof(RolloutView), ETag = true), Query(Waiting.Name, Waiting.Description)]
    [Description("Shows a rollout with its steps, at once or when it has settled.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/rollouts/{id}")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var longest = request.Wait;
        var summary = await FindAsync(request, id, cancellationToken);
        if (longest > TimeSpan.Zero)
            summary = await wait.SettledAsync(id, longest, cancellationToken) ?? throw Unknown(id);
        var view = RolloutView.Of(summary);
        return Answer.OkByContent(view);
    }

    [Function("GetStep"), Requires(Permission.Read), Answers(200, typeof(StepView), ETag = true)]
    [Description("Shows one step of a rollout with its journal.")]
    public async Task<IResult> StepAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/rollouts/{id}/steps/{target}")] HttpRequest request, string id, string target,
        CancellationToken cancellationToken)
    {
        var summary = await FindAsync(request, id, cancellationToken);
        var step = summary.Steps.FirstOrDefault(one => one.Target == target)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"The rollout has no target '{target}'.");
        var journal = await steps.JournalAsync(id, target, cancellationToken).Select(JournalView.Of).ToListAsync(cancellationToken);
        var view = StepView.Of(step, journal);
        return Answer.OkByContent(view);
    }

    [Function("CancelRollout"), Requires(Permission.Deploy), Audited("rollout.cancel", Subject = "rollout/{id}", Reason = true), Takes(typeof(RolloutCommand))]
    [Answers(200, typeof(CommandView)), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Calls off the steps that have written nothing yet.")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rollouts/{id}/cancel")] HttpRequest request, string id,
        CancellationToken cancellationToken) => CommandAsync(request, id, commands.CancelAsync, cancellationToken);

    [Function("RetryRollout"), Requires(Permission.Deploy), Audited("rollout.retry", Subject = "rollout/{id}", Reason = true), Takes(typeof(RolloutCommand))]
    [Answers(200, typeof(CommandView)), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Begins settled steps anew that did not reach their aim.")]
    public Task<IResult> RetryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rollouts/{id}/retry")] HttpRequest request, string id,
        CancellationToken cancellationToken) => CommandAsync(request, id, commands.RetryAsync, cancellationToken);

    [Function("RestoreRollout"), Requires(Permission.Deploy), Audited("rollout.restore", Subject = "rollout/{id}", Reason = true), Takes(typeof(RolloutCommand))]
    [Answers(200, typeof(CommandView)), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Brings back what was there before, on steps that have written.")]
    public Task<IResult> RestoreAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rollouts/{id}/restore")] HttpRequest request, string id,
        CancellationToken cancellationToken) => CommandAsync(request, id, commands.RestoreAsync, cancellationToken);

    private async Task<IResult> CommandAsync(
        HttpRequest request, string id, Func<string, IReadOnlyList<string>?, CancellationToken, Task<CommandResult>> run, CancellationToken cancellationToken)
    {
        await FindAsync(request, id, cancellationToken);
        var result = await run(id, request.JsonOrNull<RolloutCommand>()?.Targets, CancellationToken.None);
        if (result.Changed.Count > 0)
            return Answer.Ok(new CommandView(result.Changed, result.Refused));
        throw new ProblemException(ProblemCodes.RolloutUnchanged)
        {
            Members = new Dictionary<string, object?>(StringComparer.Ordinal) { ["refused"] = result.Refused },
        };
    }

    private async Task<RolloutSummary> FindAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var summary = (RolloutId.IsValid(id) ? await summaries.ReadAsync(id, cancellationToken) : null) ?? throw Unknown(id);
        request.Caller.Demand(NamesIn(summary.Rollout));
        return summary;
    }

    private static IEnumerable<string> NamesIn(RolloutRecord rollout) => rollout.Targets.Select(static target => target.Target).Prepend(rollout.Version.Certificate);

    private static ProblemException Unknown(string id) => new(ProblemCodes.ResourceUnknown, $"There is no rollout '{id}'.");
}
