using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Targets;
using Certrelay.Watch.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Targets and their kinds.</summary>
public sealed class Targets(TargetRegistry registry, TargetList list, AlertRecords alerts)
{
#pragma warning disable CA1822 // A static method is skipped silently on Azure Functions.
    [Function("ListTargetKinds"), Requires(Permission.Read), Answers(200, typeof(PageOf<KindView>))]
    [Description("Lists the kinds of targets that this host knows.")]
    public IResult Kinds([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/target-kinds")] HttpRequest request) =>
        Answer.Page(new PageOf<KindView>([.. DeployTargets.All.Select(KindView.Of)]));

    [Function("GetTargetKind"), Requires(Permission.Read), Answers(200, typeof(KindView))]
    [Description("Shows a kind with the JSON schema of its settings.")]
    public IResult Kind([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/target-kinds/{kind}")] HttpRequest request, string kind) =>
        DeployTargets.Find(kind) is { } known
            ? Answer.Ok(KindView.Of(known) with { Settings = known.Schema })
            : throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no kind of target '{kind}'.");

    [Function("CreateTarget"), Requires(Permission.Targets), Audited("target.create"), Idempotent, Takes(typeof(TargetRequest))]
    [Answers(201, typeof(TargetView), ETag = true)]
    [Description("Registers a target; nothing is written to it before a rollout.")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/targets")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Json<TargetRequest>();
        var target = wanted.Describe(wanted.Name);
        await CheckAsync(request, target, cancellationToken);
        request.Concerns($"target/{target.Name}");
        if (await registry.ReadAsync(target.Name, cancellationToken) is not null)
            throw Exists(target.Name);
        try
        {
            var stored = await registry.CreateAsync(target, CancellationToken.None);
            return await ShowAsync(stored, cancellationToken, created: $"/api/targets/{target.Name}");
        }
        catch (RecordConflictException)
        {
            throw Exists(target.Name);
        }
    }

    [Function("ListTargets"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<TargetView>))]
    [Query("name", "Only those whose name begins with this."), Query("owner", "Only those of an owner.")]
    [Query("tag", "Only those with this tag, as key=value.", Many = true)]
    [Query("certificate", "Only those that shall serve this certificate."), Query("kind", "Only those of this kind.")]
    [Query("state", "unassigned, new, behind or live: how far the certificate has come.")]
    [Description("Lists the targets by name; a page may hold fewer than asked for while it has a next.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/targets")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (filter, page) = ListQueries.Targets(request);
        var caller = request.Caller;
        return Answer.Page(await list.ReadAsync(filter, page.After, cancellationToken)
            .ToPageAsync(page, target => caller.MaySee(target.Name), static target => TargetView.Of(target), cancellationToken));
    }

    [Function("GetTarget"), Requires(Permission.Read), Answers(200, typeof(TargetView), ETag = true)]
    [Description("Shows a target: its definition, what it shall serve and what was last seen there.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/targets/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken) =>
        await ShowAsync(await FindAsync(request, name, cancellationToken), cancellationToken);

    [Function("ReplaceTarget"), Requires(Permission.Targets), Audited("target.change", Subject = "target/{name}"), IfMatch, Takes(typeof(TargetChange))]
    [Answers(200, typeof(TargetView), ETag = true), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Answers(422, typeof(Problem), ContentType = "application/problem+json")]
    [Description("Replaces the definition of a target, while no rollout works on it.")]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/targets/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var old = await FindAsync(request, name, cancellationToken);
        var target = request.Json<TargetChange>().Describe(name);
        request.DemandIfMatch(old.ETag);
        await CheckAsync(request, target, cancellationToken);
        // A step that began with the old settings would end with the new ones.
        if (await registry.IsBusyAsync(name, cancellationToken))
            throw new ProblemException(ProblemCodes.TargetBusy);
        return await ShowAsync(await registry.ReplaceAsync(old, target, CancellationToken.None), cancellationToken);
    }

    [Function("DeleteTarget"), Requires(Permission.Delete), IfMatch(Optional = true)]
    [Answers(204), Answers(409, typeof(Problem), ContentType = "application/problem+json")]
    [Audited("target.delete", Subject = "target/{name}", Reason = true)]
    [Description("Removes a target from the register, while no rollout works on it; the server stays as it is.")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/targets/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var target = await FindAsync(request, name, cancellationToken);
        request.DemandIfMatch(target.ETag);
        if (!await registry.DeleteAsync(target, CancellationToken.None))
            throw new ProblemException(ProblemCodes.TargetBusy);
        await alerts.EndAsync(AlertKinds.OfTarget, name, CancellationToken.None);
        return Answer.NoContent();
    }

    private async Task<IResult> ShowAsync(Stored<TargetRecord> target, CancellationToken cancellationToken, string? created = null)
    {
        var name = target.Value.Name;
        var view = TargetView.Of(
            target.Value, await registry.ReadStateAsync(name, cancellationToken), await registry.ReadProbeAsync(name, cancellationToken));
        return created is null ? Answer.OkByContent(view, target.ETag) : Answer.CreatedByContent(created, view, target.ETag);
    }

    private async Task<Stored<TargetRecord>> FindAsync(HttpRequest request, string name, CancellationToken cancellationToken)
    {
        request.Caller.Demand(name);
        return (ResourceName.IsValid(name) ? await registry.ReadAsync(name, cancellationToken) : null)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no target '{name}'.");
    }

    /// <summary>Throws <see cref="ProblemException"/> for names outside the caller's scope, then with every fault of the definition.</summary>
    private async Task CheckAsync(HttpRequest request, TargetDescription target, CancellationToken cancellationToken)
    {
        request.Caller.Demand(target.Certificate is { } certificate ? [target.Name, certificate] : [target.Name]);
        var faults = await registry.CheckAsync(target, cancellationToken);
        if (faults.Count > 0)
            throw RequestFaults.Refuse(faults);
    }

    private static ProblemException Exists(string name) => new(ProblemCodes.TargetExists, $"There is a target '{name}'.");
}
