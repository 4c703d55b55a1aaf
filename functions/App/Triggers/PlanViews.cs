using Certrelay.Certificates;
using Certrelay.Rollouts;
using Certrelay.Targets.Calls;

namespace Certrelay.App.Triggers;

/// <summary>What a rollout would do.</summary>
public sealed record PlanView
{
    public required string Certificate { get; init; }

    public required int Version { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>What the plan stands on: given as plan to POST /api/rollouts, the rollout is refused when anything has changed since.</summary>
    public required string Plan { get; init; }

    /// <summary>Whether any call is charged by its vendor, or counts against something bought.</summary>
    public required bool Metered { get; init; }

    /// <summary>Whether any target would be refused, or could not be planned.</summary>
    public required bool Refused { get; init; }

    /// <summary>The uploads that the targets need, each once, before anything is bound.</summary>
    public required IReadOnlyList<PlannedCall> Uploads { get; init; }

    public required IReadOnlyList<TargetPlanView> Targets { get; init; }

    public static PlanView Of(RolloutPlan plan) => new()
    {
        Certificate = plan.Version.Certificate,
        Version = plan.Version.Sequence,
        Fingerprint = plan.Version.Fingerprint,
        Plan = plan.Ground,
        Metered = plan.Uploads.Concat(plan.Targets.SelectMany(static target => target.Calls)).Any(static call => call.Metered),
        Refused = plan.Targets.Any(static target => target.Refusals.Count > 0 || target.Failure is not null),
        Uploads = plan.Uploads,
        Targets = [.. plan.Targets.Select(TargetPlanView.Of)],
    };
}

/// <summary>One target of a plan.</summary>
public sealed record TargetPlanView
{
    public required string Target { get; init; }

    public required string Kind { get; init; }

    /// <summary>What is bound now, resource by resource; absent when it could not be read.</summary>
    public IReadOnlyList<BoundView>? Now { get; init; }

    /// <summary>Every write in its order; empty when the version is bound already.</summary>
    public required IReadOnlyList<PlannedCall> Calls { get; init; }

    /// <summary>Why the step would be blocked.</summary>
    public required IReadOnlyList<Finding> Refusals { get; init; }

    /// <summary>The code of the failure that the step would meet.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    public static TargetPlanView Of(TargetPlan plan) => new()
    {
        Target = plan.Target,
        Kind = plan.Kind,
        Now = plan.Now is { } now ? [.. now.Resources.Select(static resource => new BoundView(resource.Id, resource.Bound, resource.Fingerprint, resource.Restorable))] : null,
        Calls = plan.Calls,
        Refusals = plan.Refusals,
        Code = plan.Failure?.Code,
        Message = plan.Failure?.Message,
    };
}

/// <summary>What is bound to one resource.</summary>
/// <param name="Bound">The vendor's id of the certificate; absent where there is none.</param>
/// <param name="Fingerprint">SHA-256 of the leaf, where it can be read.</param>
/// <param name="Restorable">Whether it could be brought back.</param>
public sealed record BoundView(string Resource, string? Bound, Fingerprint? Fingerprint, bool Restorable);
