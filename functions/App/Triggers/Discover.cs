using System.ComponentModel;
using System.Text;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Watch.Discovery;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Finds what is out there, and adopts what somebody accepts of it.</summary>
public sealed class Discover(OwnNetworks networks, EndpointDiscovery discovery, ProposalDraft draft, Adoption adoption, AuditTrail audit)
{
    [Function("DiscoverEndpoints"), Requires(Permission.Probe), Audited("discover.run", Subject = "discover/endpoints")]
    [Takes(typeof(DiscoverRequest)), Takes("text/csv"), Answers(200, typeof(DiscoveryProposal))]
    [Description("Probes up to 1,000 endpoints, or the addresses of networks that Discover:Networks names, and proposes certificates and targets to watch; stores nothing. "
        + "CSV has the columns host, port, owner, and tags. More is refused: send it in parts. What Discover:LimitSeconds leaves no time for is named in remaining.")]
    public async Task<IResult> DiscoverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/discover")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = DiscoverBody.Of(request, networks);
        var found = await discovery.ProbeAsync(wanted.Entries, wanted.Timeout, cancellationToken);
        return Answer.Ok(DiscoveryProposal.Of(await draft.DraftAsync(found, request.Caller.MaySee, cancellationToken)));
    }

    [Function("AcceptDiscovery"), Requires(Permission.Targets), Audited("discover.accept", Subject = "discover/accept"), Idempotent]
    [Takes(typeof(AcceptRequest)), Answers(200, typeof(AcceptAnswer))]
    [Description("Stores certificates without a key, to be watched, and targets of a proposal; nothing is written to them. Needs the permission to upload too. Each has its own outcome; "
        + "what is there already stays as it is, so that a call can be repeated.")]
    public async Task<IResult> AcceptAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/discover/accept")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Json<AcceptRequest>();
        var (certificates, targets) = (wanted.Certificates ?? [], wanted.Targets ?? []);
        if (certificates.Count > 0)
            request.Caller.Demand(Permission.Upload);
        request.Caller.Demand(certificates.Select(static one => one.Name).Concat(targets.SelectMany(static one => one.Certificate is { } bound ? [one.Name, bound] : new[] { one.Name })));
        if (certificates.Count + targets.Count == 0)
            throw ProblemException.InBody("", "names nothing to accept");
        if (targets.Index().FirstOrDefault(static one => one.Item is { Endpoints.Count: 0, Description.Kind: "endpoint-only" }) is { Item: not null } bare)
            throw ProblemException.InBody($"/targets/{bare.Index}/endpoints", "is to name an endpoint, as there is nothing else to watch");
        var (stored, registered) = (new List<AcceptedItem>(), new List<AcceptedItem>());
        // Each is whole by itself: a caller who hangs up leaves what is done, and repeats the rest.
        foreach (var one in certificates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pem = Encoding.UTF8.GetBytes(one.Pem);
            stored.Add(await AdoptAsync(
                request, "certificate.upload", $"certificate/{one.Name}", await adoption.PlanAsync(one.Name, pem, cancellationToken),
                () => adoption.CertificateAsync(one.Name, pem, one.Owner, one.Tags, CancellationToken.None)));
        }

        foreach (var one in targets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = one.Description;
            registered.Add(await AdoptAsync(
                request, "target.create", $"target/{one.Name}", await adoption.PlanAsync(target, cancellationToken),
                () => adoption.TargetAsync(target, CancellationToken.None)));
        }

        return Answer.Ok(new AcceptAnswer(stored, registered));
    }

    /// <summary>Does what changes something between its own two rows of the audit trail, under the name that a call for it alone has there.</summary>
    private async Task<AcceptedItem> AdoptAsync(HttpRequest request, string action, string subject, Adopted plan, Func<Task<Adopted>> act)
    {
        if (plan.Outcome is AdoptionOutcome.Unchanged or AdoptionOutcome.Refused)
            return View(request, plan);
        var entry = new AuditEntry
        {
            Phase = AuditPhase.Intent,
            Caller = request.Caller.Id,
            Action = action,
            Subject = subject,
            Reason = request.Reason,
            Correlation = request.Caller.Correlation,
        };
        var intent = await audit.AppendAsync(entry, CancellationToken.None);
        var done = await act();
        var outcome = done.Outcome switch
        {
            AdoptionOutcome.Unchanged => "200",
            AdoptionOutcome.Refused => $"422 {done.Refusal!.Code}",
            _ => "201",
        };
        await audit.AppendAsync(entry with { Phase = AuditPhase.Outcome, Outcome = outcome, Intent = intent }, CancellationToken.None);
        return View(request, done);
    }

    private static AcceptedItem View(HttpRequest request, Adopted done) => done.Refusal is not { } refusal
        ? new AcceptedItem(done.Name, done.Outcome, done.Version)
        : new AcceptedItem(
            done.Name, done.Outcome, done.Version, refusal.Code,
            // The name that has the same leaf is told to those who may see it.
            refusal.Code != FindingCodes.RecordDuplicate.Code || request.Caller.MaySee(refusal.Scope) ? refusal.Message : FindingCodes.RecordDuplicate.Meaning,
            refusal.Remedy);
}
