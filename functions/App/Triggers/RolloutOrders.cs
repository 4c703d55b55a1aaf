using Certrelay.App.Http;
using Certrelay.Rollouts;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Triggers;

/// <summary>Reads what shall be rolled out or planned.</summary>
internal static class RolloutOrders
{
    /// <summary>The request with its targets named, after every check (a plan shows by itself which targets cannot take the key); throws <see cref="ProblemException"/> with all faults at once, or when the caller may not touch one of them.</summary>
    public static async Task<RolloutRequest> CheckedAsync(HttpRequest request, RolloutStart start, bool planOnly, CancellationToken cancellationToken)
    {
        var order = request.Json<RolloutOrder>();
        var wanted = new RolloutRequest(order.Certificate, order.Version, order.Targets, order.Overrides ?? [], request.Reason ?? order.Reason ?? "", order.InWindow ?? false);
        request.Caller.Demand([order.Certificate, .. order.Targets ?? []]);
        wanted = wanted with { Targets = await start.TargetsAsync(wanted, cancellationToken) };
        request.Caller.Demand(wanted.Targets);
        var faults = await start.CheckAsync(wanted, cancellationToken);
        if (!planOnly)
            faults = [.. faults, .. await start.CheckKeyAsync(wanted, cancellationToken)];
        return faults.Count == 0 ? wanted with { Plan = order.Plan } : throw RequestFaults.Refuse(faults);
    }
}
